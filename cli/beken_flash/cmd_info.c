/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash info: what is in the flash. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/show/show_device.h"
#include "cli/show/show_image.h"
#include "cli/show/show_map.h"
#include "cli/say.h"
#include "engine/area.h"
#include "engine/job_info.h"
#include "engine/output_file.h"

static const struct command_example examples[] = {
	{"The MAC address alone:",
	 "beken-flash info --json | jq -r 'select(.event == \"result\").calibration[0].mac'"},
	{"Draw it, sector by sector:", "beken-flash info --map"},
	{NULL, NULL},
};

static const char *kind_name(enum chipdb_region_kind kind)
{
	static const char *const names[] = {
		[CHIPDB_REGION_BOOT] = "boot", [CHIPDB_REGION_APP] = "app",
		[CHIPDB_REGION_OTA] = "ota",   [CHIPDB_REGION_RF] = "rf",
		[CHIPDB_REGION_NET] = "net",   [CHIPDB_REGION_DATA] = "data",
	};

	return names[kind];
}

static const struct info_note *note_of(const struct info_job *info,
				       const struct chipdb_region *region)
{
	for (size_t i = 0; i < info->note_count; i++)
		if (info->notes[i].region == region)
			return &info->notes[i];
	return NULL;
}

static const char *note_title(const struct info_note *note)
{
	if (!note)
		return "";
	if (note->kind == IMAGE_CONSTANT)
		return ", blank at its start";
	return note->region->kind == CHIPDB_REGION_RF ? "without calibration data"
						      : image_kind_title(note->kind);
}

static void print(const struct session *session, const struct info_job *info, bool all)
{
	const struct chipdb_soc *soc = session_soc(session);

	show_device(session);
	if (all)
		say("content:    %s\n", image_kind_title(info->image.kind));
	if (info->read_once > 0)
		say("            %u KiB of this were read only once; the rest is confirmed\n",
		    (unsigned)(info->read_once / 1024));
	for (size_t i = 0; i < info->image.rbl_count; i++)
		say("firmware:   %s %s, header at 0x%zx\n", info->image.rbl[i].name,
		    info->image.rbl[i].version, info->image.rbl[i].offset);
	show_pieces(&info->image);
	if (info->image.rf_count == 0)
		say("  calibration: none was found anywhere\n");
	for (size_t i = 0; i < info->image.finding_count; i++)
		say("  note [%s]: %s.\n", image_finding_name(info->image.findings[i].kind),
		    info->image.findings[i].text);
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		const struct info_note *note = note_of(info, region);
		char text[64];

		if (!area_lies_in(region, session->part->size))
			continue;
		range_text((struct range){region->start, region->length}, text);
		say("region:     %-11s %s%s%s\n", region->name, text,
		    note && note->kind != IMAGE_CONSTANT ? ", " : "", note_title(note));
	}
}

static void write_json(struct json *json, const struct session *session,
		       const struct info_job *info, bool all)
{
	const struct chipdb_soc *soc = session_soc(session);

	show_device_json(json, session);
	json_text_or_none(json, "content", all ? image_kind_name(info->image.kind) : NULL);
	json_number(json, "read_once", info->read_once);
	show_map_json(json, all ? &info->map : NULL);
	show_pieces_json(json, &info->image);
	json_begin(json, "regions", '[');
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		const struct info_note *note = note_of(info, region);

		if (!area_lies_in(region, session->part->size))
			continue;
		json_begin(json, NULL, '{');
		json_text(json, "name", region->name);
		json_text(json, "kind", kind_name(region->kind));
		json_range(json, region->start, region->length);
		json_text_or_none(json, "begins_with", note ? image_kind_name(note->kind) : NULL);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static int say_dry(struct device *device, bool all)
{
	struct say_plan plan = {.action_count = 0};

	say_action(&plan, "bring the chip into SPI mode by a reset, unless it is there");
	say_action(&plan, all ? "read the whole flash and its status registers"
			      : "read the bootloader, the starts of the regions and the status "
				"registers");
	say_action(&plan, "reset the chip, so that its firmware runs");
	return say_plan(&plan, device);
}

/* @map: of --map; NULL: not asked for, "": here. */
static int say_done(struct device *device, const struct info_job *info, bool all, const char *map)
{
	struct json *json;

	if (map && map[0] && !show_map_svg(&info->map, map, device->session.observer))
		return device_failed(device);
	json = device_result(device);

	if (json)
		write_json(json, &device->session, info, all);
	else
		print(&device->session, info, all);
	if (!json && map && !map[0])
		show_map(&info->map);
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	struct info_job *info = malloc(sizeof(*info));
	const char *map = line->option[OPTION_MAP];
	bool all = line->option[OPTION_ALL] || map;
	struct device device;
	int status;

	device_begin(&device, &command_info, line);
	if (!info) {
		session_no_memory(&device.session);
		return device_failed(&device);
	}
	if (map && map[0] && !output_is_possible(map, device.session.observer))
		status = device_failed(&device);
	else if (line->option[OPTION_DRY_RUN])
		status = say_dry(&device, all);
	else
		status = info_do_job(info, &device.session, &device.options, all)
				 ? say_done(&device, info, all, map)
				 : device_failed(&device);
	free(info);
	return status;
}

const struct command command_info = {
	.name = "info",
	.words = "",
	.summary = "Show what is in the flash: firmware, calibration, MAC address, regions",
	.about = "Only the bootloader's area, the headers and the start of the regions are\n"
		 "read, twice. With --all everything is read and every block of code is\n"
		 "checked, as identify does with a file; what its CRCs do not confirm is read\n"
		 "twice. Nothing is changed.\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES(ALL) | TAKES(MAP) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
