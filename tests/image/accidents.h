/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accidents.h - what may happen to an image file: cut off, flipped bits, shifted bytes, padding. */
#ifndef TESTS_IMAGE_ACCIDENTS_H
#define TESTS_IMAGE_ACCIDENTS_H

#include "image/image.h"
#include "tests/image/make.h"

#define FLASH 0x200000u /* size of the flash that whole images are for */

struct subject {
	char name[80];
	struct bytes bytes;
	const struct chipdb_soc *soc;
	struct image image; /* of the intact bytes */
};

bool is_dump(const struct subject *subject);

struct accident {
	const char *name;
	/* Works on a copy; an accident that does not apply returns the bytes unchanged. */
	struct bytes (*apply)(const struct subject *subject, struct bytes bytes, uint32_t *random);
};

extern const struct accident accidents[];
extern const size_t accident_count;

#endif
