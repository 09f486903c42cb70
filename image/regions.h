/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regions.h - the parts of a flash that are not code: calibration, Tuya's storage, OpenBeken's
 * settings.
 */
#ifndef IMAGE_REGIONS_H
#define IMAGE_REGIONS_H

#include "image/findings.h"

/* In its own order: a rotated one has been rotated back. */
struct flash {
	const uint8_t *data;
	size_t size;
	size_t address; /* of the first byte */
};

/* Note those that are in @flash from @from on. */
void image_find_regions(const struct flash *flash, size_t from, struct image *image);

/*
 * Whether @flash, from @rest on, is what TuyaOpen adds to a QIO: user data in whole sectors that
 * follow each other to the end of the file, apart from the code, and before calibration can begin;
 * and both headers confirm their code. A dump that was cut off seldom looks like this.
 */
bool image_carries_user_data(const struct flash *flash, size_t rest, const struct image *image);

/* Whether the file is one of them and no more; then its kind is set, too. */
bool image_is_region(const uint8_t *data, size_t size, struct image *image);

#endif
