/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_unread.h - sums of what was never read, as evidence that no damaged command changed it;
 * internal to uart_die.h.
 */
#ifndef DIE_UART_UNREAD_H
#define DIE_UART_UNREAD_H

#include "programmer/die/uart_state.h"

/*
 * On a line that damages commands nothing but the sums of what was never read shows what these did
 * there. So they are taken once, before anything else is changed, and compared when it is read, and
 * at the end; uart_forget_sums() is for what is to be changed.
 */
enum trouble_kind uart_sum_unread(struct uart_die *uart);
void uart_compare_read(struct uart_die *uart, size_t sector);
enum trouble_kind uart_compare_unread(struct uart_die *uart);

#endif
