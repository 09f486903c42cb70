/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash write: a file into the flash, and nothing else changes. */
#include <stdio.h>
#include <string.h>

#include "base/shell_word.h"
#include "cli/beken_flash/area_options.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_write.h"

static const struct command_example examples[] = {
	{"What would be done?", "beken-flash write --dry-run OpenBK7231N_QIO.bin"},
	{"With a name of your own for the backup:",
	 "beken-flash write --backup=lamp.bin OpenBK7231N_QIO.bin"},
	{NULL, NULL},
};

static bool parse_force(const char *text, struct source_wish *wish, const struct observer *observer)
{
	char name[32], known[PLACEMENT_REFUSAL_KINDS * sizeof(name)] = "";
	enum placement_refusal why;

	while (text && *text) {
		size_t length = strcspn(text, ",");

		snprintf(name, sizeof(name), "%.*s", (int)length, text);
		why = placement_refusal_by_name(name);
		if (why == PLACEMENT_REFUSAL_KINDS)
			goto err;
		wish->force[why] = true;
		text += length + (text[length] == ',');
	}
	return true;

err:
	for (why = 0; why < PLACEMENT_REFUSAL_KINDS; why++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
			 why ? ", " : "", placement_refusal_name(why));
	observer_raise(
		observer, TROUBLE_USAGE, NO_RANGE,
		"--force takes names of refusals, separated by commas; '%s' is not one. There "
		"is: %s",
		name, known);
	return false;
}

static bool parse_source(const struct command_line *line, struct source_wish *wish,
			 const struct observer *observer)
{
	const char *as = line->option[OPTION_AS];
	struct area_wish area;

	if (!area_parse_one(line, observer, &area))
		return false;
	wish->has_at = area.has_at;
	wish->at = area.at;
	wish->has_size = area.has_size;
	wish->size = area.size;
	wish->has_kind = as != NULL;
	if (as && !source_kind_by_name(as, &wish->kind)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--as takes dump, qio, application, bootloader, rf, tuya-config or "
			       "obk-config, not '%s'",
			       as);
		return false;
	}
	return parse_force(line->option[OPTION_FORCE], wish, observer);
}

static bool parse(struct device *device, const struct command_line *line, struct write_wish *wish)
{
	*wish = (struct write_wish){
		.path = line->words[0],
		.region = line->option[OPTION_REGION],
		.backup = line->option[OPTION_BACKUP],
		.no_backup = line->option[OPTION_NO_BACKUP],
		.with = {.rf = line->option[OPTION_WITH_RF],
			 .net = line->option[OPTION_WITH_NET],
			 .data = line->option[OPTION_WITH_DATA]},
		.protect = line->option[OPTION_PROTECT],
		.dry = line->option[OPTION_DRY_RUN],
	};
	device->file = line->words[0];
	device->options.writes = !wish->dry;
	return device_backup_options(device, line) &&
	       parse_source(line, &wish->source, device->session.observer) &&
	       device_consents(device, line);
}

static void write_members(struct json *json, const struct write_job *write)
{
	const struct placement *placement = &write->source.placement;

	json_bool(json, "dry_run", write->wish.dry);
	json_text(json, "file", write->source.path);
	json_text(json, "content", image_kind_name(write->source.image.kind));
	json_range(json, placement->address, placement->length);
	json_number(json, "rotation", placement->rotation);
	json_text_or_none(json, "backup", write->present.backup.path);
	json_number(json, "unread_bytes", write->present.unread.bytes);
	say_change_members(json, write->session, &write->plan, write->kept, write->kept_count,
			   write->present.read_bytes);
}

static void print_place(const struct write_job *write)
{
	const struct placement *placement = &write->source.placement;
	const struct range range = {(uint32_t)placement->address, (uint32_t)placement->length};
	char text[RANGE_TEXT];

	say("%s: %s, %s %s%s\n", write->source.path, image_kind_title(write->source.image.kind),
	    write->wish.dry ? "would go to" : "is at", range_text(range, text),
	    placement->rotation ? ", rotated back" : "");
}

static void print_done(const struct write_job *write)
{
	const char *backup = write->present.backup.path;

	if (write_changes(write)) {
		print_place(write);
		say("  %u bytes differed, and were written and verified%s%s\n",
		    (unsigned)write->plan.changed, backup[0] ? "; the old content is in " : "",
		    backup);
		if (write->present.unread.bytes)
			say("  %u of them were not read before, except for the first bytes of each "
			    "sector\n",
			    (unsigned)write->present.unread.bytes);
		return;
	}
	say("%s is%s in the flash already; nothing was written\n", write->source.path,
	    write_leaves(write) ? ", except for what stays as it is," : "");
	if (write->present.kind == PRESENT_SAVED && backup[0])
		say("  the content of the flash is in %s\n", backup);
}

static int say_dry(struct device *device, const struct write_job *write)
{
	struct say_plan plan = {.action_count = 0};
	struct json *json;

	if (!session_close(&device->session))
		return device_failed(device);
	say_change(&plan, &device->session, &write->plan, write->kept, write->kept_count,
		   write->present.read_bytes);
	if (write->present.unread.bytes)
		say_action(&plan,
			   "not read %u bytes: their sectors differ in the first bytes already",
			   (unsigned)write->present.unread.bytes);
	json = device_result(device);
	if (json) {
		write_members(json, write);
		say_plan_members(json, &plan);
	} else {
		print_place(write);
		say_plan_lines(&plan);
	}
	return device_result_end(device);
}

static void say_kept(const struct device *device, const struct write_job *write)
{
	for (size_t i = 0; i < write->kept_count; i++)
		if (write->kept[i].differs)
			observer_note(&device->report.observer, NOTE_INFO, TROUBLE_NONE,
				      "%s at 0x%x %s (%s takes it from the file)",
				      write->kept[i].name, (unsigned)write->kept[i].range.start,
				      write->kept[i].blank ? "is blank, and stays so"
							   : "stays the module's own",
				      keep_option(write->kept[i].kind));
}

static void say_assumed(const struct device *device, const struct write_job *write)
{
	char file[PATH_MAX], at[32] = "";

	if (!write->present.assumed)
		return;
	if (write->source.at != PLACEMENT_ANYWHERE)
		snprintf(at, sizeof(at), "--at=0x%zx ", write->source.at);
	observer_note(&device->report.observer, NOTE_INFO, TROUBLE_NONE,
		      "the rest was compared with the backup in samples only, and they agree; "
		      "beken-flash verify %s%s compares all of it",
		      at, shell_word(write->source.path, file, sizeof(file)));
}

static int execute(struct device *device, struct write_job *write)
{
	struct json *json;

	say_kept(device, write);
	if (!write_do_job(write))
		return device_failed(device);
	say_assumed(device, write);
	json = device_result(device);
	if (json)
		write_members(json, write);
	else
		print_done(write);
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	struct write_job write = {.unfinished.lock = -1, .present.backup.output.fd = -1};
	struct write_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_write, line);
	if (!parse(&device, line, &wish) ||
	    !write_plan_job(&write, &device.session, &device.options, &wish))
		status = device_failed(&device);
	else
		status = wish.dry ? say_dry(&device, &write) : execute(&device, &write);
	write_free_job(&write);
	return status;
}

const struct command command_write = {
	.name = "write",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Write a file where it belongs, after a backup; the rest of the flash stays",
	.about = "Finds out what FILE is and where it goes, refuses what would brick the\n"
		 "module or destroy what is unique to it, makes a backup, writes what differs,\n"
		 "the beginning last, and verifies it. What the file does not contain stays\n"
		 "as it is. With a whole flash, the module's own calibration, MAC address,\n"
		 "network settings and settings of the firmware are kept, unless --with-rf,\n"
		 "--with-net or --with-data is given. A write that was stopped is completed by\n"
		 "resume. With --at, FILE goes to that address instead.\n",
	.statuses = job_statuses,
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES_AREA | TAKES(AS) | TAKES(FORCE) | TAKES(BACKUP) |
		 TAKES(NO_BACKUP) | TAKES(WITH_RF) | TAKES(WITH_NET) | TAKES(WITH_DATA) |
		 TAKES(YES) | TAKES(PROTECT) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
