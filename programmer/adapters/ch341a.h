/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch341a.h - a CH341A adapter (USB 1a86:5512) as an SPI bus; see spi.h and adapter.h.
 *
 * Chip select is D0, CEN is D2, clock D3, data out D5, data in D7. The clock of
 * about 1.5 MHz is fixed and so is SPI mode 0; both are the chip's.
 *
 * While a bus is open all six outputs are driven, CEN high unless SPI_CEN says
 * otherwise. adapter_close() drives CEN high and then releases all pins: they
 * become inputs with weak pull-ups, which keep CEN and CS high.
 */
#ifndef CH341A_H
#define CH341A_H

#include "programmer/bus/adapter.h"

extern const struct adapter ch341a_adapter;

#endif
