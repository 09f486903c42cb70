/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rf.h - the radio calibration and the MAC address of a module.
 *
 * They are a region of their own in the flash: "TLV\0", the length of what follows, and entries of
 * a tag, a length and a value; words are little-endian. The first entry (tag 11111100) contains the
 * others, of which 11111102 holds the MAC. They are unique to the module: once lost, only its maker
 * could provide them again. Sources: BK7231GUIFlashTool (RFPartitionUtil); the tags were read from
 * dumps of BK7231T and BK7231N.
 */
#ifndef IMAGE_RF_H
#define IMAGE_RF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_ALIGNMENT 0x1000 /* the region begins at a sector boundary */

struct rf {
	size_t offset; /* in the file */
	size_t length; /* bytes, with the header */
	uint8_t mac[6];
	bool mac_good; /* false: not there, blank, or a default that firmware makes up */
};

/* Whether calibration data begins at @offset, and what it says. */
bool rf_parse(const uint8_t *data, size_t size, size_t offset, struct rf *rf);

#endif
