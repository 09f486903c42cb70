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

enum sim_fault {
	FAULT_LOST,	    /* the die does not see the window, and what is read is ones */
	FAULT_FLIP_COMMAND, /* a bit of the first byte to the die */
	FAULT_FLIP_ADDRESS, /* of the second one: another 64 KiB */
	FAULT_FLIP_OUT,	    /* of the last one: of an address or of data */
	FAULT_FLIP_IN,	    /* of what is read */
	FAULT_CUT,	    /* the last byte to the die gets lost */
};

struct sim_bus {
	struct spi_bus bus;    /* first: the driver gets this */
	struct beken_die *die; /* a spi_die on it, which knows the part of the board */
	struct observer observer;
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	uint64_t ns, byte_ns; /* the time, and that of a byte */

	unsigned transfers, cen_ops, missed;
	unsigned long sent[256]; /* CS windows by their first byte */

	uint64_t cen_rises_ns; /* then CEN rises, whoever does it; 0: never */

	/* Faults: transfer number @fail_at (from 1) and the @fail_more behind it fail. */
	unsigned fail_at, fail_more;
	enum trouble_kind fail_error;

	/* One fault of a kind in CS window number @fault_at (from 1). */
	enum sim_fault fault;
	unsigned windows, fault_at;

	/* These bits of this byte are 0, whatever is erased: a worn cell. */
	uint32_t worn_at;
	uint8_t worn_bits;

	/* Say "cancelled" at question number @cancel_at (from 1) and ever after. */
	unsigned cancel_at, cancel_asked;
};

/* @options: part, entry, seed, one_byte_01, busy, sr_given, sr and wp_low count. */
struct sim_bus *sim_bus_new(const struct board_options *options);
void sim_bus_free(struct sim_bus *sim);

void sim_bus_wear(struct sim_bus *sim, uint32_t address, uint8_t bits);

/* The registers as they are now, without WIP and WEL. */
uint32_t sim_bus_sr(const struct sim_bus *sim);

/* How many windows began with an opcode that writes status registers. */
unsigned long sim_bus_sr_commands(const struct sim_bus *sim);

#endif
