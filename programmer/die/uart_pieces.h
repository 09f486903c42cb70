/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uart_pieces.h - how a sector is written over a line that damages frames; internal to uart_die.h.
 */
#ifndef DIE_UART_PIECES_H
#define DIE_UART_PIECES_H

#include "programmer/die/uart_state.h"

/*
 * Where a write has to begin so that @address, of a line, is in it, and no doubled byte leads it to
 * a bootloader: there, or earlier in its sector.
 */
uint32_t uart_piece_begin(const struct uart_die *uart, uint32_t address);

/* Bytes of what was erased, whole lines, by commands that do nothing until all of them is there. */
enum trouble_kind uart_write_in_pieces(struct uart_die *uart, uint32_t address, const uint8_t *data,
				       size_t len);

#endif
