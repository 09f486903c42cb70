/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's forms of a port's settings, which the C library hides: struct termios with 19
 * control characters, and termios2 with a rate in numbers (BOTHER). On x86, Arm and RISC-V, whose
 * numbers are the generic ones.
 */
#ifndef SIM_SHIM_TTY_RATES_H
#define SIM_SHIM_TTY_RATES_H

#include <stdint.h>
#include <termios.h>

#define TTY_TCGETS2 0x802C542Aul
#define TTY_TCSETS2 0x402C542Bul
#define TTY_TCSETSW2 0x402C542Cul
#define TTY_TCSETSF2 0x402C542Dul

/* Bits a second of B9600 and the like; 0: none of them. */
uint32_t tty_rate_of(speed_t speed);

void tty_rates_give(void *kernel, const struct termios *settings);
void tty_rates_take(const void *kernel, struct termios *settings);
void tty_rates_give_2(void *kernel, const struct termios *settings, uint32_t rate);

/* Returns the rate that they ask for. */
uint32_t tty_rates_take_2(const void *kernel, struct termios *settings);

#endif
