/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spare.h"

#include <string.h>

#include "rf.h"

static bool is_named(const char *names, const char *name)
{
	size_t len = strlen(name);

	while (*names) {
		size_t next = strcspn(names, ",");

		if (next == len && strncmp(names, name, len) == 0)
			return true;
		names += next + (names[next] == ',');
	}
	return false;
}

/* Whole sectors: the rest of one would have to be erased and written back. */
static bool spare_range(struct spare *spare, struct area *area, struct flash_range range,
			uint32_t sector)
{
	range.length += range.start % sector;
	range.start -= range.start % sector;
	range.length += (sector - range.length % sector) % sector;
	if (!area_touches(area, range))
		return true;
	return area_remove(area, range) && area_add(&spare->kept, range);
}

static bool spare_regions(struct spare *spare, const struct chipdb_soc *soc, const char *named,
			  uint32_t flash_size, uint32_t sector, struct area *area)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		bool stays = (region->kind == CHIPDB_REGION_RF && spare->rf) ||
			     (region->kind == CHIPDB_REGION_NET && spare->net);

		if (!area_lies_in(region, flash_size))
			continue;
		if (!stays || is_named(named, region->name)) {
			spare->rf_goes |= region->kind == CHIPDB_REGION_RF &&
					  area_touches(area, (struct flash_range){region->start,
										  region->length});
			continue;
		}
		if (!spare_range(spare, area, (struct flash_range){region->start, region->length},
				 sector))
			return false;
	}
	return true;
}

static bool spare_found(struct spare *spare, struct device *device, const char *named,
			struct area *area)
{
	const struct area search = *area;
	const struct chipdb_soc *soc = device_soc(device);
	uint32_t sector = device->part->erase[0].size;

	for (size_t i = 0; i < search.count; i++) {
		uint32_t at = search.ranges[i].start, end = at + search.ranges[i].length;

		for (at -= at % RF_ALIGNMENT; at < end; at += RF_ALIGNMENT) {
			uint8_t begin[16];
			struct rf rf;
			bool meant = false;

			for (size_t j = 0; soc && j < CHIPDB_REGIONS && soc->regions[j].name; j++)
				meant |= soc->regions[j].start == at &&
					 is_named(named, soc->regions[j].name);
			if (meant)
				continue;
			if (!flash_peek(device->flash, at, begin, sizeof(begin)))
				return false;
			if (rf_parse(begin, sizeof(begin), 0, &rf) &&
			    !spare_range(spare, area, (struct flash_range){at, RF_ALIGNMENT},
					 sector))
				return false;
		}
	}
	return true;
}

bool spare_find(struct spare *spare, struct device *device, const char *named, struct area *area)
{
	uint32_t size = device->part->size, sector = device->part->erase[0].size;
	bool good = true;

	spare->kept.count = 0;
	spare->rf_goes = false;
	for (size_t i = 0; good && i < device->soc_count; i++)
		good = spare_regions(spare, device->socs[i], named, size, sector, area);
	for (size_t i = 0; good && device->soc_count == 0 && i < chipdb_soc_count; i++)
		good = spare_regions(spare, &chipdb_socs[i], named, size, sector, area);
	if (good && spare->rf)
		good = spare_found(spare, device, named, area);
	if (!good)
		log_error(&device->report.log, "what must stay could not be found out");
	return good;
}
