/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/settings.h"

#include <string.h>

/* The largest place that any layout has for it: 0x1ED000 to the end of 2 MiB. */
#define TUYA_MOST 0x13000u

/*
 * The first sector of Tuya's storage is encrypted, block by block, with a key that all
 * devices share (bk7231tools, analysis/storage.py). So its sixteen zero bytes are the
 * same everywhere, and stand at byte 32 and 48 of it: in the dumps of BK7231T and
 * BK7231N that this was tried on.
 */
static const uint8_t tuya_zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
				       0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};

bool settings_is_tuya(const uint8_t *data, size_t size)
{
	return size >= 64 && memcmp(data + 32, tuya_zeros, 16) == 0 &&
	       memcmp(data + 48, tuya_zeros, 16) == 0;
}

/* "CFG", a checksum, and a version of 32 bits that is small. */
bool settings_is_openbeken(const uint8_t *data, size_t size)
{
	return size >= 8 && memcmp(data, "CFG", 3) == 0 && data[4] > 0 && data[4] < 64 &&
	       data[5] == 0 && data[6] == 0 && data[7] == 0;
}

size_t settings_find(const uint8_t *data, size_t size, struct settings found[SETTINGS_MOST])
{
	size_t count = 0, tuya_end = 0;

	for (size_t at = 0; at < size && count < SETTINGS_MOST; at += SETTINGS_SECTOR) {
		struct settings next = {.offset = at, .length = SETTINGS_SECTOR};

		if (at >= tuya_end && settings_is_tuya(data + at, size - at)) {
			next.kind = SETTINGS_TUYA;
			next.length = TUYA_MOST;
			tuya_end = at + TUYA_MOST;
		} else if (settings_is_openbeken(data + at, size - at)) {
			next.kind = SETTINGS_OPENBEKEN;
		} else {
			continue;
		}
		if (next.length > size - at)
			next.length = size - at;
		found[count++] = next;
	}
	return count;
}
