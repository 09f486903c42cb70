/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.h - the file beside a backup that says what the backup is of.
 *
 * Its name is that of the backup, with ".json" appended. One JSON object:
 *
 *	schema		1
 *	part, id, size	of the flash
 *	registers	its status registers: SR1 | SR2 << 8 | SR3 << 16
 *	soc, mac	null if unknown
 *	regions		of the SoC's flash: name, start, length
 *	sha256		of the backup's bytes
 *	confirmed	how many of its bytes a second reading or a CRC confirms
 *	clock_hz	bits a second on the way to the flash when it was read
 *	first_clock_hz	the same at first: higher if too many readings at it were wrong
 *	read_bits	of all readings of what was read more than once
 *	wrong_bits	of these that were wrong: the rate of errors is the quotient
 *	read_again	pieces of which two readings differed: start, length, and how many
 *			readings it took; no program reads these five
 *	date		UTC
 *	versions	of beken-flash and libflashrom
 *
 * Whoever reads it may have edited it: every value is checked.
 */
#ifndef ENGINE_MANIFEST_H
#define ENGINE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chipdb/chipdb.h"
#include "engine/flash.h"
#include "engine/part_id.h"
#include "engine/steady.h"
#include "base/observer.h"

#define MANIFEST_SCHEMA 1
#define MANIFEST_SUFFIX ".json"
#define MANIFEST_REGIONS 32
#define MANIFEST_SHA256 65 /* with the 0 */
#define MANIFEST_MAC 18

struct manifest_region {
	char name[24];
	struct range range;
};

struct manifest {
	char part[40], id[PART_ID]; /* "C8 40 15"; "" if the flash did not tell it */
	uint32_t size;
	uint32_t registers; /* if they were reached */
	bool has_registers;
	char soc[24];		/* "" if unknown */
	char mac[MANIFEST_MAC]; /* "" if unknown */
	struct manifest_region regions[MANIFEST_REGIONS];
	size_t region_count;
	char sha256[MANIFEST_SHA256];
	uint32_t confirmed; /* bytes; manifest_describe() leaves this and the next to its caller */
	struct steadiness steadiness; /* only to be written */
	char date[24];
};

/* Fills in what the part, the SoC (may be NULL) and the bytes say, and the current date. */
void manifest_describe(struct manifest *manifest, const struct chipdb_part *part,
		       const struct chipdb_soc *soc, const uint8_t *die);

/* The text of the file, to be freed; NULL when memory runs out. */
char *manifest_text(const struct manifest *manifest, size_t *length);

enum manifest_result { MANIFEST_GOOD, MANIFEST_MISSING, MANIFEST_BAD };

/* The one beside @backup. A bad one is a trouble. */
enum manifest_result manifest_read(struct manifest *manifest, const char *backup,
				   const struct observer *observer);

/* Whether these are the bytes that it describes. */
bool manifest_fits(const struct manifest *manifest, const uint8_t *die, size_t size);

const struct manifest_region *manifest_region(const struct manifest *manifest, const char *name);

void sha256_text(const void *data, size_t size, char text[MANIFEST_SHA256]);

#endif
