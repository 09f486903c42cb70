/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_cost.h - what work on a die behind a bootloader takes, at the present rate of its line.
 *
 * A reading is its bytes on the line and a sum of each block; of what is known a sum alone, and of
 * what a BL chip erased its word. A page is programmed while the next one comes, so it takes the
 * longer of the two.
 */
#ifndef UART_COST_H
#define UART_COST_H

#include "programmer/die/uart_state.h"

struct die_cost uart_cost(const struct uart_die *uart);

#endif
