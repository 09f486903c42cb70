/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uart_change.h - erases and programs the die behind a bootloader; internal to uart_die.h. */
#ifndef DIE_UART_CHANGE_H
#define DIE_UART_CHANGE_H

#include "programmer/die/uart_state.h"

/* Whole sectors; blocks of 64 KiB where that fits. */
enum trouble_kind uart_erase_range(struct uart_die *uart, struct range range);

/*
 * Clears bits: @data is for a whole sector, with content between @first and @end, and ones
 * elsewhere.
 */
enum trouble_kind uart_program_sector(struct uart_die *uart, size_t sector,
				      const uint8_t data[UART_SECTOR], size_t first, size_t end);

/* Waits for the answer to a sector that was sent; before anything else is. */
enum trouble_kind uart_collect(struct uart_die *uart);

/* Erases a sector and writes what should be there, once more. */
enum trouble_kind uart_write_again(struct uart_die *uart, size_t sector);

/*
 * Whether a sector's sum tells that nothing is wrong with it but one bit that was not programmed;
 * and does that without an erase, in a piece (uart_pieces.h). A BL chip has to have erased another
 * one before, which lets all of them be programmed.
 */
bool uart_lacks_a_bit(const struct uart_die *uart, size_t sector, size_t *bit);
enum trouble_kind uart_write_bit(struct uart_die *uart, size_t sector, size_t bit);

#endif
