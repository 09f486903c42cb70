/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the SPI bus and the GPIO chip of a small computer behave; see spidev_model.h. */
#ifndef SIM_SPIDEV_OPTIONS_H
#define SIM_SPIDEV_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct spidev_options {
	bool given;
	uint32_t slot;	      /* bytes: 128 on arm64, 64 on arm v7, 8 on x86 */
	uint32_t bufsiz;      /* of the module parameter: 4096 */
	bool rounds_up;	      /* the clock is the next faster one (sun4i), not the next slower */
	bool keeps_line;      /* a released line keeps its level (Raspberry Pi OS, Allwinner) */
	bool cen_left_low;    /* by a program that was killed */
	bool cs_left_low;     /* the same for CS */
	bool line_taken;      /* "button" has the line of CEN */
	bool line_held;	      /* something pulls CEN down */
	bool forbidden;	      /* only root may open the nodes */
	bool nor;	      /* this computer's own flash is on the bus */
	bool pi5;	      /* the bus is number 10 of a Raspberry Pi 5: its boot EEPROM */
	uint32_t timeout_at;  /* message number N fails with ETIMEDOUT, once */
	uint32_t shutdown_at; /* after message number N the driver is gone */
};

extern const struct spidev_options spidev_usual;

/* @text: items as in "slot=64,keeps,timeout=9". False: it has a mistake. */
bool spidev_parse(struct spidev_options *options, const char *text);

#endif
