/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/area.h"

#include <stdio.h>
#include <string.h>

#define NAME_ROOM 32

bool area_lies_in(const struct chipdb_region *region, uint32_t flash_size)
{
	return region->start < flash_size && region->length <= flash_size - region->start;
}

const struct chipdb_region *area_region(const struct chipdb_soc *soc, const char *name,
					uint32_t flash_size)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (strcmp(soc->regions[i].name, name) == 0 &&
		    area_lies_in(&soc->regions[i], flash_size))
			return &soc->regions[i];
	return NULL;
}

static bool is_of_kind(const char *name, size_t length, unsigned kinds)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && chipdb_socs[i].regions[j].name; j++) {
			const struct chipdb_region *region = &chipdb_socs[i].regions[j];

			if (kinds >> region->kind & 1 && strlen(region->name) == length &&
			    memcmp(region->name, name, length) == 0)
				return true;
		}
	return false;
}

bool area_names_kind(const char *names, unsigned kinds)
{
	for (;;) {
		size_t length = strcspn(names, ",");

		if (is_of_kind(names, length, kinds))
			return true;
		if (!names[length])
			return false;
		names += length + 1;
	}
}

bool area_touches(struct range range, chipdb_soc_set socs, enum chipdb_region_kind kind)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && chipdb_socs[i].regions[j].name; j++) {
			const struct chipdb_region *region = &chipdb_socs[i].regions[j];

			if (socs >> i & 1 && region->kind == kind &&
			    range_touches(range, (struct range){region->start, region->length}))
				return true;
		}
	return false;
}

static bool no_region(const struct chipdb_soc *soc, const char *name, uint32_t flash_size,
		      const struct observer *observer)
{
	char names[CHIPDB_REGIONS * NAME_ROOM] = "";

	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		size_t len = strlen(names);

		if (area_lies_in(&soc->regions[i], flash_size))
			snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "",
				 soc->regions[i].name);
	}
	observer_raise(observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE,
		       "%s has no region \"%s\" in a flash of %u KiB; it has: %s", soc->name, name,
		       (unsigned)(flash_size / 1024), names);
	return false;
}

static bool add_regions(const char *names, const struct chipdb_soc *soc, uint32_t flash_size,
			const struct observer *observer, struct ranges *area)
{
	if (!soc) {
		observer_raise(observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "the SoC is not known, nor are its regions");
		return false;
	}
	for (;;) {
		size_t len = strcspn(names, ",");
		const struct chipdb_region *region;
		char name[NAME_ROOM];

		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		region = area_region(soc, name, flash_size);
		if (!region)
			return no_region(soc, name, flash_size, observer);
		if (!ranges_add(area, (struct range){region->start, region->length}))
			return false;
		if (!names[len])
			return true;
		names += len + 1;
	}
}

bool area_find(const struct area_wish *wish, const struct chipdb_soc *soc, uint32_t flash_size,
	       const struct observer *observer, struct ranges *area)
{
	uint32_t at = wish->has_at ? wish->at : 0;
	uint32_t size = wish->size;

	area->count = 0;
	if (wish->regions)
		return add_regions(wish->regions, soc, flash_size, observer, area);
	if (at >= flash_size) {
		observer_raise(observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE,
			       "0x%x is past the end of the flash, which has 0x%x bytes",
			       (unsigned)at, (unsigned)flash_size);
		return false;
	}
	if (!wish->has_size)
		size = flash_size - at;
	if (size == 0) {
		observer_raise(observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE, "the range is empty");
		return false;
	}
	if (size > flash_size - at) {
		observer_raise(observer, TROUBLE_NO_SUCH_RANGE, NO_RANGE,
			       "0x%x bytes from 0x%x on go past the end of the flash, which has "
			       "0x%x bytes; at most 0x%x fit",
			       (unsigned)size, (unsigned)at, (unsigned)flash_size,
			       (unsigned)(flash_size - at));
		return false;
	}
	return ranges_add(area, (struct range){at, size});
}
