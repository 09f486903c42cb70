/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_settle.h - proves what is known and what was changed, and changes it again where it is not
 * there; internal to uart_die.h.
 */
#ifndef DIE_UART_SETTLE_H
#define DIE_UART_SETTLE_H

#include "programmer/die/uart_state.h"

/*
 * Reads all sectors from @first on of the die, so that they are known. INTERRUPTED if the observer
 * cancels.
 */
enum trouble_kind uart_look_at(struct uart_die *uart, size_t first, size_t count);

/*
 * Checks all that was changed, and does it again where it is not as it should be. @likely: most of
 * it will be.
 */
enum trouble_kind uart_settle(struct uart_die *uart, bool likely);

#endif
