/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * accidents.h - what becomes of an image on its way: cut, flipped, shifted, filled up.
 */
#ifndef TESTS_IMAGE_ACCIDENTS_H
#define TESTS_IMAGE_ACCIDENTS_H

#include "image/image.h"
#include "tests/image/make.h"

#define FLASH 0x200000u /* bytes of the flash that whole images are of */

struct subject {
	char name[80];
	struct bytes bytes;
	const struct chipdb_soc *soc;
	struct image image; /* of the genuine bytes */
};

bool is_dump(const struct subject *subject);

struct accident {
	const char *name;
	/* Takes a copy of the bytes; one that does not apply returns them as they are. */
	struct bytes (*apply)(const struct subject *subject, struct bytes bytes, uint32_t *random);
};

extern const struct accident accidents[];
extern const size_t accident_count;

#endif
