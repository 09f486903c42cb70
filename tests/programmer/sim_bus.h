/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_bus.h - the simulated SoC and its die as an SPI bus, without USB in between.
 *
 * Time is virtual: 40 us an op, 6 us a byte, and the time of sleeping. As with the real adapter,
 * ops after a wait that turns out too short have been sent already, to a die that is still busy,
 * and are sent again when it is ready.
 *
 * What spi.h forbids is asserted: an op marked .once after a wait of its batch.
 */
#ifndef TESTS_SIM_BUS_H
#define TESTS_SIM_BUS_H

#include "sim/model/soc.h"
#include "programmer/die/spi_die.h"

enum sim_fault {
	FAULT_LOST,	    /* the die does not receive the window, and all bits read as 1 */
	FAULT_FLIP_COMMAND, /* a bit of the first byte to the die flips */
	FAULT_FLIP_ADDRESS, /* a bit of the second byte: another block of 64 KiB */
	FAULT_FLIP_OUT,	    /* a bit of the last byte, of an address or of data */
	FAULT_FLIP_IN,	    /* a bit of what is read */
	FAULT_CUT,	    /* the last byte to the die is lost */
};

struct sim_bus {
	struct spi_bus bus;    /* first: the driver gets this */
	struct beken_die *die; /* a spi_die on it that knows the board's part */
	struct observer observer;
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	uint64_t ns, byte_ns; /* the time, and that of a byte */

	unsigned transfers, cen_ops, missed;
	unsigned long sent[256]; /* number of CS windows, by their first byte */

	uint64_t cen_rises_ns; /* CEN rises at this time, without the driver; 0: never */

	/* Faults: transfer number @fail_at (from 1), and the next @fail_more, fail. */
	unsigned fail_at, fail_more;
	enum trouble_kind fail_error;

	/* One fault of a kind in CS window number @fault_at (from 1). */
	enum sim_fault fault;
	unsigned windows, fault_at;

	/* These bits of this byte always read as 0, like those of a worn cell. */
	uint32_t worn_at;
	uint8_t worn_bits;

	/* Answers "cancelled" to question number @cancel_at (from 1), and to all later ones. */
	unsigned cancel_at, cancel_asked;
};

/* Used of the @options: part, entry, seed, one_byte_01, busy, sr_given, sr and wp_low. */
struct sim_bus *sim_bus_new(const struct board_options *options);
void sim_bus_free(struct sim_bus *sim);

void sim_bus_wear(struct sim_bus *sim, uint32_t address, uint8_t bits);

/* The registers now, without WIP and WEL. */
uint32_t sim_bus_sr(const struct sim_bus *sim);

/* The number of windows whose opcode writes status registers. */
unsigned long sim_bus_sr_commands(const struct sim_bus *sim);

#endif
