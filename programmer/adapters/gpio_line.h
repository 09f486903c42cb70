/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gpio_line.h - CEN on a GPIO line of this computer, by the kernel's character device (uAPI v2,
 * Linux 5.10 and later; linux/gpio.h). libgpiod 1 and 2 have no call in common, so none is used.
 *
 * A line is "GPIO25", its name, or the chip and the number on it: "gpiochip0:25" or
 * "pinctrl-bcm2835:25". Allwinner's lines have no names: "PB21" is number 1 * 32 + 21 on the chip
 * whose label ends with ".pinctrl".
 *
 * The line is open drain: 1 releases it, and the pull-up of the module makes CEN high, so that it
 * never works against a button or another adapter. Where the chip has no such outputs the kernel
 * makes the line an input.
 *
 * When the line is released some systems keep its level (Raspberry Pi OS, Allwinner), others make
 * it an input: so it is set to 1 first. A program that was killed while CEN was low leaves the SoC
 * in reset there; whoever opens the line next ends that.
 */
#ifndef GPIO_LINE_H
#define GPIO_LINE_H

#include "programmer/bus/cen.h"

/* Whether @value has the form of a line. */
bool gpio_line_is(const char *value);

/* CEN is high. NULL after a trouble, which was raised. */
struct cen *gpio_line_open(const struct cen_wish *wish, const struct observer *observer);

#endif
