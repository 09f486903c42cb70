/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * array_bus.h - an adapter with few capabilities, and a die in memory behind it.
 *
 * It has no duplex, streams neither waits nor pauses, moves CEN only between round trips, and takes
 * few ops and short windows. Time is virtual. What exceeds its caps fails the test.
 *
 * The die knows RDID, RDSR, READ, WREN, page program and the 4 KiB erase (20h); while it is busy it
 * ignores everything but RDSR. The busy time starts at the end of the window.
 */
#ifndef TESTS_ARRAY_BUS_H
#define TESTS_ARRAY_BUS_H

#include "programmer/bus/spi.h"

#define ARRAY_SIZE 65536
#define ARRAY_PROGRAM_US 700
#define ARRAY_ERASE_US 150000

struct array_bus {
	struct spi_bus bus; /* first: the code under test gets this */
	uint8_t memory[ARRAY_SIZE];
	uint64_t us, busy_until_us;
	bool enabled; /* WREN */
	bool cen;

	unsigned runs, windows, recovered, closed;
	unsigned ignored; /* windows that were sent to a busy die */
	unsigned fail_at; /* number of the run that fails, from 1; its ops are not carried out */
};

/* 512 bytes a window, 8 ops a round trip, and the rest as above; a test may change the caps. */
void array_bus_begin(struct array_bus *array);

#endif
