/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * simulated_ch341a.h - the CH341A's driver on the simulated CH341A, without USB in between: each
 * slice of a stream runs as soon as it is sent. Time is that of the simulated chip; 100 us pass
 * between streams.
 */
#ifndef TESTS_SIMULATED_CH341A_H
#define TESTS_SIMULATED_CH341A_H

#include "programmer/bus/spi.h"
#include "sim/model/board_options.h"

/* Linked to a GD25Q16B, all FF. Only one can be open; adapter_close() closes it. */
struct spi_bus *simulated_ch341a_open(const struct observer *observer);

/*
 * The same on a board with these options, of which part, entry, seed, wiring and those of the die
 * are used.
 */
struct spi_bus *simulated_ch341a_open_on(const struct board_options *options,
					 const struct observer *observer);

/* Valid until the next open. */
uint8_t *simulated_ch341a_memory(void);
bool simulated_ch341a_cen(void);
const struct board_stats *simulated_ch341a_stats(void);

#endif
