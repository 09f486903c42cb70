/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/backup.h"
#include "engine/unpack.h"

#define APPLICATION_AT 0x11000 /* on all SoCs of this family; docs/images.md */

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

bool source_kind_by_name(const char *name, enum image_kind *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(name, image_kind_name(kinds[i].kind)) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

/*
 * What begins with an application has no bootloader at its start, and what begins with a bootloader
 * no application: whatever it is called, one would take the place of the other.
 */
static bool is_another(const struct image *image, size_t address)
{
	if (address == 0)
		return image->has_address && image->address == APPLICATION_AT &&
		       image->has_application;
	return image->has_address && image->address == 0 && image->has_bootloader;
}

/* The user's word takes precedence over what was found; faults in the file are still refused. */
static void take_kind(struct source *source, enum image_kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind != kind)
			continue;
		if (kinds[i].has_address && is_another(&source->image, kinds[i].address)) {
			if (source->at == PLACEMENT_ANYWHERE)
				source->at = kinds[i].address;
			continue;
		}
		source->image.kind = kind;
		source->image.has_address = kinds[i].has_address;
		source->image.address = kinds[i].address;
	}
}

static bool cut(struct source *source, uint32_t size, const struct observer *observer)
{
	if (size > source->size) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s has only %zu bytes",
			       source->path, source->size);
		return false;
	}
	source->size = size;
	return true;
}

bool source_take_region(struct source *source, const struct chipdb_region *region,
			const struct observer *observer)
{
	bool code = region->kind == CHIPDB_REGION_BOOT || region->kind == CHIPDB_REGION_APP ||
		    region->kind == CHIPDB_REGION_OTA;

	if (source->size > region->length) {
		observer_raise(
			observer, TROUBLE_WRONG_FILE, NO_RANGE,
			"%s has %zu bytes, but the region %s has %u. A region of a whole flash "
			"is taken from it by restore",
			source->path, source->size, region->name, (unsigned)region->length);
		return false;
	}
	source->at = region->start;
	if (source->image.kind == IMAGE_UNKNOWN && !code && region->kind != CHIPDB_REGION_RF)
		source->force[PLACEMENT_NOT_AN_IMAGE] = true;
	return true;
}

static void say_left_out(const struct source *source, const struct observer *observer)
{
	const struct uf2 *uf2 = &source->image.uf2;

	for (size_t i = 0; i < uf2->part_count; i++)
		if (!uf2->parts[i].by_wire)
			observer_note(observer, NOTE_INFO, TROUBLE_NONE,
				      "%s: what it has for the partition %s is an over-the-air "
				      "update, and is left out",
				      source->path, uf2->parts[i].name);
}

bool source_load(struct source *source, const char *path, const struct source_wish *wish,
		 const struct observer *observer)
{
	struct uf2 uf2;

	*source = (struct source){.path = path, .at = wish->has_at ? wish->at : PLACEMENT_ANYWHERE};
	memcpy(source->force, wish->force, sizeof(source->force));
	source->data = load_file(observer, path, &source->size);
	if (!source->data || (wish->has_size && !cut(source, wish->size, observer)))
		return false;
	if (!image_identify(source->data, source->size, &source->image) ||
	    !unpack_file(&uf2, &source->data, &source->size, &source->carried)) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	if (source->size == 0) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s is empty. Download or read it again", path);
		return false;
	}
	if (source->image.unpacked)
		say_left_out(source, observer);
	if (wish->has_kind && source->image.kind != IMAGE_UF2)
		take_kind(source, wish->kind);
	return true;
}

void source_free(struct source *source)
{
	free(source->data);
	free(source->carried);
	source->data = source->carried = NULL;
}

/* Whose regions count: if there are several possible SoCs, one that the file is for. */
static const struct chipdb_soc *choose(const struct source *source, const struct target *target)
{
	const struct identity *file = &source->image.identity, *module = &target->identity;
	bool same_rf = true;

	if (module->soc_count == 0)
		return file->soc_count > 0 ? file->socs[0] : NULL;
	for (size_t i = 0; i < module->soc_count; i++) {
		if (identity_socs(file) & chipdb_soc_bit(module->socs[i]))
			return module->socs[i];
		same_rf = same_rf && module->socs[i]->rf == module->socs[0]->rf;
	}
	/* A file without an address goes where the SoC says: that has to be the same for all. */
	return module->soc_count == 1 || source->image.has_address || same_rf ? module->socs[0]
									      : NULL;
}

/* A refusal that only says that the rest is missing in the file. */
static bool is_of_pieces(const struct source *source, enum placement_refusal why)
{
	switch (why) {
	case PLACEMENT_NOT_AN_IMAGE:
		return source->image.kind == IMAGE_UNKNOWN && source->at != PLACEMENT_ANYWHERE;
	case PLACEMENT_TRUNCATED:
	case PLACEMENT_UNCONFIRMED:
		return source->image.piece[0] != '\0';
	case PLACEMENT_UNPROVEN_SOC:
		return source->image.piece[0] != '\0' && !source->image.has_bootloader;
	default:
		return false;
	}
}

static bool overruled(struct source *source)
{
	source->is_piece = source->image.piece[0] && source->image.kind == IMAGE_REST &&
			   !source->force[PLACEMENT_INCONSISTENT];
	for (size_t i = 0; i < source->placement.refusal_count; i++) {
		enum placement_refusal why = source->placement.refusals[i].why;

		if (source->force[why])
			continue;
		if (!is_of_pieces(source, why))
			return false;
		source->is_piece = true;
	}
	return source->image.kind != IMAGE_UF2;
}

void source_raise_refusal(enum trouble_kind kind, enum placement_refusal why,
			  const struct observer *observer, const char *seen, ...)
{
	char text[TROUBLE_WORDS];
	struct trouble trouble;
	va_list args;

	va_start(args, seen);
	vsnprintf(text, sizeof(text), seen, args);
	va_end(args);
	trouble = trouble_seen(kind, "%s", text);
	trouble_add_text(&trouble, "refusal", "%s", placement_refusal_name(why));
	observer_tell(observer, &trouble);
}

/* False if there is nothing to complain of. */
static bool complain(const struct source *source, const struct observer *observer)
{
	bool any = false;

	/* Its blocks are not flash content, so no --force allows that. */
	if (source->image.kind == IMAGE_UF2) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s is not written: %s",
			       source->path, source->placement.refusals[0].text);
		return true;
	}
	for (size_t i = 0; i < source->placement.refusal_count; i++) {
		const enum placement_refusal why = source->placement.refusals[i].why;

		if (source->force[why])
			continue;
		source_raise_refusal(why == PLACEMENT_UNPROVEN_SOC ? TROUBLE_SOC_UNKNOWN
								   : TROUBLE_WRONG_FILE,
				     why, observer, "%s is not written: %s", source->path,
				     source->placement.refusals[i].text);
		any = true;
	}
	return any;
}

/* placement_find() gives no address, even with all refusals overridden. */
static bool has_no_place(const struct source *source)
{
	switch (source->image.kind) {
	case IMAGE_UNKNOWN:
	case IMAGE_EMPTY:
	case IMAGE_OTHER:
	case IMAGE_CONSTANT:
	case IMAGE_OTA:
	case IMAGE_UG:
	case IMAGE_UNFRAMED_CODE:
	case IMAGE_UF2:
		return true;
	default:
		return !source->image.has_address && source->placement.address == 0;
	}
}

/* Conditions that no --force overrides: it has an address, and ends within the flash. */
static bool settle_address(struct source *source, uint32_t flash_size,
			   const struct observer *observer)
{
	struct placement *placement = &source->placement;

	if (source->at != PLACEMENT_ANYWHERE) {
		placement->address = source->at;
	} else if (has_no_place(source)) {
		observer_raise(observer, TROUBLE_WRONG_PLACE, NO_RANGE,
			       "%s: it is not known where it belongs", source->path);
		return false;
	}
	if (placement->length <= flash_size && placement->address <= flash_size - placement->length)
		return true;
	observer_raise(observer, TROUBLE_WRONG_PLACE, NO_RANGE,
		       "%s has %zu bytes: from 0x%zx on, it does not fit into the flash of %u",
		       source->path, placement->length, placement->address, (unsigned)flash_size);
	return false;
}

bool source_place(struct source *source, const struct target *target, bool fits,
		  uint32_t flash_size, const struct observer *observer)
{
	const struct chipdb_soc *soc = choose(source, target);

	placement_find(&source->image, soc, fits ? NULL : target, flash_size, source->at,
		       &source->placement);
	if (!overruled(source)) {
		complain(source, observer);
		return false;
	}
	return settle_address(source, flash_size, observer);
}

bool source_refuse_piece(const struct source *source, const char *why,
			 const struct observer *observer)
{
	const char *piece = source->image.piece[0] ? source->image.piece : "a piece of something";

	if (complain(source, observer))
		observer_note(observer, NOTE_INFO, TROUBLE_NONE, "as %s it would be wrong, too: %s",
			      piece, why);
	else
		source_raise_refusal(
			TROUBLE_WRONG_FILE, PLACEMENT_INCONSISTENT, observer,
			"%s is not written: it is %s, and together with what is around it in the "
			"flash, %s",
			source->path, piece, why);
	return false;
}

struct plan_file source_file(const struct source *source)
{
	return (struct plan_file){.data = source->data,
				  .address = (uint32_t)source->placement.address,
				  .length = (uint32_t)source->placement.length,
				  .rotation = (uint32_t)source->placement.rotation,
				  .carried = source->carried};
}

bool source_goes_home(const struct source *source)
{
	const struct placement *placement = &source->placement;

	return placement->rotation > 0 || placement->address == source->image.address;
}

uint8_t *source_turned(const struct source *source, uint32_t size)
{
	uint8_t *die = source->size == size ? malloc(size) : NULL;

	if (die)
		image_turn(die, source->data, size, source->placement.rotation);
	return die;
}
