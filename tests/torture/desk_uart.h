/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk_uart.h - the desk's chip at a serial port, in the hands of its bootloader: for desk.c.
 *
 * There is no adapter for SPI then. Time is the desk's.
 */
#ifndef TESTS_TORTURE_DESK_UART_H
#define TESTS_TORTURE_DESK_UART_H

#include <stdbool.h>
#include <stdint.h>

/* @loader: as in beken-sim --uart. */
void desk_uart_begin(const char *loader);
void desk_uart_end(void);

/* Whether it has begun. */
bool desk_is_uart(void);

/* Counts anew. */
void desk_uart_again(void);

/* The chip starts again, unless it is held. */
void desk_uart_reset(void);

/* Whether CEN is held low; whether the chip's firmware runs, soon after. */
bool desk_uart_is_held(void);
bool desk_uart_runs(void);

/* The line's time, which is that of the die. */
uint64_t desk_uart_ns(void);

#endif
