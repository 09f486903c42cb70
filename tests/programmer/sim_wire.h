/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_wire.h - the simulated line to a bootloader as a wire, without a kernel in between, and the
 * die behind it. Time is virtual: that of the line.
 */
#ifndef TESTS_SIM_WIRE_H
#define TESTS_SIM_WIRE_H

#include "base/observer.h"
#include "programmer/die/uart_die.h"
#include "sim/model/uart_wire.h"

struct sim_wire_options {
	const char *loader; /* as in --uart */
	const char *part;   /* NULL: GD25Q16B */
	const char *faults; /* as in --uart-faults; NULL: none */
	enum uart_wire_cen cen;
	uint32_t latency_us; /* 0: 1000 */
	uint32_t sr;	     /* the die's status registers at first */
	uint64_t seed;
};

struct sim_wire {
	struct wire wire; /* first: the driver gets this */
	struct uart_wire *line;
	struct nor nor;
	struct board_stats stats;
	uint64_t ns;
	struct observer observer; /* .cancelled: is_cancelled */
	bool is_cancelled;

	/* Faults: nothing gets through any more; higher rates are noise, or are refused. */
	bool dead;
	uint32_t rate_works, rate_has; /* 0: all */
	unsigned relinks;	       /* number of calls of sim_wire_relink() */

	/*
	 * Calls that may fail, counted from 1: all from @fails_at on, or only that one, do nothing
	 * and return @fails_with. 0: none.
	 */
	unsigned calls, fails_at;
	bool fails_once;
	enum trouble_kind fails_with;

	bool asserted; /* the lines as they were set last */
};

struct sim_wire *sim_wire_new(const struct sim_wire_options *options);
void sim_wire_free(struct sim_wire *sim);

/* Resets by RTS, and links; for uart_talk.relink. @data: the struct uart_talk. */
enum trouble_kind sim_wire_relink(void *data);

/* The same as the link does it: some times, and at the rate that was set before. */
enum trouble_kind sim_wire_relink_at_rate(void *data);

/* The time since the start. */
uint64_t sim_wire_us(const struct sim_wire *sim);
struct uart_wire_stats sim_wire_stats(const struct sim_wire *sim);

#endif
