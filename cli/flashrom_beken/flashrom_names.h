/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_names.h - the names under which flashrom found a flash, read from its output.
 *
 * The line is, in 1.3.0 to 1.8.0-rc1:
 *
 *   Found GigaDevice flash chip "GD25Q16(B)" (2048 kB, SPI) on serprog.
 *
 * One for each entry of its database that has the ID. An ID that it does not know is
 * found as a generic chip of 0 kB, or not at all.
 */
#ifndef FLASHROM_NAMES_H
#define FLASHROM_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLASHROM_NAMES_MOST 8

/* The longest in 1.8.0-rc1 has 54 characters. A longer one is passed over. */
#define FLASHROM_NAME_ROOM 100

struct flashrom_name {
	char name[FLASHROM_NAME_ROOM]; /* what -c takes; printable */
	uint32_t kib;		       /* never 0 */
};

struct flashrom_names {
	struct flashrom_name names[FLASHROM_NAMES_MOST];
	unsigned count;
};

/* False, and nothing changed, when there is no room or it is no name for -c. */
bool flashrom_names_add(struct flashrom_names *names, const char *name, size_t len, uint32_t kib);

/* Reads output piece by piece, whatever it is and however long. Begin with all zero. */
struct flashrom_output {
	struct flashrom_names names;
	bool answered; /* flashrom said what it found, also when that was nothing */
	char line[256];
	size_t len; /* of the line so far; more than there is room for if it is too long */
};

void flashrom_output_feed(struct flashrom_output *output, const char *text, size_t len);

#endif
