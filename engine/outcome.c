/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

/*
 * What is accepted in a running flash (IMAGE_UNPROVEN) is not enough here: the header has to prove
 * it.
 */
static bool is_whole(const struct image *image, char why[OUTCOME_WHY])
{
	if (!image->has_bootloader || !image->has_application) {
		snprintf(why, OUTCOME_WHY, "there would be no %s",
			 image->has_bootloader ? "application" : "bootloader");
		return false;
	}
	for (size_t i = 0; i < image->finding_count; i++) {
		const struct image_finding *finding = &image->findings[i];

		if (finding->kind >= IMAGE_GRAVE && finding->kind != IMAGE_UNPROVEN)
			continue;
		snprintf(why, OUTCOME_WHY, "%s", finding->text);
		return false;
	}
	return true;
}

bool outcome_starts(const uint8_t *wanted, uint32_t size, const struct target *module,
		    char why[OUTCOME_WHY])
{
	struct image *image = malloc(sizeof(*image));
	bool starts = false;

	if (!image || !image_identify(wanted, size, image))
		snprintf(why, OUTCOME_WHY, "there is not enough memory to check the result");
	else
		starts = is_whole(image, why) && fit_coding(image, module, why) != FIT_NOT &&
			 fit_soc(image, module, why) != FIT_NOT;
	free(image);
	return starts;
}
