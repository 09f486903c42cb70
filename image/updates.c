/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/updates.h"

#include <string.h>

#define UG_HEADER 32

static bool is_tuya_upgrade(const uint8_t *data, size_t size)
{
	return size >= UG_HEADER && memcmp(data, "\x55\xaa\x55\xaa", 4) == 0 &&
	       memcmp(data + UG_HEADER - 4, "\xaa\x55\xaa\x55", 4) == 0;
}

static void judge_package(const uint8_t *data, size_t size, struct image *image)
{
	struct rbl *rbl = &image->rbl[0];

	if (!rbl_find(data, size, 0, rbl) || rbl->offset != 0) {
		image_find(image, IMAGE_DAMAGED, "the RBL header's checksum is wrong");
		return;
	}
	image->rbl_count = 1;
	if (rbl->package_size > size - RBL_SIZE)
		image_find(image, IMAGE_TRUNCATED, "it should have %zu bytes, and has %zu",
			   RBL_SIZE + (size_t)rbl->package_size, size);
	else if (!rbl_package_matches(rbl, data + RBL_SIZE, size - RBL_SIZE))
		image_find(image, IMAGE_DAMAGED, "the checksum of its package is wrong");
}

bool image_is_update(const uint8_t *data, size_t size, struct image *image)
{
	if (is_tuya_upgrade(data, size)) {
		image->kind = IMAGE_UG;
		image_say(image, "Tuya's marks around a header of %d bytes", UG_HEADER);
		return true;
	}
	if (size < 4 || memcmp(data, "RBL", 4) != 0)
		return false;
	image->kind = IMAGE_OTA;
	image_say(image, "an RBL header at its start");
	judge_package(data, size, image);
	return true;
}
