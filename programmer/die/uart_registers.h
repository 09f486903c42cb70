/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uart_registers.h - the status registers of a die behind the boot ROM: what uart_die.c passes on.
 */
#ifndef DIE_UART_REGISTERS_H
#define DIE_UART_REGISTERS_H

#include "programmer/die/die.h"

/* See struct die_ops. */
enum trouble_kind uart_register_read(struct beken_die *die, unsigned which, uint8_t *value);
enum trouble_kind uart_registers_read(struct beken_die *die, uint32_t *sr, unsigned *count);
enum trouble_kind uart_registers_write(struct beken_die *die,
				       const struct die_registers_write *write);

/* Notes what they are, if they can be read. */
void uart_registers_note(struct beken_die *die);

/*
 * After a line that damaged frames: with one flipped bit the ROM takes a read of the flash (09h)
 * for a write of the status registers (0Dh), with the address as their value. If they are not what
 * they were, they are put back and that is said; STAYS_PROTECTED, raised, if they cannot be.
 */
enum trouble_kind uart_registers_settle(struct beken_die *die);

#endif
