/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uf2.h - UF2 files as LibreTiny's ltchiptool makes them: what belongs in a flash, in blocks.
 *
 * A block has 512 bytes; numbers are little-endian:
 *
 *	0	"UF2\n", 9E5D5157h	 20	number of this block, from 0 on
 *	8	flags			 24	how many blocks there are
 *	12	address			 28 family, which identifies the SoC
 *	16	length of the data	 32	data, then the tags
 *					508	0AB16F30h
 *
 * Flags: 1h not for the main flash, 1000h a container of files, 2000h there is a family, 4000h
 * the last 24 bytes before the end mark are a checksum, 8000h there are tags. A tag is its length
 * with these 4 bytes, a kind of 3 bytes, and its value, filled up to 4 bytes; length 0 ends them.
 * A first block without data has tags for the whole file: names, versions, partitions.
 *
 * Addresses are relative to a partition. Tag C0EE0Ch names it for this block and all after it: six
 * digits, one for each way to install the file (by the device itself: single, dual 1, dual 2; by
 * wire: the same), each the number, from 1 on, of one of the names that follow; 0 is no partition,
 * and the data is not for that way. Beken's are flashed by "wire, single": the application, and its
 * RBL header at the end of the same partition. What a device installs by itself is an update with
 * other content.
 *
 * Sources: ltchiptool (uf2tool/models: block.py, flags.py, enums.py, context.py, partition.py;
 * uf2tool/writer.py), and libretiny (families.json; builder/family/beken-72xx.py says which
 * parts there are). A partition lies where chipdb has it; the file's own table must not differ.
 */
#ifndef IMAGE_UF2_H
#define IMAGE_UF2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chipdb/chipdb.h"

#define UF2_PARTS 6 /* no file has more */
#define UF2_WHY 200

enum uf2_fault {
	UF2_GOOD,
	UF2_TRUNCATED,
	UF2_DAMAGED,
	UF2_FOREIGN,  /* for another SoC than Beken's, or several */
	UF2_UNPLACED, /* it is not known where something in it belongs */
	UF2_UPDATE,   /* it has nothing to write by wire */
};

/* All that goes to one partition by one way. */
struct uf2_part {
	char name[24];
	bool by_wire;
	size_t bytes;
	size_t start, end; /* in the flash, if by wire; @end is after the last byte */
};

struct uf2 {
	enum uf2_fault fault;
	char why[UF2_WHY]; /* a sentence or two without the last full stop, and what to do */
	size_t blocks;
	uint32_t family;
	const char *family_name; /* LibreTiny's, "BK7231N"; NULL if it has none */
	chipdb_soc_set socs;	 /* of that name; 0: not one of Beken's */
	/* What the file says about itself; "" for nothing. */
	char board[40], firmware[32], version[24];
	struct uf2_part parts[UF2_PARTS];
	size_t part_count;
};

/* What is to be written to the flash by wire. Code starts at the start of its partition. */
struct uf2_content {
	uint8_t *data;	  /* FF where the file has nothing */
	uint8_t *carried; /* 1 where it has something, 0 elsewhere */
	size_t address;	  /* in the flash */
	size_t size;	  /* of both, bytes */
};

/* Whether a file claims to be one. */
bool uf2_begins(const uint8_t *data, size_t size);

/*
 * Check every block, and unpack. With a fault, there is no content. False if memory runs out. Call
 * uf2_free_content() afterwards in any case.
 */
bool uf2_unpack(const uint8_t *data, size_t size, struct uf2 *uf2, struct uf2_content *content);
void uf2_free_content(struct uf2_content *content);

#endif
