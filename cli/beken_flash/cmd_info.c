/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash info: what is in the flash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "cli/beken_flash/show_device.h"
#include "cli/beken_flash/show_image.h"

#define BOOTLOADER_END 0x11000
#define SECTOR 0x1000
#define NOTES (2 * CHIPDB_REGIONS)

enum { OPTION_ALL = DEVICE_OPTION_COUNT, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_ALL] = {"all", NULL, "read the whole flash, and check all of it", false},
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"The MAC address alone:",
	 "beken-flash info --json | jq -r 'select(.event == \"result\").calibration[0].mac'"},
	{NULL, NULL},
};

/* What a region begins with, where that can be told. */
struct note {
	const struct chipdb_region *region;
	enum image_kind kind;
};

struct info {
	uint32_t registers;
	uint8_t *die; /* of the size of the part */
	struct image image;
	struct note notes[NOTES];
	size_t note_count;
};

static bool peek(struct device *device, struct info *info, uint32_t at, size_t len)
{
	return flash_peek(device->flash, at, info->die + at, len);
}

static bool look_at_bootloader(struct device *device, struct info *info)
{
	struct image *image = &info->image;

	if (!peek(device, info, 0, BOOTLOADER_END))
		return false;
	if (!code_is_framed(info->die, BOOTLOADER_END))
		return true;
	image->has_bootloader = true;
	code_examine(info->die, BOOTLOADER_END, 0, BOOTLOADER_END, "bootloader", 0,
		     &image->bootloader);
	if (image->bootloader.check != CODE_NO_HEADER)
		image->rbl[image->rbl_count++] = image->bootloader.header;
	partitions_find(info->die, BOOTLOADER_END, &image->partitions);
	return true;
}

/* The header at the end of the application's partition says what it is. */
static bool look_at_application(struct device *device, struct info *info)
{
	struct image *image = &info->image;
	const struct partition *app = partitions_by_name(&image->partitions, "app");
	size_t size = device->part->size, at;

	if (!app || app->start > size || app->length > size - app->start ||
	    app->length < RBL_FRAMED_SIZE)
		return true;
	at = app->start + app->length - RBL_FRAMED_SIZE;
	if (!peek(device, info, (uint32_t)at, RBL_FRAMED_SIZE))
		return false;
	if (!rbl_find(info->die + at, RBL_FRAMED_SIZE, 0, &image->rbl[image->rbl_count]))
		return true;
	image->rbl[image->rbl_count++].offset += at;
	return true;
}

static bool have_rf(const struct image *image, size_t at)
{
	for (size_t i = 0; i < image->rf_count; i++)
		if (image->rf[i].offset == at)
			return true;
	return false;
}

/* Calibration, settings and the like of one region. */
static bool look_at_region(struct device *device, struct info *info,
			   const struct chipdb_region *region)
{
	struct image *image = &info->image, begin;
	struct rf rf;

	if (region->kind == CHIPDB_REGION_BOOT || region->kind == CHIPDB_REGION_APP ||
	    region->length < SECTOR || !area_lies_in(region, device->part->size))
		return true;
	if (!peek(device, info, region->start, SECTOR))
		return false;
	if (rf_parse(info->die, region->start + SECTOR, region->start, &rf)) {
		if (image->rf_count < IMAGE_RFS && !have_rf(image, rf.offset))
			image->rf[image->rf_count++] = rf;
		return true;
	}
	if (region->kind == CHIPDB_REGION_RF || info->note_count == NOTES)
		return true;
	if (!image_identify(info->die + region->start, SECTOR, &begin))
		return false;
	if (begin.kind == IMAGE_TUYA_CONFIG || begin.kind == IMAGE_OBK_CONFIG ||
	    begin.kind == IMAGE_CONSTANT)
		info->notes[info->note_count++] = (struct note){region, begin.kind};
	return true;
}

static bool look_at_regions(struct device *device, struct info *info)
{
	bool good = true;

	for (size_t i = 0; good && i < chipdb_soc_count; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i];
		bool meant = device->soc_count == 0;

		for (size_t j = 0; j < device->soc_count; j++)
			meant |= device->socs[j] == soc;
		/* Of a SoC that is only possible, calibration is all that is looked for. */
		for (size_t j = 0; good && meant && j < CHIPDB_REGIONS && soc->regions[j].name; j++)
			if (device_soc(device) || soc->regions[j].kind == CHIPDB_REGION_RF)
				good = look_at_region(device, info, &soc->regions[j]);
	}
	return good;
}

static bool look_at_all(struct device *device, struct info *info)
{
	const struct flash_range all = {0, device->part->size};
	bool good;

	report_phase(&device->report, "read", all.length);
	good = flash_read(device->flash, &all, 1, info->die);
	report_phase_end(&device->report);
	if (!good)
		return false;
	if (image_identify(info->die, all.length, &info->image))
		return true;
	observer_raise(&device->report.observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
	return false;
}

static bool look(struct device *device, struct info *info, bool all)
{
	if (!device_look(device))
		return false;
	if (protection_read(flash_protection(device->flash), &info->registers))
		return false;
	info->die = malloc(device->part->size);
	if (!info->die) {
		observer_raise(&device->report.observer, TROUBLE_NO_MEMORY, NO_RANGE,
			       "out of memory");
		return false;
	}
	if (all)
		return look_at_all(device, info);
	return look_at_bootloader(device, info) && look_at_application(device, info) &&
	       look_at_regions(device, info);
}

static const char *kind_name(enum chipdb_region_kind kind)
{
	static const char *const names[] = {
		[CHIPDB_REGION_BOOT] = "boot", [CHIPDB_REGION_APP] = "app",
		[CHIPDB_REGION_OTA] = "ota",   [CHIPDB_REGION_RF] = "rf",
		[CHIPDB_REGION_NET] = "net",   [CHIPDB_REGION_DATA] = "data",
	};

	return names[kind];
}

static const struct note *note_of(const struct info *info, const struct chipdb_region *region)
{
	for (size_t i = 0; i < info->note_count; i++)
		if (info->notes[i].region == region)
			return &info->notes[i];
	return NULL;
}

static const char *note_title(const struct note *note)
{
	if (!note)
		return "";
	return note->kind == IMAGE_CONSTANT ? ", blank at its begin" : image_kind_title(note->kind);
}

static void print(const struct device *device, const struct info *info, bool all)
{
	const struct chipdb_soc *soc = device_soc(device);

	show_device(device, info->registers);
	if (all)
		printf("content:    %s\n", image_kind_title(info->image.kind));
	for (size_t i = 0; i < info->image.rbl_count; i++)
		printf("firmware:   %s %s, header at 0x%06zx\n", info->image.rbl[i].name,
		       info->image.rbl[i].version, info->image.rbl[i].offset);
	show_pieces(&info->image);
	if (info->image.rf_count == 0)
		printf("  calibration: none was found%s\n",
		       all ? "" : " where it is usual; --all looks everywhere");
	for (size_t i = 0; i < info->image.finding_count; i++)
		printf("  note [%s]: %s.\n", image_finding_name(info->image.findings[i].kind),
		       info->image.findings[i].text);
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		const struct note *note = note_of(info, region);
		char text[64];

		if (!area_lies_in(region, device->part->size))
			continue;
		area_text((struct flash_range){region->start, region->length}, text);
		printf("region:     %-11s %s%s%s\n", region->name, text,
		       note && note->kind != IMAGE_CONSTANT ? ", " : "", note_title(note));
	}
}

static void write_json(struct json *json, const struct device *device, const struct info *info,
		       bool all)
{
	const struct chipdb_soc *soc = device_soc(device);

	show_device_json(json, device, info->registers);
	if (all)
		json_text(json, "content", image_kind_name(info->image.kind));
	else
		json_no_value(json, "content");
	show_pieces_json(json, &info->image);
	json_begin(json, "regions", '[');
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		const struct note *note = note_of(info, region);

		if (!area_lies_in(region, device->part->size))
			continue;
		json_begin(json, NULL, '{');
		json_text(json, "name", region->name);
		json_text(json, "kind", kind_name(region->kind));
		json_range(json, region->start, region->length);
		if (note)
			json_text(json, "begins_with", image_kind_name(note->kind));
		else
			json_no_value(json, "begins_with");
		json_end(json, '}');
	}
	json_end(json, ']');
}

static int tell(const struct command_line *line)
{
	struct intent intent = {.action_count = 0};
	struct report report;

	report_begin(&report, "info", line->option[DEVICE_JSON] != NULL);
	intent_action(&intent, "bring the chip into SPI mode by a reset, unless it is there");
	intent_action(&intent, line->option[OPTION_ALL]
				       ? "read the whole flash and its status registers"
				       : "read the bootloader, the begins of the regions and the "
					 "status registers");
	intent_action(&intent, "reset the chip, so that its firmware runs");
	return intent_tell(&intent, &report);
}

static int run(const struct command_line *line)
{
	bool all = line->option[OPTION_ALL] != NULL;
	struct info info = {.die = NULL};
	struct device device;
	struct json *json;
	bool good;

	if (line->option[OPTION_DRY_RUN])
		return tell(line);
	good = device_open(&device, &command_info, line, DEVICE_READS) &&
	       look(&device, &info, all) && device_close(&device);
	free(info.die);
	if (!good)
		return device_failed(&device);
	json = report_result(&device.report, COMMAND_DONE);
	if (json)
		write_json(json, &device, &info, all);
	else
		print(&device, &info, all);
	report_result_end(&device.report);
	return COMMAND_DONE;
}

const struct command command_info = {
	.name = "info",
	.words = "",
	.summary = "Say what is in the flash: firmware, calibration, MAC address, regions",
	.about = "Only the bootloader's area, the headers and the begin of the regions are\n"
		 "read. With --all everything is read and every block of code is checked,\n"
		 "as identify does with a file. Nothing is changed.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
