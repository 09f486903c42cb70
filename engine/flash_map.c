/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/flash_map.h"

#include "image/crc_blocks.h"

static bool overlaps(uint32_t at, uint64_t start, uint64_t length)
{
	return start < (uint64_t)at + FLASH_MAP_SECTOR && at < start + length;
}

/* The most important of the uses in the sector. */
static enum sector_use use_of(uint32_t at, const struct chipdb_soc *soc, const struct rf *rf,
			      size_t rf_count)
{
	enum sector_use use = soc ? SECTOR_FOREIGN : SECTOR_USED;

	for (size_t i = 0; i < rf_count; i++)
		if (overlaps(at, rf[i].offset, rf[i].length))
			return SECTOR_KEPT;
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];

		if (!overlaps(at, region->start, region->length))
			continue;
		if (region->kind == CHIPDB_REGION_RF || region->kind == CHIPDB_REGION_NET ||
		    region->kind == CHIPDB_REGION_DATA)
			return SECTOR_KEPT;
		use = SECTOR_USED;
	}
	return use;
}

void flash_map_make(struct flash_map *map, const uint8_t *die, uint32_t size,
		    const struct chipdb_soc *soc, const struct rf *rf, size_t rf_count)
{
	map->count = size / FLASH_MAP_SECTOR;
	if (map->count > FLASH_MAP_SECTORS)
		map->count = FLASH_MAP_SECTORS;
	for (size_t i = 0; i < map->count; i++) {
		uint32_t at = (uint32_t)i * FLASH_MAP_SECTOR;

		map->use[i] = crc_blocks_blank(die + at, FLASH_MAP_SECTOR)
				      ? SECTOR_BLANK
				      : (unsigned char)use_of(at, soc, rf, rf_count);
	}
}

const char *sector_use_name(enum sector_use use)
{
	static const char *const names[] = {"blank", "used", "kept", "foreign"};

	return names[use];
}
