/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash verify: is a file in the flash, where it belongs or where the user says. */
#include <stdio.h>

#include "cli/beken_flash/area_options.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_verify.h"

static const struct command_status statuses[] = {
	{3, "the flash holds something else, or it was refused"},
	{0, NULL},
};

static const struct command_example examples[] = {
	{"Does the flash hold what was downloaded?", "beken-flash verify OpenBK7231N_QIO.bin"},
	{"Is the calibration still that of the backup?", "beken-flash verify --region=rf rf.bin"},
	{NULL, NULL},
};

static int say_dry(struct device *device, const struct verify_job *verify)
{
	struct say_plan plan = {.action_count = 0};
	char text[RANGE_TEXT];

	say_action(&plan, "compare %s with %s", range_text(verify->range, text), verify->path);
	estimate_read(&plan.time, &device->session.cost, verify->range.length);
	return say_plan(&plan, device);
}

static void write_parts(struct json *json, const struct verify_job *verify)
{
	json_begin(json, "regions", '[');
	for (size_t i = 0; i < verify->part_count; i++) {
		const struct verify_part *part = &verify->parts[i];

		if (!part->different)
			continue;
		json_begin(json, NULL, '{');
		json_text_or_none(json, "region", part->name ? part->name : "");
		json_number(json, "different", part->different);
		json_number(json, "first_different", part->first);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void print_parts(const struct verify_job *verify)
{
	for (size_t i = 0; i < verify->part_count; i++) {
		const struct verify_part *part = &verify->parts[i];

		if (part->different)
			say("  %s: %zu bytes, the first at 0x%x\n",
			    part->name ? part->name : "in no region", part->different,
			    (unsigned)part->first);
	}
}

/* A difference is an answer, not a failure; scripts see it in the kind and the status. */
static int say_done(struct device *device, const struct verify_job *verify)
{
	const struct trouble end = {.kind = verify->different ? TROUBLE_DIFFERS : TROUBLE_NONE};
	struct json *json = report_result(&device->report, &end);
	char text[RANGE_TEXT];

	range_text(verify->range, text);
	if (json) {
		json_bool(json, "dry_run", false);
		json_text(json, "file", verify->path);
		json_range(json, verify->range.start, verify->range.length);
		json_number(json, "different", verify->different);
		if (verify->different)
			json_number(json, "first_different", verify->first);
		else
			json_no_value(json, "first_different");
		write_parts(json, verify);
	} else if (verify->different) {
		say("%s: the flash differs in %zu bytes, the first at 0x%x\n", text,
		    verify->different, (unsigned)verify->first);
		print_parts(verify);
	} else {
		say("%s: the same\n", text);
	}
	report_result_end(&device->report);
	return trouble_status(&end);
}

static int run(const struct command_line *line)
{
	struct verify_job verify = {.path = NULL};
	struct area_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_verify, line);
	if (!area_parse_one(line, device.session.observer, &wish) ||
	    !verify_load(&verify, &device.session, line->words[0]) ||
	    !verify_plan_job(&verify, &device.options, &wish))
		status = device_failed(&device);
	else if (line->option[OPTION_DRY_RUN])
		status = say_dry(&device, &verify);
	else
		status = verify_do_job(&verify) ? say_done(&device, &verify)
						: device_failed(&device);
	verify_free_job(&verify);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Compare a file with the flash",
	.about = "Without --region and --at the file is compared at the address where its kind\n"
		 "belongs (see identify). With --size only that many of its bytes are\n"
		 "compared. FILE may be a pipe.\n",
	.statuses = statuses,
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES_AREA | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
