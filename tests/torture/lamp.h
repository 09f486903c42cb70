/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lamp.h - a BK7231N with 2 MiB of flash and data unique to it, and firmware for it. */
#ifndef TESTS_TORTURE_LAMP_H
#define TESTS_TORTURE_LAMP_H

#include <stdint.h>

/* Its MAC ends in 00:01. */
void lamp_fill(uint8_t *die, uint32_t size);

/*
 * The same, with noise from @seed where an update is put, except for a calibration and OpenBeken's
 * settings in the middle of it.
 */
void lamp_fill_full(uint8_t *die, uint32_t size, uint32_t seed);

#define LAMP_FULL 0x130000u
#define LAMP_FULL_END 0x1d0000u
#define LAMP_OTHER_RF 0x158000u
#define LAMP_OTHER_SETTINGS 0x17f000u

/* Writes an application to a file, and to its place in @wanted. */
void lamp_put_app(const char *path, uint8_t *wanted);

/* The range of the application. */
#define LAMP_APP_RANGE                                                                             \
	{                                                                                          \
		0x11000, 0x121000                                                                  \
	}

#endif
