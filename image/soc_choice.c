/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/soc_choice.h"

#include <string.h>

static bool begins_with(const uint8_t *data, size_t size, const struct chipdb_fingerprint *print)
{
	return print->length > 0 && print->length <= size &&
	       memcmp(data, print->bytes, print->length) == 0;
}

static bool has_bootloader(const struct chipdb_soc *soc, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < CHIPDB_FINGERPRINTS; i++)
		if (begins_with(data, size, &soc->bootloader[i]))
			return true;
	return false;
}

bool image_is_known_bootloader(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (has_bootloader(&chipdb_socs[i], data, size))
			return true;
	return false;
}

static size_t application_end(const struct chipdb_soc *soc)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (soc->regions[i].kind == CHIPDB_REGION_APP)
			return (size_t)soc->regions[i].start + soc->regions[i].length;
	return 0;
}

size_t image_usual_application_end(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (has_bootloader(&chipdb_socs[i], data, size))
			return application_end(&chipdb_socs[i]);
	return 0;
}

static enum chipdb_code code_of(enum code_look look)
{
	switch (look) {
	case CODE_PLAIN:
		return CHIPDB_CODE_PLAIN;
	case CODE_KEYED_BOOTLOADER:
	case CODE_KEYED_APPLICATION:
		return CHIPDB_CODE_KEYED;
	case CODE_NONE:
		break;
	}
	return CHIPDB_CODE_UNKNOWN;
}

static void add(struct image *image, const struct chipdb_soc *soc)
{
	if (image->soc_count < IMAGE_SOCS)
		image->socs[image->soc_count++] = soc;
}

static void choose_by_bootloader(const uint8_t *data, size_t size, struct image *image)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (has_bootloader(&chipdb_socs[i], data, size))
			add(image, &chipdb_socs[i]);
	if (image->soc_count > 0)
		image_say(image, "its first bytes are those of a bootloader for %s%s",
			  image->socs[0]->name, image->soc_count > 1 ? " or a relative" : "");
}

static void choose_by_code(struct image *image)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (chipdb_socs[i].code == image->code)
			add(image, &chipdb_socs[i]);
}

/*
 * A bootloader looks for the application's RBL header at the end of the partition. So
 * if it is where some SoCs have that end, the application is for one of these.
 */
static void choose_by_end(const struct code *application, struct image *image)
{
	size_t end = application->header.offset + RBL_FRAMED_SIZE, kept = 0;

	for (size_t i = 0; i < image->soc_count; i++)
		if (application_end(image->socs[i]) == end)
			image->socs[kept++] = image->socs[i];
	if (kept == 0 || kept == image->soc_count)
		return;
	image->soc_count = kept;
	image_say(image, "its RBL header is where %s%s has it", image->socs[0]->name,
		  kept > 1 ? " or a relative" : "");
}

/*
 * The application's own word decides between SoCs that begin alike. It is no evidence
 * against a plain bootloader: BK7231M runs code that was built for BK7231N.
 */
static void choose_by_name(const char *name, struct image *image)
{
	const struct chipdb_soc *soc = chipdb_soc_by_name(name);

	if (!soc || image->soc_count == 0)
		return;
	if (image_is_for(image, soc)) {
		image->socs[0] = soc;
		image->soc_count = 1;
		image_say(image, "the application says that it was built for %s", soc->name);
	} else if (image->code == CHIPDB_CODE_KEYED && soc->code == CHIPDB_CODE_KEYED) {
		image_find(image, IMAGE_INCONSISTENT,
			   "the bootloader is for %s, but the application says that it was "
			   "built for %s",
			   image->socs[0]->name, soc->name);
	} else {
		image_find(image, IMAGE_OTHER_NAME, "the application says that it was built for %s",
			   soc->name);
	}
}

static void compare_keys(struct image *image)
{
	enum chipdb_code boot = code_of(image->bootloader.look);
	enum chipdb_code application = code_of(image->application.look);

	if (image->has_bootloader && image->has_application && boot != CHIPDB_CODE_UNKNOWN &&
	    application != CHIPDB_CODE_UNKNOWN && boot != application)
		image_find(image, IMAGE_INCONSISTENT,
			   "the bootloader is %s, but the application is %s: no SoC runs both",
			   boot == CHIPDB_CODE_PLAIN ? "plain" : "keyed",
			   application == CHIPDB_CODE_PLAIN ? "plain" : "keyed");
}

void image_choose_socs(const uint8_t *data, size_t size, struct image *image)
{
	if (image->has_bootloader) {
		image->code = code_of(image->bootloader.look);
		choose_by_bootloader(data, size, image);
	}
	if (image->code == CHIPDB_CODE_UNKNOWN && image->has_application)
		image->code = code_of(image->application.look);
	if (image->soc_count == 0 && image->code != CHIPDB_CODE_UNKNOWN)
		choose_by_code(image);
	if (!image->has_bootloader && image->application.check == CODE_MATCHES)
		choose_by_end(&image->application, image);
	compare_keys(image);
	if (image->has_application && image->application.names[0])
		choose_by_name(image->application.names, image);
}
