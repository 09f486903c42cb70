/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_rate.h - changes the rate of the line to a bootloader, proves it, or goes back to the old
 * one.
 *
 * The chip divides 26 MHz: 1 and 2 Mbaud are exact, 921600 is 0.8 % off, 3 Mbaud 3.7 %, which is
 * too much. Bootloaders of 2018 and 2019 divide by one too many, and are 7 % off at 2 Mbaud: that
 * is detected, and they are asked for a rate that results in the right one.
 */
#ifndef DIE_UART_RATE_H
#define DIE_UART_RATE_H

#include "programmer/die/uart_talk.h"

#define UART_START_RATE 115200u

/* The next lower of those that are tried, 0 below 115200. */
uint32_t uart_rate_below(uint32_t rate);

/* The highest of them. */
#define UART_RATE_BEST 2000000u

/*
 * *@changed: both sides have @rate, and some answers in a row were right. Else both have the old
 * rate, or, after a relink, that of relink(). LINK_LOST: they have not found each other again.
 */
enum trouble_kind uart_change_rate(struct uart_talk *talk, uint32_t rate, bool *changed);

#endif
