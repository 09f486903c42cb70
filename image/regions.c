/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/regions.h"

#include <string.h>

/*
 * The first sector of Tuya's storage is encrypted, block by block, with a key that all
 * devices share (bk7231tools, analysis/storage.py). So its sixteen zero bytes are the
 * same everywhere, and stand at byte 32 and 48 of it: in the dumps of BK7231T and
 * BK7231N that this was tried on.
 */
static const uint8_t tuya_zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
				       0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};

static bool is_tuya_sector(const uint8_t *data, size_t size)
{
	return size >= 64 && memcmp(data + 32, tuya_zeros, 16) == 0 &&
	       memcmp(data + 48, tuya_zeros, 16) == 0;
}

/* "CFG", a checksum, and a version of 32 bits that is small. */
static bool is_obk_config(const uint8_t *data, size_t size)
{
	return size >= 8 && memcmp(data, "CFG", 3) == 0 && data[4] > 0 && data[4] < 64 &&
	       data[5] == 0 && data[6] == 0 && data[7] == 0;
}

static void note_mac(const struct rf *rf, struct image *image)
{
	if (!rf->mac_good)
		image_find(image, IMAGE_NO_MAC,
			   "the calibration at %zx has no usable MAC address: it is missing, "
			   "blank, or one that firmware makes up",
			   rf->offset);
}

void image_find_regions(const struct flash *flash, size_t from, struct image *image)
{
	bool tuya = false;
	struct rf rf;

	for (size_t at = from - from % RF_ALIGNMENT; at < flash->size; at += RF_ALIGNMENT) {
		if (image->rf_count < IMAGE_RFS && rf_parse(flash->data, flash->size, at, &rf)) {
			rf.offset += flash->address;
			image->rf[image->rf_count++] = rf;
			image_say(image, "calibration data (TLV) at %zx", rf.offset);
			note_mac(&rf, image);
		} else if (!tuya && is_tuya_sector(flash->data + at, flash->size - at)) {
			tuya = true;
			image_say(image, "Tuya's storage at %zx", flash->address + at);
		}
	}
	if (image->rf_count == 0)
		image_find(image, IMAGE_NO_CALIBRATION,
			   "there is no calibration data in it; writing it takes away that of "
			   "the module");
}

bool image_is_region(const uint8_t *data, size_t size, struct image *image)
{
	if (rf_parse(data, size, 0, &image->rf[0])) {
		image->kind = IMAGE_RF;
		image->rf_count = 1;
		image_say(image, "calibration data (TLV) at its begin");
		note_mac(&image->rf[0], image);
		if (size < image->rf[0].length)
			image_find(image, IMAGE_TRUNCATED,
				   "the calibration data is %zu bytes long, the file %zu",
				   image->rf[0].length, size);
		return true;
	}
	if (is_obk_config(data, size)) {
		image->kind = IMAGE_OBK_CONFIG;
		image_say(image, "OpenBeken's CFG and its version, %u, at its begin", data[4]);
		return true;
	}
	for (size_t at = 0; at < size && at < 0x20000; at += RF_ALIGNMENT) {
		if (is_tuya_sector(data + at, size - at)) {
			image->kind = IMAGE_TUYA_CONFIG;
			image_say(image, "the first sector of Tuya's storage at %zx of the file",
				  at);
			return true;
		}
	}
	return false;
}
