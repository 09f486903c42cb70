/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/placement.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[PLACEMENT_REFUSAL_KINDS] = {
	[PLACEMENT_NOT_AN_IMAGE] = "not-an-image",
	[PLACEMENT_BLANK] = "blank",
	[PLACEMENT_UPDATE] = "update",
	[PLACEMENT_UNFRAMED] = "unframed",
	[PLACEMENT_APP_AT_0] = "app-at-0",
	[PLACEMENT_WRONG_ADDRESS] = "wrong-address",
	[PLACEMENT_NEEDS_SOC] = "needs-soc",
	[PLACEMENT_WRONG_SOC] = "wrong-soc",
	[PLACEMENT_UNPROVEN_SOC] = "unproven-soc",
	[PLACEMENT_WRONG_KEY] = "wrong-key",
	[PLACEMENT_WRONG_SIZE] = "wrong-size",
	[PLACEMENT_TOO_LARGE] = "too-large",
	[PLACEMENT_TRUNCATED] = "truncated",
	[PLACEMENT_DAMAGED] = "damaged",
	[PLACEMENT_UNCONFIRMED] = "unconfirmed",
	[PLACEMENT_INCONSISTENT] = "inconsistent",
	[PLACEMENT_PADDED] = "padded",
	[PLACEMENT_NO_BOOTLOADER] = "no-bootloader",
	[PLACEMENT_WOULD_NOT_START] = "would-not-start",
	[PLACEMENT_REPEATED] = "repeated",
};

const char *placement_refusal_name(enum placement_refusal why)
{
	return names[why];
}

enum placement_refusal placement_refusal_by_name(const char *name)
{
	enum placement_refusal why = 0;

	while (why < PLACEMENT_REFUSAL_KINDS && strcmp(names[why], name) != 0)
		why++;
	return why;
}

bool placement_refuses(const struct placement *placement, enum placement_refusal why)
{
	for (size_t i = 0; i < placement->refusal_count; i++)
		if (placement->refusals[i].why == why)
			return true;
	return false;
}

__attribute__((format(printf, 3, 4))) static void
refuse(struct placement *placement, enum placement_refusal why, const char *format, ...)
{
	va_list args;

	if (placement_refuses(placement, why))
		return;
	va_start(args, format);
	vsnprintf(placement->refusals[placement->refusal_count].text, PLACEMENT_TEXT, format, args);
	va_end(args);
	placement->refusals[placement->refusal_count++].why = why;
}

static const struct chipdb_region *next_region(const struct chipdb_soc *soc,
					       const struct chipdb_region *after)
{
	const struct chipdb_region *region = after ? after + 1 : soc->regions;

	return region < soc->regions + CHIPDB_REGIONS && region->name ? region : NULL;
}

static const enum placement_refusal uf2_refusals[] = {
	[UF2_TRUNCATED] = PLACEMENT_TRUNCATED, [UF2_DAMAGED] = PLACEMENT_DAMAGED,
	[UF2_FOREIGN] = PLACEMENT_WRONG_SOC,   [UF2_UNPLACED] = PLACEMENT_WRONG_ADDRESS,
	[UF2_UPDATE] = PLACEMENT_UPDATE,
};

/* Refuses what is not an image. False if it is one. */
static bool refuse_kind(const struct image *image, struct placement *placement)
{
	switch (image->kind) {
	case IMAGE_UNKNOWN:
		refuse(placement, PLACEMENT_NOT_AN_IMAGE,
		       "it is not known what this file is. Look for a file with QIO in its name, "
		       "or "
		       "use a backup");
		return true;
	case IMAGE_EMPTY:
		refuse(placement, PLACEMENT_NOT_AN_IMAGE,
		       "the file is empty. Download or read it again");
		return true;
	case IMAGE_OTHER:
		refuse(placement, PLACEMENT_NOT_AN_IMAGE, "it is %s: %s", image->other->title,
		       image->other->advice);
		return true;
	case IMAGE_UF2:
		refuse(placement, uf2_refusals[image->uf2.fault], "a UF2 file: %s", image->uf2.why);
		return true;
	case IMAGE_CONSTANT:
		refuse(placement, PLACEMENT_BLANK,
		       "every byte of it is the same. It would erase the flash; if it is a backup, "
		       "the reading failed");
		return true;
	case IMAGE_OTA:
	case IMAGE_UG:
		refuse(placement, PLACEMENT_UPDATE,
		       "it is %s, which running firmware unpacks. Use the QIO file of the same "
		       "release, at address 0",
		       image_kind_title(image->kind));
		return true;
	case IMAGE_UNFRAMED_CODE:
		refuse(placement, PLACEMENT_UNFRAMED,
		       "it is code without the CRC blocks that the CPU expects in the flash. Use "
		       "the file that the packager made from it: QIO at 0, or UA at 0x11000");
		return true;
	default:
		return false;
	}
}

static void place_calibration(const struct image *image, const struct chipdb_soc *soc, size_t wish,
			      struct placement *placement)
{
	const struct chipdb_region *region = NULL, *place = NULL;

	while ((region = next_region(soc, region)) != NULL)
		if (region->kind == CHIPDB_REGION_RF && (!place || region->start == wish))
			place = region;
	if (!place) {
		refuse(placement, PLACEMENT_NEEDS_SOC,
		       "it is not known where %s has its calibration data. Restore a whole backup",
		       soc->name);
		return;
	}
	placement->address = place->start;
	if (wish != PLACEMENT_ANYWHERE && wish != place->start)
		refuse(placement, PLACEMENT_WRONG_ADDRESS,
		       "calibration data does not belong there on %s. Write it at 0x%zx", soc->name,
		       placement->address);
	if (image->size > place->length)
		refuse(placement, PLACEMENT_TOO_LARGE,
		       "it is longer than the region of 0x%lx bytes. Write only its start",
		       (unsigned long)place->length);
}

/* Their place depends on the release, but is never where code or calibration is. */
static void place_settings(const struct image *image, const struct chipdb_soc *soc, size_t wish,
			   struct placement *placement)
{
	const struct chipdb_region *region = NULL;

	if (wish == PLACEMENT_ANYWHERE) {
		refuse(placement, PLACEMENT_WRONG_ADDRESS,
		       "the place of %s differs from release to release. Give the address from "
		       "which it was read",
		       image_kind_title(image->kind));
		return;
	}
	placement->address = wish;
	while ((region = next_region(soc, region)) != NULL)
		if (region->kind != CHIPDB_REGION_NET && region->kind != CHIPDB_REGION_DATA &&
		    wish < (size_t)region->start + region->length &&
		    image->size > (region->start > wish ? region->start - wish : 0))
			refuse(placement, PLACEMENT_WRONG_ADDRESS,
			       "%s does not belong in the region %s of %s. Give the address from "
			       "which it was read",
			       image_kind_title(image->kind), region->name, soc->name);
}

/* Data goes where the SoC has it. */
static void place_region(const struct image *image, const struct chipdb_soc *soc, size_t wish,
			 struct placement *placement)
{
	placement->identity = true;
	if (!soc)
		refuse(placement, PLACEMENT_NEEDS_SOC,
		       "where %s belongs depends on the SoC. Name it",
		       image_kind_title(image->kind));
	else if (image->kind == IMAGE_RF)
		place_calibration(image, soc, wish, placement);
	else
		place_settings(image, soc, wish, placement);
}

static void place_code(const struct image *image, const struct target *target, size_t wish,
		       struct placement *placement)
{
	placement->address = image->address;
	if (image->kind == IMAGE_ROTATED_DUMP) {
		placement->address = 0;
		placement->rotation = image->size - image->address;
	}
	placement->identity = image->rf_count > 0;
	if (wish == PLACEMENT_ANYWHERE || wish == placement->address)
		return;
	if (wish == 0)
		refuse(placement, PLACEMENT_APP_AT_0,
		       "the bootloader is at address 0, and this has none: the module would not "
		       "start again. %s 0x%zx",
		       target && !target->boots ? "It belongs after one, at" : "Write it at",
		       placement->address);
	else
		refuse(placement, PLACEMENT_WRONG_ADDRESS, "%s belongs at 0x%zx, not at 0x%zx",
		       image_kind_title(image->kind), placement->address, wish);
}

static void check_findings(const struct image *image, struct placement *placement)
{
	static const struct {
		enum placement_refusal why;
		const char *advice;
	} grave[IMAGE_GRAVE] = {
		[IMAGE_TRUNCATED] = {PLACEMENT_TRUNCATED, "Download or read it again"},
		[IMAGE_DAMAGED] = {PLACEMENT_DAMAGED, "Download or read it again"},
		[IMAGE_UNCONFIRMED] = {PLACEMENT_UNCONFIRMED,
				       "Download it again, or take the QIO file of a release"},
		[IMAGE_INCONSISTENT] = {PLACEMENT_INCONSISTENT, "Use a file that is known to boot"},
		[IMAGE_PADDED] = {PLACEMENT_PADDED, "Use the file without them"},
		[IMAGE_NO_BOOTLOADER] = {PLACEMENT_NO_BOOTLOADER,
					 "Write only the part from 0x11000 on, at 0x11000"},
		[IMAGE_REPEATED] = {PLACEMENT_REPEATED, "Keep the first half, and write that"},
	};

	for (size_t i = 0; i < image->finding_count; i++) {
		const struct image_finding *finding = &image->findings[i];

		if (finding->kind < IMAGE_GRAVE)
			refuse(placement, grave[finding->kind].why, "%s. %s", finding->text,
			       grave[finding->kind].advice);
	}
}

static void check_fit(const struct image *image, const struct target *target,
		      struct placement *placement)
{
	char why[FIT_WHY];

	if (!target)
		return;
	if (image->kind == IMAGE_APPLICATION && !target->boots)
		refuse(placement, PLACEMENT_WOULD_NOT_START,
		       "the module has %s, and this is an application alone: it would not start. "
		       "Write a QIO file, which includes a bootloader, or the module's own backup",
		       target->app_at_0 ? "an application at 0, where the bootloader belongs"
					: "no bootloader");
	if (fit_coding(image, target, why) == FIT_NOT)
		refuse(placement, PLACEMENT_WRONG_KEY,
		       "%s: it would not run. Use a file that is coded like the firmware in the "
		       "module, or its own backup",
		       why);
	switch (fit_soc(image, target, why)) {
	case FIT_GOOD:
		placement->soc_checked = image->identity.soc_count > 0;
		break;
	case FIT_NOT:
		refuse(placement, PLACEMENT_WRONG_SOC, "%s. Use the file for this one", why);
		break;
	case FIT_UNKNOWN:
		refuse(placement, PLACEMENT_UNPROVEN_SOC, "%s. If you know the SoC, name it", why);
		break;
	}
}

/* Code must not overwrite what lies after its place: calibration, settings. */
static void check_regions(const struct chipdb_soc *soc, size_t end, struct placement *placement)
{
	const struct chipdb_region *region = NULL;

	while ((region = next_region(soc, region)) != NULL) {
		bool code = region->kind == CHIPDB_REGION_BOOT ||
			    region->kind == CHIPDB_REGION_APP || region->kind == CHIPDB_REGION_OTA;

		if (!code && end > region->start &&
		    placement->address < (size_t)region->start + region->length)
			refuse(placement, PLACEMENT_TOO_LARGE,
			       "it ends at 0x%zx, inside or after the region %s of %s (from "
			       "0x%lx). "
			       "Use "
			       "a smaller build",
			       end, region->name, soc->name, (unsigned long)region->start);
	}
}

/* Its partitions may be longer than the SoC's. */
static void check_parts(const struct uf2 *uf2, const struct chipdb_soc *soc,
			struct placement *placement)
{
	const struct chipdb_region *region = NULL;

	while ((region = next_region(soc, region)) != NULL)
		for (size_t i = 0; i < uf2->part_count; i++) {
			const struct uf2_part *part = &uf2->parts[i];
			size_t end = (size_t)region->start + region->length;

			if (part->by_wire && strcmp(part->name, region->name) == 0 &&
			    part->end > end)
				refuse(placement, PLACEMENT_TOO_LARGE,
				       "it goes up to 0x%zx, but the partition %s of %s ends at "
				       "0x%zx. Use a build for this layout, or a QIO file",
				       part->end, part->name, soc->name, end);
		}
}

static void check_size(const struct image *image, const struct chipdb_soc *soc, size_t flash_size,
		       struct placement *placement)
{
	bool whole = image->kind == IMAGE_DUMP || image->kind == IMAGE_ROTATED_DUMP ||
		     image->kind == IMAGE_REST;
	size_t end = placement->address + placement->length;

	if (placement->length > flash_size || placement->address > flash_size - placement->length)
		refuse(placement, PLACEMENT_TOO_LARGE,
		       "it ends at 0x%zx, but the flash at 0x%zx. Use a file for a flash of this "
		       "size",
		       end, flash_size);
	else if (whole && end != flash_size)
		refuse(placement, PLACEMENT_WRONG_SIZE,
		       "it is a dump of 0x%zx bytes, but the flash has 0x%zx. Use a dump of this "
		       "module, or a QIO file",
		       end, flash_size);
	else if (soc && image->has_address && !whole)
		check_regions(soc, end, placement);
	if (soc && image->unpacked)
		check_parts(&image->uf2, soc, placement);
}

bool placement_find(const struct image *image, const struct chipdb_soc *soc,
		    const struct target *target, size_t flash_size, size_t wish,
		    struct placement *placement)
{
	memset(placement, 0, sizeof(*placement));
	placement->length = image->size - image->filled;
	if (refuse_kind(image, placement))
		return false;
	if (image->has_address)
		place_code(image, target, wish, placement);
	else
		place_region(image, soc, wish, placement);
	check_findings(image, placement);
	check_fit(image, target, placement);
	check_size(image, soc, flash_size, placement);
	return placement->refusal_count == 0;
}
