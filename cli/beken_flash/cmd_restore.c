/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash restore: the die as it was in a backup, or some regions of it. */
#include <stdio.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_restore.h"

static const struct command_example examples[] = {
	{"As it was:", "beken-flash restore backup.bin"},
	{"The calibration alone:", "beken-flash restore --region=rf backup.bin"},
	{NULL, NULL},
};

static bool parse(struct device *device, const struct command_line *line, struct restore_wish *wish)
{
	*wish = (struct restore_wish){
		.path = line->words[0],
		.regions = line->option[OPTION_REGION],
		.no_manifest = line->option[OPTION_NO_MANIFEST],
		.protect = line->option[OPTION_PROTECT],
		.dry = line->option[OPTION_DRY_RUN],
	};
	device->file = line->words[0];
	device->options.writes = !wish->dry;
	return device_consents(device, line);
}

static const char *what(const struct restore_job *restore)
{
	return restore->wish.regions ? restore->wish.regions : "the whole flash";
}

static void write_members(struct json *json, const struct restore_job *restore)
{
	json_bool(json, "dry_run", restore->wish.dry);
	json_text(json, "backup", restore->wish.path);
	json_text_or_none(json, "own_backup", restore->backup.path);
	say_change_members(json, restore->session, &restore->plan, NULL, 0,
			   restore->session->part->size);
}

static int say_dry(struct device *device, const struct restore_job *restore)
{
	struct say_plan plan = {.action_count = 0};
	struct json *json;

	if (!session_close(&device->session))
		return device_failed(device);
	say_action(&plan, "restore %s from %s", what(restore), restore->wish.path);
	say_change(&plan, &device->session, &restore->plan, NULL, 0, restore->session->part->size);
	json = device_result(device);
	if (json) {
		write_members(json, restore);
		say_plan_members(json, &plan);
	} else {
		say_plan_lines(&plan);
	}
	return device_result_end(device);
}

static int execute(struct device *device, struct restore_job *restore)
{
	struct json *json;

	if (!restore_do_job(restore))
		return device_failed(device);
	json = device_result(device);
	if (json) {
		write_members(json, restore);
	} else {
		say("%s: as in %s; %u bytes differed, and were written and verified\n",
		    what(restore), restore->wish.path, (unsigned)restore->plan.changed);
		if (restore->backup.path[0])
			say("  what was there before is in %s\n", restore->backup.path);
	}
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	struct restore_job restore = {.unfinished.lock = -1, .backup.output.fd = -1};
	struct restore_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_restore, line);
	if (!parse(&device, line, &wish) ||
	    !restore_plan_job(&restore, &device.session, &device.options, &wish))
		status = device_failed(&device);
	else
		status = wish.dry ? say_dry(&device, &restore) : execute(&device, &restore);
	restore_free_job(&restore);
	return status;
}

const struct command command_restore = {
	.name = "restore",
	.words = "BACKUP",
	.words_least = 1,
	.words_most = 1,
	.summary = "Write a backup back to the flash",
	.about = "Makes the flash equal to the backup, to the last byte. The manifest beside\n"
		 "it tells whether it is whole, and of which module. With a backup of another\n"
		 "module it asks before it clones that MAC address, and saves what is there\n"
		 "first; it also saves that if nothing in it tells whose module it is. Without\n"
		 "a manifest, code that is damaged or missing needs --yes=doubtful-content.\n",
	.statuses = job_statuses,
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES(REGION) | TAKES(NO_MANIFEST) | TAKES(YES) | TAKES(PROTECT) |
		 TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
