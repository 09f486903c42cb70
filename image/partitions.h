/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partitions.h - the table of partitions inside a bootloader.
 *
 * RT-Thread's FAL keeps it as entries of 64 bytes: "01PE", name[24], device[24], offset, length,
 * and a word that is zero; little-endian, in clear text even in a keyed bootloader. The device
 * determines the unit of offset and length: "beken_onchip_crc" in logical bytes, "beken_onchip" in
 * bytes of the flash. Source: decoded from about 75 published images, see docs/images.md.
 */
#ifndef IMAGE_PARTITIONS_H
#define IMAGE_PARTITIONS_H

#include <stddef.h>
#include <stdint.h>

#define PARTITIONS_MOST 12

struct partition {
	char name[24];
	size_t start, length; /* in the flash, whatever the table counts in */
};

struct partitions {
	struct partition entry[PARTITIONS_MOST];
	size_t count;
};

/* Look for entries in the framed code at @area; those beyond PARTITIONS_MOST are ignored. */
void partitions_find(const uint8_t *area, size_t size, struct partitions *partitions);

/* The entry of this name, or NULL. */
const struct partition *partitions_by_name(const struct partitions *partitions, const char *name);

#endif
