/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rbl.h - the header that RT-Thread's bootloader puts before or after code.
 *
 * 96 bytes: "RBL\0", algorithm (2 bytes; 0 means stored as it is) and two bytes that are zero,
 * time, name[16], version[24], serial[24], CRC-32 of the package, FNV-1a hash of the raw content,
 * raw size, package size, CRC-32 of the 92 bytes before; all numbers little-endian. In an OTA file
 * the package follows. In flash the header fills the last three CRC blocks of a code partition; the
 * hash is that of the partition's first "raw size" logical bytes, as they are stored (keyed, if
 * they are). The package would be the same content followed by 16 bytes of 10h, which are not
 * stored but are included in package size and CRC-32.
 *
 * In LibreTiny's headers, raw size may be larger than the package, and the hash then includes the
 * 16 bytes as well: if the size of the program modulo 32 is 0 or more than 16, as in those of
 * ESPHome-Kickstart. So content that the CRC-32 confirms counts as good, too. Sources: bk7231tools
 * (analysis/rbl.py), ltchiptool (bk72xx/util/rbl.py, binary.py); the hash, as described here, holds
 * in all images that this was tried on, and the CRC-32 in those of them that are a multiple of 32
 * and 16 bytes long.
 */
#ifndef IMAGE_RBL_H
#define IMAGE_RBL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RBL_SIZE 96	    /* bytes of a header */
#define RBL_FRAMED_SIZE 102 /* the same in three CRC blocks */

struct rbl {
	size_t offset; /* in the file */
	bool framed;   /* in CRC blocks, that is in flash; otherwise plain, before a package */
	unsigned algorithm;
	char name[17];	  /* "app", "bootloader"; what is not ASCII becomes '?' */
	char version[25]; /* likewise */
	uint32_t package_sum, hash;
	uint32_t raw_size, package_size; /* bytes; no known file is so large */
};

/* Whether a header with a right checksum is here. */
bool rbl_parse(const uint8_t header[RBL_SIZE], struct rbl *rbl);

/* The next header at @from or after it, framed or plain, of which all checksums are right. */
bool rbl_find(const uint8_t *data, size_t size, size_t from, struct rbl *rbl);

/*
 * Whether the framed area that begins at @area holds what the header was made for: by its hash,
 * or by the checksum of its package.
 */
bool rbl_content_matches(const struct rbl *rbl, const uint8_t *area, size_t size);

/* Whether a package after a plain header is the one that the header was made for. */
bool rbl_package_matches(const struct rbl *rbl, const uint8_t *package, size_t size);

#endif
