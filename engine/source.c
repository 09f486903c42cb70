/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/backup.h"

#define APPLICATION_AT 0x11000 /* on all SoCs of this family; docs/images.md */

static bool parse_at(struct source *source, const char *text, const struct observer *observer)
{
	uint32_t value;

	source->at = PLACEMENT_ANYWHERE;
	if (!text)
		return true;
	if (!number_bytes(text, &value) || value >= FLASH_SIZE_MOST) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--at=%s is no address: write 69632, 68K or 0x11000", text);
		return false;
	}
	source->at = value;
	return true;
}

static bool force_one(struct source *source, const char *name, const struct observer *observer)
{
	enum placement_refusal why = placement_refusal_by_name(name);

	if (why < PLACEMENT_REFUSAL_KINDS) {
		source->force[why] = true;
		return true;
	}
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--force takes names of refusals, with commas between; '%s' is none", name);
	for (why = 0; why < PLACEMENT_REFUSAL_KINDS; why++)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE, "  %s",
			      placement_refusal_name(why));
	return false;
}

static bool parse_force(struct source *source, const char *text, const struct observer *observer)
{
	char name[32];

	while (text && *text) {
		size_t length = strcspn(text, ",");

		snprintf(name, sizeof(name), "%.*s", (int)length, text);
		if (!force_one(source, name, observer))
			return false;
		text += length + (text[length] == ',');
	}
	return true;
}

/* The user's word goes before what was found; what is wrong inside is still refused. */
static bool take_as(struct source *source, const char *name, const struct observer *observer)
{
	static const struct {
		enum image_kind kind;
		bool has_address;
		size_t address;
	} kinds[] = {
		{IMAGE_DUMP, true, 0},
		{IMAGE_QIO, true, 0},
		{IMAGE_APPLICATION, true, APPLICATION_AT},
		{IMAGE_BOOTLOADER, true, 0},
		{IMAGE_RF, false, 0},
		{IMAGE_TUYA_CONFIG, false, 0},
		{IMAGE_OBK_CONFIG, false, 0},
	};

	if (!name)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(name, image_kind_name(kinds[i].kind)) != 0)
			continue;
		source->image.kind = kinds[i].kind;
		source->image.has_address = kinds[i].has_address;
		source->image.address = kinds[i].address;
		return true;
	}
	observer_raise(
		observer, TROUBLE_USAGE, NO_RANGE,
		"--as takes dump, qio, application, bootloader, rf, tuya-config or obk-config, "
		"not '%s'",
		name);
	return false;
}

bool source_load(struct source *source, const char *path, const char *as, const char *at,
		 const char *force, const struct observer *observer)
{
	memset(source, 0, sizeof(*source));
	source->path = path;
	if (!parse_at(source, at, observer) || !parse_force(source, force, observer))
		return false;
	source->data = load_file(observer, path, &source->size);
	if (!source->data)
		return false;
	if (!image_identify(source->data, source->size, &source->image)) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	if (source->size == 0) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s is empty. Download or read it again", path);
		return false;
	}
	return take_as(source, as, observer);
}

void source_free(struct source *source)
{
	free(source->data);
	source->data = NULL;
}

/* Of several SoCs that it may be: one that the file is for, if there is any. */
static const struct chipdb_soc *choose(const struct source *source,
				       const struct chipdb_soc *const *socs, size_t count)
{
	bool same_rf = true;

	for (size_t i = 0; i < count; i++) {
		if (source->image.soc_count > 0 && image_is_for(&source->image, socs[i]))
			return socs[i];
		same_rf = same_rf && socs[i]->rf == socs[0]->rf;
	}
	/* A file without an address goes where the SoC says: that has to be the same for all. */
	return count == 1 || (count > 1 && (source->image.has_address || same_rf)) ? socs[0] : NULL;
}

static bool overruled(const struct source *source)
{
	for (size_t i = 0; i < source->placement.refusal_count; i++)
		if (!source->force[source->placement.refusals[i].why])
			return false;
	return true;
}

static void complain(const struct source *source, const struct observer *observer)
{
	for (size_t i = 0; i < source->placement.refusal_count; i++) {
		const char *name = placement_refusal_name(source->placement.refusals[i].why);

		if (!source->force[source->placement.refusals[i].why])
			observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
				       "%s is not written: %s (--force=%s overrules this)",
				       source->path, source->placement.refusals[i].text, name);
	}
}

/* Where placement_find() gives no address, even if nobody minds what it refused. */
static bool has_no_place(const struct source *source, const struct chipdb_soc *soc)
{
	switch (source->image.kind) {
	case IMAGE_UNKNOWN:
	case IMAGE_EMPTY:
	case IMAGE_OTHER:
	case IMAGE_CONSTANT:
	case IMAGE_OTA:
	case IMAGE_UG:
	case IMAGE_UNFRAMED_CODE:
		return true;
	default:
		return !source->image.has_address &&
		       (!soc || source->image.kind != IMAGE_RF || source->placement.address == 0);
	}
}

/* What holds whatever is forced: it goes somewhere, and ends within the flash. */
static bool settle_address(struct source *source, const struct chipdb_soc *soc, uint32_t flash_size,
			   const struct observer *observer)
{
	struct placement *placement = &source->placement;

	if (source->at != PLACEMENT_ANYWHERE) {
		placement->address = source->at;
	} else if (has_no_place(source, soc)) {
		observer_raise(observer, TROUBLE_WRONG_PLACE, NO_RANGE,
			       "%s: nobody knows where it belongs; say so with --at=ADDRESS",
			       source->path);
		return false;
	}
	if (placement->length <= flash_size && placement->address <= flash_size - placement->length)
		return true;
	observer_raise(observer, TROUBLE_WRONG_PLACE, NO_RANGE,
		       "%s has %zu bytes: from %zx on, it does not fit into the flash of %u",
		       source->path, placement->length, placement->address, (unsigned)flash_size);
	return false;
}

bool source_place(struct source *source, const struct chipdb_soc *const *socs, size_t soc_count,
		  uint32_t flash_size, const struct observer *observer)
{
	const struct chipdb_soc *soc = choose(source, socs, soc_count);

	if (soc_count == 0 && source->image.soc_count > 0)
		soc = source->image.socs[0];
	placement_find(&source->image, soc, flash_size, source->at, &source->placement);
	if (!overruled(source)) {
		complain(source, observer);
		return false;
	}
	return settle_address(source, soc, flash_size, observer);
}

struct plan_file source_file(const struct source *source)
{
	return (struct plan_file){.data = source->data,
				  .address = (uint32_t)source->placement.address,
				  .length = (uint32_t)source->placement.length,
				  .rotation = (uint32_t)source->placement.rotation};
}
