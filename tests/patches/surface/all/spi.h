/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See flash.h. */
#ifndef SURFACE_SPI_H
#define SURFACE_SPI_H

#define SPI_PROGRAMMER_ERROR -6

#if SURFACE >= 107
struct spi_command {
	unsigned int writecnt;
	unsigned int readcnt;
	const unsigned char *writearr;
	unsigned char *readarr;
};
#endif

#endif
