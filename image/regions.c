/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/regions.h"

#include "image/crc_blocks.h"
#include "image/evidence.h"
#include "image/settings.h"

static void note_mac(const struct rf *rf, struct image *image)
{
	if (!rf->mac_good)
		image_find(image, IMAGE_NO_MAC,
			   "the calibration at 0x%zx has no usable MAC address: it is missing, "
			   "blank, or one that firmware makes up",
			   rf->offset);
}

void image_find_regions(const struct flash *flash, size_t from, struct image *image)
{
	struct settings *settings = image->settings;
	struct rf rf;

	for (size_t at = from - from % RF_ALIGNMENT; at < flash->size; at += RF_ALIGNMENT) {
		if (image->rf_count < IMAGE_RFS && rf_parse(flash->data, flash->size, at, &rf)) {
			rf.offset += flash->address;
			image->rf[image->rf_count++] = rf;
			image_say(image, "calibration data (TLV) at 0x%zx", rf.offset);
			note_mac(&rf, image);
		}
	}
	from -= from % RF_ALIGNMENT;
	image->settings_count = settings_find(flash->data + from, flash->size - from, settings);
	for (size_t i = 0; i < image->settings_count; i++) {
		settings[i].offset += flash->address + from;
		image_say(image, "%s at 0x%zx",
			  settings[i].kind == SETTINGS_TUYA ? "Tuya's storage"
							    : "OpenBeken's settings",
			  settings[i].offset);
	}
	if (image->rf_count == 0)
		image_find(image, IMAGE_NO_CALIBRATION,
			   "there is no calibration data in it; writing it removes that of the "
			   "module");
}

static bool is_blank_sector(const struct flash *flash, size_t at)
{
	return crc_blocks_blank(flash->data + at, SETTINGS_SECTOR);
}

bool image_carries_user_data(const struct flash *flash, size_t rest, const struct image *image)
{
	size_t at = flash->size;

	if (flash->size % SETTINGS_SECTOR || !image->has_application ||
	    image->bootloader.check != CODE_MATCHES || image->application.check != CODE_MATCHES ||
	    flash->size > evidence_first_calibration(&image->identity))
		return false;
	while (at >= rest + SETTINGS_SECTOR && !is_blank_sector(flash, at - SETTINGS_SECTOR))
		at -= SETTINGS_SECTOR;
	return at < flash->size && at >= rest + SETTINGS_SECTOR &&
	       crc_blocks_blank(flash->data + rest, at - rest);
}

bool image_is_region(const uint8_t *data, size_t size, struct image *image)
{
	if (rf_parse(data, size, 0, &image->rf[0])) {
		image->kind = IMAGE_RF;
		image->rf_count = 1;
		image_say(image, "calibration data (TLV) at its start");
		note_mac(&image->rf[0], image);
		if (size < image->rf[0].length)
			image_find(image, IMAGE_TRUNCATED,
				   "the calibration data is %zu bytes long, the file %zu",
				   image->rf[0].length, size);
		return true;
	}
	if (settings_is_openbeken(data, size)) {
		image->kind = IMAGE_OBK_CONFIG;
		image_say(image, "OpenBeken's CFG and its version, %u, at its start", data[4]);
		return true;
	}
	for (size_t at = 0; at < size && at < 0x20000; at += RF_ALIGNMENT) {
		if (settings_is_tuya(data + at, size - at)) {
			image->kind = IMAGE_TUYA_CONFIG;
			image_say(image, "the first sector of Tuya's storage at 0x%zx of the file",
				  at);
			return true;
		}
	}
	return false;
}
