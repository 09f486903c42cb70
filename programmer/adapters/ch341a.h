/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch341a.h - a CH341A adapter (USB 1a86:5512) as an SPI bus; see spi.h.
 *
 * Chip select is D0, CEN is D2, clock D3, data out D5, data in D7. The clock of
 * about 1.5 MHz is fixed and so is SPI mode 0; both are the chip's.
 *
 * While a bus is open all six outputs are driven, CEN high unless SPI_CEN says
 * otherwise. ch341a_close() drives CEN high and then releases all pins: they
 * become inputs with weak pull-ups, which keep CEN and CS high.
 *
 * After a USB stall or silence a batch is repeated once, from its begin, unless
 * one of its ops is marked .once.
 */
#ifndef CH341A_H
#define CH341A_H

#include "base/observer.h"
#include "programmer/bus/spi.h"

/*
 * Open the adapter @which ("BUS:ADDRESS" or "BUS-PORT.PORT", NULL for the only
 * one). NULL after an error, which has been logged with what to do. @which is
 * not kept, @observer is. Free with ch341a_close().
 */
struct spi_bus *ch341a_open(const char *which, const struct observer *observer);
void ch341a_close(struct spi_bus *bus);

/* Where it is plugged in, as the kernel names the port: "1-4.2". */
void ch341a_port(const struct spi_bus *bus, char port[48]);

#endif
