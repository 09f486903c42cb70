/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_content.h - reads the die behind a bootloader, and proves what was read; internal to
 * uart_die.h.
 */
#ifndef DIE_UART_CONTENT_H
#define DIE_UART_CONTENT_H

#include "programmer/die/uart_state.h"

static inline size_t uart_block_of(size_t count)
{
	return count < UART_BLOCK_SECTORS ? count : UART_BLOCK_SECTORS;
}

/* Limits for readings or repairs without a result: this many in a row, and this many in all. */
#define UART_FRUITLESS_MOST 12
#define UART_ROUNDS_MOST 64

/* Reads a sector if nothing is known of it. */
enum trouble_kind uart_know(struct uart_die *uart, size_t sector);

/*
 * Its parts, of at most UART_BLOCK_SECTORS. The one reads those with unknown content, and proves
 * the others with them if @proves_all, which costs no more where it is one checksum; the other
 * finds known ones that are no longer as they were: their content is unknown then, or, after a
 * change that was not acknowledged, to be put right (UART_SENT).
 */
enum trouble_kind uart_read_unknown(struct uart_die *uart, size_t first, size_t count,
				    bool proves_all);
enum trouble_kind uart_look_at_known(struct uart_die *uart, size_t first, size_t count);

/*
 * Reads a sector into scratch, until its sum or a second reading agrees; what is known of it stays
 * as it is. UNSTEADY_READ: they never did.
 */
enum trouble_kind uart_read_surely(struct uart_die *uart, size_t sector);

enum uart_erased {
	UART_ERASED,
	UART_NOT_ERASED,     /* it holds what it held */
	UART_ERASED_UNKNOWN, /* no reading was blank, nor what it held */
};

/*
 * Whether a sector that was seen to hold something is blank now, by readings alone: a sum would set
 * a BL chip's protection.
 */
enum trouble_kind uart_look_if_erased(struct uart_die *uart, size_t sector,
				      enum uart_erased *erased);

/*
 * What is there of everything that was sent is now known; *@left: the number of sectors that
 * differ. @likely: most of it will be there.
 */
enum trouble_kind uart_look_at_sent(struct uart_die *uart, bool likely, size_t *left);

#endif
