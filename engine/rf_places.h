/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rf_places.h - where SoCs have their calibration, for all SoCs. */
#ifndef ENGINE_RF_PLACES_H
#define ENGINE_RF_PLACES_H

#include <stddef.h>
#include <stdint.h>

#define RF_PLACES 16 /* more than there are */

#define RF_BEGIN 16 /* so many bytes tell whether calibration is there */

/* What is there. */
struct rf_begins {
	size_t count;
	uint32_t starts[RF_PLACES];
	uint8_t bytes[RF_PLACES][RF_BEGIN];
};

/*
 * Where the chip database has calibration, each place once, if @length bytes from there on are
 * in a flash of @size. Returns how many.
 */
size_t rf_places(uint32_t size, uint32_t length, uint32_t starts[RF_PLACES]);

#endif
