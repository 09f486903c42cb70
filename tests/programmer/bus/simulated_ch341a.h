/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * simulated_ch341a.h - the CH341A's driver on the simulator's CH341A, without USB in between:
 * each slice of a stream runs as soon as it is sent. Time is that of the simulated chip; 100 us
 * pass from one stream to the next.
 */
#ifndef TESTS_SIMULATED_CH341A_H
#define TESTS_SIMULATED_CH341A_H

#include "programmer/bus/spi.h"
#include "sim/model/board_options.h"

/* Linked to a GD25Q16B, all FF. There is one at a time; adapter_close() ends it. */
struct spi_bus *simulated_ch341a_open(const struct observer *observer);

/* The same on a board of these options: part, entry, seed, wiring and those of the die count. */
struct spi_bus *simulated_ch341a_open_on(const struct board_options *options,
					 const struct observer *observer);

/* These hold until the next open. */
uint8_t *simulated_ch341a_memory(void);
bool simulated_ch341a_cen(void);
const struct board_stats *simulated_ch341a_stats(void);

#endif
