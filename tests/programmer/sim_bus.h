/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_bus.h - the simulated SoC and its die as an SPI bus, without USB in between.
 *
 * Time is virtual: 40 us an op, 6 us a byte, and whatever is slept. As with the real
 * adapter, what stands behind a wait that turns out too short has been sent already, to
 * a die that is still busy, and is sent again when the die is ready.
 *
 * What spi.h forbids is asserted: an op marked .once behind a wait of its batch.
 */
#ifndef TESTS_SIM_BUS_H
#define TESTS_SIM_BUS_H

#include "sim/model/soc.h"
#include "programmer/die/spi_die.h"

struct sim_bus {
	struct spi_bus bus;    /* first: the driver gets this */
	struct beken_die *die; /* a spi_die on it, which knows the part of the board */
	struct observer observer;
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	uint64_t ns;

	unsigned transfers, cen_ops, missed;
	unsigned long sent[256]; /* CS windows by their first byte */

	/* Faults: transfer number @fail_at (from 1) and the @fail_more behind it fail. */
	unsigned fail_at, fail_more;
	enum trouble_kind fail_error;

	/* Say "cancelled" at question number @cancel_at (from 1) and ever after. */
	unsigned cancel_at, cancel_asked;
};

/* @options: part, entry, seed, one_byte_01, busy, sr_given, sr and wp_low count. */
struct sim_bus *sim_bus_new(const struct board_options *options);
void sim_bus_free(struct sim_bus *sim);

/* The registers as they are now, without WIP and WEL. */
uint32_t sim_bus_sr(const struct sim_bus *sim);

/* How many windows began with an opcode that writes status registers. */
unsigned long sim_bus_sr_commands(const struct sim_bus *sim);

#endif
