/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.h - flash images for tests, made from random code.
 *
 * They have all that tells the kinds apart: vectors, keys, CRC blocks, fingerprints,
 * RBL headers, partition tables, calibration. The checksums are computed here, bit by
 * bit, and not by the code under test; only the key stream is the library's, which has
 * a test of its own.
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
	KEY_USUAL, /* as the SoC has it: plain, or the stock key */
	KEY_NONE,
	KEY_OTHER,   /* than the stock one */
	KEY_ANOTHER, /* than that */
};

struct recipe {
	const char *soc;
	const char *built_for; /* what the application says; NULL: the SoC */
	size_t boot_code;      /* logical bytes, of which the last are the partition table */
	size_t app_code;       /* logical bytes */
	uint32_t seed;
	bool plain_app, keyed_app; /* against the SoC's kind */
	enum recipe_key key;	   /* of both; not the usual: another begin */
	bool holds_key;		   /* the bootloader holds it, as Tuya's do */
	bool nameless;		   /* the bootloader does not say whose it is */
	bool off_grid;		   /* the application's RBL header has blocks of its own */
	bool libretiny;		   /* code and header as ltchiptool makes them */
};

/* With sizes and a seed that any test may use. */
struct recipe recipe_for(const char *soc);

struct bytes make_bytes(size_t size, uint8_t fill);
struct bytes make_copy(struct bytes from, size_t start, size_t size); /* FF behind its end */
void free_bytes(struct bytes bytes);

struct bytes make_qio(const struct recipe *recipe);
struct bytes make_app(const struct recipe *recipe);
struct bytes make_bootloader(const struct recipe *recipe);
struct bytes make_dump(const struct recipe *recipe, size_t size);
struct bytes make_rotated(struct bytes dump, size_t by);
struct bytes make_rf(void);
struct bytes make_ota(const struct recipe *recipe);
struct bytes make_ug(const struct recipe *recipe);
struct bytes make_stripped(struct bytes image); /* without its CRCs; takes the image */

/* Little-endian. */
static inline void put_word(uint8_t *to, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(word >> (8 * i));
}

/* A module that is known to be one of these; NULL ends them. It boots. */
struct target make_target(const struct chipdb_soc *one, const struct chipdb_soc *other);

uint32_t test_random(uint32_t *state);

/* Whether a bootloader and what follows can be made for it. */
bool makes_bootloader(const struct chipdb_soc *soc);

/* The end of the SoC's application region. */
size_t app_end_of(const char *soc);

#endif
