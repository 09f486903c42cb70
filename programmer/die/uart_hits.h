/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_hits.h - account of the sectors that damaged commands hit, as far as their content is not
 * known; internal to uart_die.h.
 */
#ifndef DIE_UART_HITS_H
#define DIE_UART_HITS_H

#include "programmer/die/uart_state.h"

/* A command for @wanted did this to sectors whose content is not known. */
void uart_hit(struct uart_die *uart, struct range range, uint32_t wanted, enum uart_how how);

/* These sectors were erased on purpose: it is all the same what they held, or what had hit them. */
void uart_is_replaced(struct uart_die *uart, struct range range);

/* Names all that was hit; returns where that begins and ends, of length 0: nothing was. */
struct range uart_name_hits(const struct uart_die *uart);

#endif
