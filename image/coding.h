/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * coding.h - how code is coded: plain, with the stock key, or with another; and whether two pieces
 * of code are coded in the same way.
 *
 * ARM code begins with eight exception vectors: a branch, and loads of the program counter, of
 * which most bits are known. So each vector reveals most of the key stream at its address, and
 * seven of them determine all keys whose pattern (code_key.h) fits: those differ in one constant.
 * Bytes that are not code fit no key: a pattern has to explain all of 140 known bits.
 *
 * A SoC has one key, which cannot be read or changed. Code that is coded differently never runs.
 */
#ifndef IMAGE_CODING_H
#define IMAGE_CODING_H

#include "image/code_key.h"

#define CODING_VECTORS 32 /* bytes that coding_look() needs */

/* Logical addresses of the two pieces of code. */
#define CODE_BOOTLOADER 0x0u
#define CODE_APPLICATION 0x10000u

enum coding_kind {
	CODING_UNKNOWN, /* no vectors in sight, with any key */
	CODING_PLAIN,
	CODING_STOCK, /* with the key of Tuya's modules */
	CODING_OTHER, /* with another key */
};

struct coding {
	enum coding_kind kind;
	uint32_t address; /* logical, of the vectors; of plain code it cannot be told */
	uint32_t vectors[CODING_VECTORS / 4];
	bool has_key; /* .key is it; of OTHER only if the code holds it, see coding_key() */
	struct code_key key;
};

/*
 * @data: the first CODING_VECTORS logical bytes of code that belongs at @address. Of plain code and
 * the stock key, two damaged words are forgiven. For CODING_OTHER it cannot be seen whether
 * @address is right.
 */
struct coding coding_look(const uint8_t data[CODING_VECTORS], uint32_t address);

enum coding_match { CODING_CANNOT_TELL, CODING_SAME, CODING_DIFFERS };

/* Whether a SoC that runs the one may run the other. */
enum coding_match coding_compare(const struct coding *one, const struct coding *other);

/*
 * Bootloaders that Tuya keyed hold the key that they are made for, after EF BE AD DE EE BB AA 10,
 * at logical 0x40 or before. Finds it in @size logical bytes from CODE_BOOTLOADER on, and proves it
 * on the vectors. See docs/images.md.
 */
bool coding_find_key(struct coding *coding, const uint8_t *logical, size_t size);

/* For programs: "plain", "stock", "other", "unknown"; and for people: "with the stock key". */
const char *coding_name(enum coding_kind kind);
const char *coding_title(enum coding_kind kind);

#endif
