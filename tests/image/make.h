/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.h - flash images for tests, made from random code.
 *
 * They have everything that distinguishes the kinds: vectors, keys, CRC blocks, fingerprints, RBL
 * headers, partition tables, calibration. The checksums are computed here, bit by bit, and not by
 * the code under test; only the key stream is the library's, which has a test of its own.
 */
#ifndef TESTS_IMAGE_MAKE_H
#define TESTS_IMAGE_MAKE_H

#include "tests/unit.h"
#include "image/fit.h"

#define APP 0x11000u

struct bytes {
	uint8_t *data; /* of exactly @size, so that a sanitizer sees what reads behind it */
	size_t size;
};

/* How code is coded. */
enum recipe_key {
	KEY_USUAL, /* as usual for the SoC: plain, or with the stock key */
	KEY_NONE,
	KEY_OTHER,   /* a key other than the stock key */
	KEY_ANOTHER, /* a third key */
};

struct recipe {
	const char *soc;
	const char *built_for; /* what the application says it is for; NULL: the SoC */
	size_t boot_code;      /* logical bytes; the last of them are the partition table */
	size_t app_code;       /* logical bytes */
	uint32_t seed;
	bool plain_app, keyed_app; /* unlike what the SoC runs */
	enum recipe_key key;	   /* of both; if not the usual one, their start differs */
	bool holds_key;		   /* the bootloader contains the key, as Tuya's do */
	bool nameless;		   /* the bootloader names no SoC */
	bool off_grid;		   /* the application's RBL header is in blocks of its own */
	bool libretiny;		   /* code and header as ltchiptool makes them */
};

/* Sizes and seed are usable for any test. */
struct recipe recipe_for(const char *soc);

struct bytes make_bytes(size_t size, uint8_t fill);
struct bytes make_copy(struct bytes from, size_t start, size_t size); /* padded with FF */
void free_bytes(struct bytes bytes);

struct bytes make_qio(const struct recipe *recipe);
struct bytes make_app(const struct recipe *recipe);
struct bytes make_bootloader(const struct recipe *recipe);
struct bytes make_dump(const struct recipe *recipe, size_t size);
struct bytes make_rotated(struct bytes dump, size_t by);
struct bytes make_rf(void);
struct bytes make_ota(const struct recipe *recipe);
struct bytes make_ug(const struct recipe *recipe);
struct bytes make_stripped(struct bytes image); /* without its CRCs; frees the image */

/* Little-endian. */
static inline void put_word(uint8_t *to, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(word >> (8 * i));
}

/* A module that starts, and whose SoC is one of these; NULL ends them. */
struct target make_target(const struct chipdb_soc *one, const struct chipdb_soc *other);

uint32_t test_random(uint32_t *state);

/* Whether a bootloader and what follows it can be made for this SoC. */
bool makes_bootloader(const struct chipdb_soc *soc);

/* The end of the SoC's application region. */
size_t app_end_of(const char *soc);

#endif
