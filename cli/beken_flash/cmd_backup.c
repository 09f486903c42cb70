/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash backup: the whole die as a file, read twice. */
#include <stdio.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_backup.h"

static const struct command_example examples[] = {
	{"Before anything else:", "beken-flash backup"},
	{NULL, NULL},
};

static int say_done(struct device *device, const struct backup_job *job)
{
	const struct manifest *manifest = &job->backup.manifest;
	char rate[STEADY_TEXT];
	struct json *json;

	device->file = job->backup.path;
	json = device_result(device);

	if (json) {
		json_bool(json, "dry_run", false);
		json_text(json, "file", job->backup.path);
		json_number(json, "size", manifest->size);
		json_number(json, "readings", 2);
		steady_json(&manifest->steadiness, json);
		json_text(json, "sha256", manifest->sha256);
		json_text_or_none(json, "soc", manifest->soc);
		json_text_or_none(json, "mac", job->content.mac);
	} else {
		steady_rate(&manifest->steadiness, rate);
		say("%s: %u bytes, read twice%s%s\n", job->backup.path, (unsigned)manifest->size,
		    rate[0] ? ": " : "", rate);
		say("  %s, %s, MAC %s; SHA-256 %s\n",
		    manifest->soc[0] ? manifest->soc : "unknown SoC", manifest->part,
		    job->content.mac[0] ? job->content.mac : "unknown", manifest->sha256);
	}
	return device_result_end(device);
}

static int say_dry(struct device *device)
{
	struct say_plan plan = {.action_count = 0};

	say_action(&plan, "read the whole flash twice, %u KiB",
		   (unsigned)(device->session.part->size / 1024));
	estimate_read(&plan.time, &device->session.cost, 2 * (uint64_t)device->session.part->size);
	return say_plan(&plan, device);
}

static int run(const struct command_line *line)
{
	struct backup_job job = {.backup.output.fd = -1};
	const char *wish = line->word_count ? line->words[0] : NULL;
	struct device device;
	int status;

	device_begin(&device, &command_backup, line);
	if (!device_consents(&device, line))
		status = device_failed(&device);
	else if (!backup_plan_job(&job, &device.session, &device.options, wish))
		status = device_failed(&device);
	else if (line->option[OPTION_DRY_RUN])
		status = say_dry(&device);
	else
		status = backup_do_job(&job) ? say_done(&device, &job) : device_failed(&device);
	backup_free_job(&job);
	return status;
}

const struct command command_backup = {
	.name = "backup",
	.words = "[FILE]",
	.words_most = 1,
	.summary = "Read the whole flash twice, with a manifest beside it",
	.about = "Where two readings differ, it reads again until it is clear what is there.\n"
		 "Without FILE the name is made from the SoC, the MAC address and the date, in\n"
		 "the current directory. The manifest, FILE.json, says what the backup is of,\n"
		 "and how many bits were read wrong. Nothing is ever overwritten. If too much\n"
		 "differs, the readings are kept as FILE.unconfirmed-N, and the command fails.\n"
		 "It also fails if what was read cannot be a flash: one byte or pattern\n"
		 "throughout, one half twice, one half all 00. If the flash is really like\n"
		 "that, use --yes=doubtful-content.\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES(YES) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
