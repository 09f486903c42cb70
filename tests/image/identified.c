/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/image/identified.h"

#include <stdlib.h>

struct image *identify(struct bytes bytes)
{
	struct image *image = malloc(sizeof(*image));

	assert_non_null(image);
	assert_true(image_identify(bytes.data, bytes.size, image));
	free_bytes(bytes);
	return image;
}

void assert_kind(const struct image *image, enum image_kind kind)
{
	assert_string_equal(image_kind_name(image->kind), image_kind_name(kind));
}

void assert_nothing_grave(const struct image *image)
{
	for (size_t i = 0; i < image->finding_count; i++)
		if (image->findings[i].kind < IMAGE_GRAVE)
			fail_msg("%s: %s", image_finding_name(image->findings[i].kind),
				 image->findings[i].text);
}
