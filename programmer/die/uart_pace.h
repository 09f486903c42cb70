/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_pace.h - how fast a chip takes pages, which it programs as they come.
 *
 * That is found out: a little faster each time that some writes went well, until one fails, since
 * bytes came faster than they were programmed. Then it is a little slower than that, for good. For
 * what such a write spoils the line is not to blame.
 */
#ifndef UART_PACE_H
#define UART_PACE_H

#include "programmer/die/uart_state.h"

/* The time that a page gets where sectors follow each other. */
uint32_t uart_pace_us(const struct uart_die *uart);

/*
 * Of the sector that was posted, all, if most of it waits to leave; else nothing: the last pages
 * take little time.
 */
struct range uart_under_way(const struct uart_die *uart);

/*
 * How a write went. @in_a_row: another one was just before it. True: it was too fast, and what it
 * spoiled is to be put right.
 */
bool uart_learn_pace(struct uart_die *uart, enum uart_heard heard, bool in_a_row);

/* What was too fast has been put right; without effect if nothing was. */
void uart_keeps_pace(struct uart_die *uart);

#endif
