/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/keep.h"

#include <stdio.h>
#include <string.h>

#include "engine/area.h"

static bool is_code(enum chipdb_region_kind kind)
{
	return kind == CHIPDB_REGION_BOOT || kind == CHIPDB_REGION_APP;
}

static bool is_named(const char *names, const char *name)
{
	size_t len = strlen(name);

	while (names && *names) {
		size_t next = strcspn(names, ",");

		if (next == len && strncmp(names, name, len) == 0)
			return true;
		names += next + (names[next] == ',');
	}
	return false;
}

static bool is_kept(const struct chipdb_region *region, const struct keep_not *without)
{
	if (is_named(without->named, region->name))
		return false;
	switch (region->kind) {
	case CHIPDB_REGION_RF:
		return !without->rf;
	case CHIPDB_REGION_NET:
		return !without->net;
	case CHIPDB_REGION_DATA:
		return !without->data;
	case CHIPDB_REGION_BOOT:
	case CHIPDB_REGION_APP:
	case CHIPDB_REGION_OTA:
		break;
	}
	return false;
}

static bool overlap(const struct range *a, uint32_t start, uint32_t length)
{
	return a->start < start + length && start < a->start + a->length;
}

static bool is_there(const struct plan_kept *kept, size_t count, const struct range *range)
{
	for (size_t i = 0; i < count; i++)
		if (kept[i].range.start == range->start && kept[i].range.length == range->length)
			return true;
	return false;
}

static size_t add(struct plan_kept *kept, size_t count, const char *name,
		  enum chipdb_region_kind kind, struct range range)
{
	struct plan_kept *entry = &kept[count];

	if (count == PLAN_KEPT || is_there(kept, count, &range))
		return count;
	*entry = (struct plan_kept){.kind = kind, .range = range};
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	return count + 1;
}

static bool within_code(const struct chipdb_soc *const *socs, size_t soc_count,
			const struct range *range)
{
	for (size_t s = 0; s < soc_count; s++)
		for (size_t i = 0; i < CHIPDB_REGIONS && socs[s]->regions[i].name; i++)
			if (is_code(socs[s]->regions[i].kind) &&
			    overlap(range, socs[s]->regions[i].start, socs[s]->regions[i].length))
				return true;
	return false;
}

static bool is_covered(const struct plan_kept *kept, size_t count, const struct range *range)
{
	for (size_t i = 0; i < count; i++)
		if (kept[i].range.start <= range->start &&
		    range->length <= kept[i].range.length - (range->start - kept[i].range.start) &&
		    range->start - kept[i].range.start < kept[i].range.length)
			return true;
	return false;
}

/* From the die, as it was read; a match within code of one of these SoCs is code. */
static size_t add_found(struct plan_kept *kept, size_t count, const char *name,
			enum chipdb_region_kind kind, struct range range,
			const struct chipdb_soc *const *socs, size_t soc_count)
{
	if (within_code(socs, soc_count, &range) || is_covered(kept, count, &range))
		return count;
	return add(kept, count, name, kind, range);
}

static uint32_t in_sectors(size_t length)
{
	return (uint32_t)(length + RF_ALIGNMENT - 1) / RF_ALIGNMENT * RF_ALIGNMENT;
}

/*
 * Tuya's storage ends before calibration or network settings that lie after its start. But where
 * only some modules have calibration, as a BL2028N's at 0x1f3000, others have storage.
 */
static uint32_t end_of_settings(const struct chipdb_soc *const *socs, size_t soc_count,
				const struct settings *settings)
{
	size_t end = settings->offset + settings->length;

	for (size_t s = 0; s < soc_count; s++)
		for (size_t i = 0; i < CHIPDB_REGIONS && socs[s]->regions[i].name; i++) {
			const struct chipdb_region *region = &socs[s]->regions[i];

			if ((region->kind == CHIPDB_REGION_NET || region->start == socs[s]->rf) &&
			    region->start > settings->offset && region->start < end)
				end = region->start;
		}
	return (uint32_t)end;
}

static const struct {
	const char *name;
	enum chipdb_region_kind kind;
} settings_kinds[] = {
	[SETTINGS_TUYA] = {"Tuya's storage", CHIPDB_REGION_DATA},
	[SETTINGS_OPENBEKEN] = {"OpenBeken's settings", CHIPDB_REGION_NET},
};

size_t keep_regions(const struct chipdb_soc *const *socs, size_t soc_count, const struct rf *rf,
		    size_t rf_count, uint32_t size, const struct keep_not *without,
		    struct plan_kept kept[PLAN_KEPT])
{
	size_t count = 0;

	for (size_t s = 0; s < soc_count; s++)
		for (size_t i = 0; i < CHIPDB_REGIONS && socs[s]->regions[i].name; i++) {
			const struct chipdb_region *region = &socs[s]->regions[i];

			if (is_kept(region, without) && area_lies_in(region, size))
				count = add(kept, count, region->name, region->kind,
					    (struct range){region->start, region->length});
		}
	return keep_calibration(socs, soc_count, rf, rf_count, size, without, kept, count);
}

size_t keep_calibration(const struct chipdb_soc *const *socs, size_t soc_count, const struct rf *rf,
			size_t rf_count, uint32_t size, const struct keep_not *without,
			struct plan_kept kept[PLAN_KEPT], size_t count)
{
	for (size_t i = 0; !without->rf && i < rf_count; i++) {
		const struct range range = {(uint32_t)rf[i].offset, in_sectors(rf[i].length)};

		if (range.start < size && range.length <= size - range.start)
			count = add_found(kept, count, "calibration", CHIPDB_REGION_RF, range, socs,
					  soc_count);
	}
	return count;
}

size_t keep_settings(const struct chipdb_soc *const *socs, size_t soc_count,
		     const struct settings *settings, size_t settings_count, uint32_t size,
		     const struct keep_not *without, struct plan_kept kept[PLAN_KEPT], size_t count)
{
	for (size_t i = 0; i < settings_count; i++) {
		enum settings_kind kind = settings[i].kind;
		struct range range;

		if ((kind == SETTINGS_TUYA ? without->data : without->net) ||
		    settings[i].offset >= size || settings[i].length > size - settings[i].offset)
			continue;
		range.start = (uint32_t)settings[i].offset;
		range.length = end_of_settings(socs, soc_count, &settings[i]) - range.start;
		count = add_found(kept, count, settings_kinds[kind].name, settings_kinds[kind].kind,
				  range, socs, soc_count);
	}
	return count;
}

bool keep_contradicts(const struct chipdb_soc *const *socs, size_t soc_count,
		      const struct plan_kept *kept, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (kept[i].differs && within_code(socs, soc_count, &kept[i].range))
			return true;
	return false;
}
