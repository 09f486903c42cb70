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

#endif
