/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/partitions.h"

#include <stdbool.h>
#include <string.h>

#include "image/bytes.h"
#include "image/crc_blocks.h"

#define ENTRY 64
#define DEVICE 28
#define OFFSET 52
#define LENGTH 56

/* No flash of these SoCs is larger. It also keeps the sums below from overflowing. */
#define FLASH_MOST 0x4000000u

static bool is_name(const uint8_t *text)
{
	size_t length = strnlen((const char *)text, 24);

	if (length == 0 || length == 24)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return true;
}

static bool parse(const uint8_t entry[ENTRY], struct partition *partition)
{
	const char *device = (const char *)entry + DEVICE;
	uint32_t start = get_le32(entry + OFFSET), length = get_le32(entry + LENGTH);

	if (!is_name(entry + 4) || !is_name(entry + DEVICE) || start > FLASH_MOST || length == 0 ||
	    length > FLASH_MOST)
		return false;
	memcpy(partition->name, entry + 4, sizeof(partition->name));
	if (strcmp(device, "beken_onchip_crc") == 0) {
		start = start / CRC_BLOCK_DATA * CRC_BLOCK_SIZE;
		length = length / CRC_BLOCK_DATA * CRC_BLOCK_SIZE;
	}
	partition->start = start;
	partition->length = length;
	return true;
}

void partitions_find(const uint8_t *area, size_t size, struct partitions *partitions)
{
	uint8_t entry[ENTRY];

	partitions->count = 0;
	for (size_t at = 0; partitions->count < PARTITIONS_MOST &&
			    crc_blocks_read(area, size, at, entry, ENTRY) == ENTRY;
	     at += 4) {
		if (memcmp(entry, "01PE", 4) == 0 &&
		    parse(entry, &partitions->entry[partitions->count]))
			partitions->count++;
	}
}

const struct partition *partitions_by_name(const struct partitions *partitions, const char *name)
{
	for (size_t i = 0; i < partitions->count; i++)
		if (strcmp(partitions->entry[i].name, name) == 0)
			return &partitions->entry[i];
	return NULL;
}
