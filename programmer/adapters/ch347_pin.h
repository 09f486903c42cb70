/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch347_pin.h - CEN on a GPIO of a CH347, for boards that do not bring SCS1 out.
 *
 * A frame has a byte for each of eight pins, C0h to change it, 30h for an output, 08h for its
 * level, and waits for its answer: so it is no part of a stream (openocd's ch347.c; the vendor's
 * WCHSoftGroup/ch34x_mphsi_master_linux; aystarik/ch347-i2c-spi-gpio). Of a CH347T pins 4, 6 and 7
 * have no other use here; a CH347F has all eight.
 */
#ifndef CH347_PIN_H
#define CH347_PIN_H

#include "programmer/bus/adapter.h"

#define CH347_SET_PINS 0xcc
#define CH347_PINS 8

typedef enum trouble_kind ch347_set_pins(struct spi_bus *bus, const uint8_t pins[CH347_PINS]);

/* If the wish names one of them it is CEN from now on, and high; else nothing happens. */
enum trouble_kind ch347_pin_put_on(struct spi_bus *bus, const struct adapter_wish *wish, bool is_f,
				   ch347_set_pins *set);

#endif
