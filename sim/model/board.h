/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual board: an adapter, wired to a Beken SoC, with a NOR die in it.
 *
 *   usb.h <- ch341a (packets, pins, timing) -> soc (CEN, 0xD2) -> nor (the die)
 *   usb.h <- ft232h_model.h (commands, pins, timing) -> soc -> nor
 *   spidev_model.h (the pins of a small computer) -> soc -> nor
 *
 * What a board is made of and how it behaves is fixed when it is made; the same
 * options and the same transfers give the same answers and the same times.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/model/board_options.h"
#include "sim/model/nor.h"
#include "sim/model/spidev_model.h"
#include "sim/model/usb.h"

struct board;

/* NULL when memory runs out or the entry variant is unknown. Free with board_free(). */
struct board *board_new(const struct board_options *options);
void board_free(struct board *board);

/* The adapter's USB side, or NULL. Lives as long as the board. */
struct usb_device *board_usb(struct board *board);

/* The bus that the chip is connected to instead, if the options have one; else NULL. */
struct spidev *board_spidev(struct board *board);

/* The latest time that the adapter has reached, in nanoseconds. */
uint64_t board_now(const struct board *board);

/* The die's content, FF at first; may be read and changed between transfers. */
uint8_t *board_flash(struct board *board);

/* The die itself, for another link to it. Lives as long as the board. */
struct nor *board_nor(struct board *board);

/* Its length in bytes. */
uint32_t board_flash_size(const struct board *board);

/* The status registers as they are now (SR1 | SR2 << 8 | SR3 << 16). */
uint32_t board_status_registers(const struct board *board);

/* How many of the locks of single blocks are set, whether they have an effect or not. */
unsigned board_locked_blocks(const struct board *board);

/* Level of the CEN wire as the SoC sees it (pull-up included). */
bool board_cen(const struct board *board);

/* Something other than the adapter holds that wire low from @ns on, or releases it. */
void board_pull_cen(struct board *board, bool low, uint64_t ns);

void board_stats(const struct board *board, struct board_stats *stats);

/* Names of the entry variants, one after the other; NULL after the last. */
const char *board_entry_name(unsigned index);

#endif
