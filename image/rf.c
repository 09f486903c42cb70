/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/rf.h"

#include <string.h>

#include "image/bytes.h"
#include "chipdb/chipdb.h"

#define HEADER 8 /* the magic and the length; also a tag and its length */
#define TAG_ALL 0x11111100u
#define TAG_MAC 0x11111102u

/* Firmware that finds no MAC sets the last three bytes to 0 (docs/images.md). */
static bool is_good(const uint8_t mac[6])
{
	static const uint8_t blank[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	return memcmp(mac, blank, sizeof(blank)) != 0 && (mac[0] & 1) == 0 &&
	       (mac[3] | mac[4] | mac[5]) != 0;
}

/* The entries begin inside of the first one, which has no value of its own. */
static void find_mac(const uint8_t *region, size_t size, struct rf *rf)
{
	size_t at = 2 * HEADER;

	while (at < size && size - at >= HEADER) {
		uint32_t tag = get_le32(region + at), length = get_le32(region + at + 4);

		at += HEADER;
		if (length > size - at)
			return;
		if (tag == TAG_MAC && length == sizeof(rf->mac)) {
			memcpy(rf->mac, region + at, sizeof(rf->mac));
			rf->mac_good = is_good(rf->mac);
			return;
		}
		at += length;
	}
}

bool rf_parse(const uint8_t *data, size_t size, size_t offset, struct rf *rf)
{
	const uint8_t *region = data + offset;
	uint32_t length;

	if (offset > size || size - offset < HEADER + 4 ||
	    memcmp(region, CHIPDB_RF_MAGIC, sizeof(CHIPDB_RF_MAGIC)) != 0 ||
	    get_le32(region + HEADER) != TAG_ALL)
		return false;
	length = get_le32(region + 4);
	if (length == 0 || length > RF_ALIGNMENT - HEADER)
		return false;
	memset(rf, 0, sizeof(*rf));
	rf->offset = offset;
	rf->length = HEADER + length;
	find_mac(region, rf->length < size - offset ? rf->length : size - offset, rf);
	return true;
}
