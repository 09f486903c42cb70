/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/piece.h"

#include <stdio.h>

#include "image/evidence.h"

static bool is_power_of_two(size_t size)
{
	return size && (size & (size - 1)) == 0;
}

static bool has_rf_at(const struct chipdb_soc *soc, size_t address)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (soc->regions[i].kind == CHIPDB_REGION_RF && soc->regions[i].start == address)
			return true;
	return false;
}

/* The size of a flash that ends with this file and has its calibration there; 0: none. */
static size_t flash_around(size_t size, const struct rf *rf)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; j < CHIPDB_FLASHES && chipdb_socs[i].flash[j]; j++) {
			size_t flash = chipdb_socs[i].flash[j];

			if (flash > size && has_rf_at(&chipdb_socs[i], flash - size + rf->offset))
				return flash;
		}
	return 0;
}

static bool find_end_of_flash(const uint8_t *data, size_t size, struct image *image)
{
	struct rf *rf = &image->rf[0];

	if (image->kind != IMAGE_UNKNOWN || !is_power_of_two(size))
		return false;
	for (size_t at = 0; at < size; at += RF_ALIGNMENT) {
		size_t flash = rf_parse(data, size, at, rf) ? flash_around(size, rf) : 0;

		if (!flash)
			continue;
		image->kind = IMAGE_REST;
		image->has_address = true;
		image->address = flash - size;
		image->rf_count = 1;
		rf->offset += image->address;
		snprintf(image->piece, sizeof(image->piece),
			 "the end of a flash of 0x%zx bytes, from 0x%zx on", flash, image->address);
		image_say(image,
			  "calibration data at 0x%zx of it, which is at 0x%zx in such a flash", at,
			  rf->offset);
		evidence_of_calibration(&image->identity, rf, 1);
		identity_settle(&image->identity);
		return true;
	}
	return false;
}

/* Without its header a whole one cannot be told from one that was cut off between two blocks. */
static bool is_open(const struct code *code)
{
	return code->bad == 0 && (code->cut || code->check == CODE_NO_HEADER);
}

void image_find_piece(const uint8_t *data, size_t size, struct image *image)
{
	const char *name = NULL;

	if (find_end_of_flash(data, size, image))
		return;
	switch (image->kind) {
	case IMAGE_BOOTLOADER:
		name = is_open(&image->bootloader) ? "the start of a bootloader" : NULL;
		break;
	case IMAGE_QIO:
		name = is_open(&image->application) ? "a bootloader and the start of an application"
						    : NULL;
		break;
	case IMAGE_APPLICATION:
		name = is_open(&image->application) ? "the start of an application" : NULL;
		break;
	default:
		break;
	}
	if (name)
		snprintf(image->piece, sizeof(image->piece), "%s%s", name,
			 image_has(image, IMAGE_TRUNCATED) ? ""
							   : ", or a whole one without a header");
}
