/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_wake.h - a die that does not answer because it was left asleep or in another mode.
 *
 * A reset of the SoC does not reach the die: it has no reset pin, and its power stays on. Deep
 * power-down (B9h) ends with ABh and some 30 us; QPI with FFh, a continuous read with FFFFh, both
 * as long as the data lines that are not ours read 1. 66h and 99h, each in a window of its own,
 * reset everything else that a power cycle would (datasheets of W25Q16, GD25Q16, P25Q16). A reset
 * during an erase would leave it half done: it is not sent to a die that says it is busy.
 */
#ifndef SPI_WAKE_H
#define SPI_WAKE_H

#include "programmer/bus/spi.h"

/* In the order in which they are to be tried. */
enum spi_wake {
	SPI_WAKE_NONE,
	SPI_WAKE_RELEASE, /* ABh */
	SPI_WAKE_MODES,	  /* FFh FFh */
	SPI_WAKE_RESET,	  /* 66h 99h */
	SPI_WAKES,
};

/* Sends it, and waits as long as the die may need. NONE sends nothing. */
enum trouble_kind spi_wake_send(struct spi_bus *bus, enum spi_wake how);

/* What the die was in when this helped, as a clause: "the flash was in deep power-down". */
const char *spi_wake_text(enum spi_wake how);

#endif
