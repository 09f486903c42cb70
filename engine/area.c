/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/area.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_ROOM 32

bool area_number(const char *text, uint32_t *number)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = is_hex ? text + 2 : text;
	unsigned shift = 0;
	unsigned long long value;
	char *end;

	/* strtoull() takes signs and blanks. */
	if (!strchr(is_hex ? "0123456789abcdefABCDEF" : "0123456789", digits[0]) || !digits[0])
		return false;
	errno = 0;
	value = strtoull(digits, &end, is_hex ? 16 : 10);
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	if (errno || end[shift != 0] || value > UINT32_MAX >> shift)
		return false;
	*number = (uint32_t)value << shift;
	return true;
}

static bool wished_number(const char *option, const char *text, const struct observer *observer,
			  bool *has, uint32_t *number)
{
	*has = text != NULL;
	if (!text || area_number(text, number))
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--%s=%s is no number: write 69632, 68K, 1M or 0x11000", option, text);
	return false;
}

bool area_wish(const char *regions, const char *at, const char *size,
	       const struct observer *observer, struct area_wish *wish)
{
	*wish = (struct area_wish){.regions = regions};
	if (regions && (at || size)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--region does not go together with --at and --size");
		return false;
	}
	return wished_number("at", at, observer, &wish->has_at, &wish->at) &&
	       wished_number("size", size, observer, &wish->has_size, &wish->size);
}

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
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "%s has no region \"%s\" in a flash of %u KiB; it has: %s", soc->name, name,
		       (unsigned)(flash_size / 1024), names);
	return false;
}

static bool add_regions(const char *names, const struct chipdb_soc *soc, uint32_t flash_size,
			const struct observer *observer, struct area *area)
{
	if (!soc) {
		observer_raise(observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "the SoC is not known, and so are its regions: say which it is "
			       "(--soc=BK7231N), or say --at and --size");
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
		if (!area_add(area, (struct flash_range){region->start, region->length}))
			return false;
		if (!names[len])
			return true;
		names += len + 1;
	}
}

bool area_find(const struct area_wish *wish, const struct chipdb_soc *soc, uint32_t flash_size,
	       const struct observer *observer, struct area *area)
{
	uint32_t at = wish->has_at ? wish->at : 0;
	uint32_t size = wish->size;

	area->count = 0;
	if (wish->regions)
		return add_regions(wish->regions, soc, flash_size, observer, area);
	if (at >= flash_size) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--at=0x%x is behind the end of the flash, which has 0x%x bytes",
			       (unsigned)at, (unsigned)flash_size);
		return false;
	}
	if (!wish->has_size)
		size = flash_size - at;
	if (size == 0) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--size=0 is nothing");
		return false;
	}
	if (size > flash_size - at) {
		observer_raise(
			observer, TROUBLE_USAGE, NO_RANGE,
			"0x%x bytes from 0x%x on end behind the flash, which has 0x%x bytes; "
			"at most --size=0x%x fits",
			(unsigned)size, (unsigned)at, (unsigned)flash_size,
			(unsigned)(flash_size - at));
		return false;
	}
	return area_add(area, (struct flash_range){at, size});
}

static uint32_t end_of(struct flash_range range)
{
	return range.start + range.length;
}

bool area_add(struct area *area, struct flash_range range)
{
	uint32_t start = range.start, end = end_of(range);
	size_t from = 0, to;

	while (from < area->count && end_of(area->ranges[from]) < start)
		from++;
	for (to = from; to < area->count && area->ranges[to].start <= end; to++) {
		if (area->ranges[to].start < start)
			start = area->ranges[to].start;
		if (end_of(area->ranges[to]) > end)
			end = end_of(area->ranges[to]);
	}
	/* Those from @from up to @to become one. */
	if (area->count - (to - from) + 1 > AREA_RANGES)
		return false;
	memmove(area->ranges + from + 1, area->ranges + to,
		(area->count - to) * sizeof(area->ranges[0]));
	area->count = area->count - (to - from) + 1;
	area->ranges[from] = (struct flash_range){start, end - start};
	return true;
}

bool area_remove(struct area *area, struct flash_range range)
{
	const struct area before = *area;

	area->count = 0;
	for (size_t i = 0; i < before.count; i++) {
		struct flash_range old = before.ranges[i];
		uint32_t start = old.start, end = end_of(old);

		if (end <= range.start || start >= end_of(range)) {
			if (!area_add(area, old))
				return false;
			continue;
		}
		if (start < range.start &&
		    !area_add(area, (struct flash_range){start, range.start - start}))
			return false;
		if (end > end_of(range) &&
		    !area_add(area, (struct flash_range){end_of(range), end - end_of(range)}))
			return false;
	}
	return true;
}

uint32_t area_bytes(const struct area *area)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < area->count; i++)
		bytes += area->ranges[i].length;
	return bytes;
}

bool area_touches(const struct area *area, struct flash_range range)
{
	for (size_t i = 0; i < area->count; i++)
		if (area->ranges[i].start < end_of(range) && range.start < end_of(area->ranges[i]))
			return true;
	return false;
}

const char *area_size_text(uint32_t bytes, char text[24])
{
	bool whole = bytes % 1024 == 0;

	snprintf(text, 24, "%u %s", (unsigned)(whole ? bytes / 1024 : bytes),
		 whole ? "KiB" : "bytes");
	return text;
}

const char *area_text(struct flash_range range, char text[64])
{
	char size[24];

	snprintf(text, 64, "0x%06x to 0x%06x (%s)", (unsigned)range.start,
		 (unsigned)(end_of(range) - 1), area_size_text(range.length, size));
	return text;
}
