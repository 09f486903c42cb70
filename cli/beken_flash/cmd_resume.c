/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash resume: finish a write or a restore that was stopped. */
#include <stdio.h>

#include "base/number.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_resume.h"

static int forget(struct device *device, struct resume_job *resume, unsigned number)
{
	const struct journal *journal = &resume->job.journal;
	bool was_there;
	struct json *json;

	if (!resume_forget(resume, &device->session, number, &was_there))
		return device_failed(device);
	if (was_there)
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "the %s of %s is forgotten; the flash may be half written%s%s",
			      journal->command, journal->file,
			      journal->backup[0] ? ". What it held before is in " : "",
			      journal->backup);
	json = device_result(device);
	if (json)
		json_bool(json, "forgotten", was_there);
	else
		say("its journal no longer exists\n");
	return device_result_end(device);
}

static void write_members(struct json *json, const struct resume_job *resume, bool dry)
{
	const struct journal *journal = &resume->job.journal;

	json_bool(json, "dry_run", dry);
	json_text(json, "resumed", journal->command);
	json_text(json, "file", journal->file);
	json_text_or_none(json, "began", journal->date);
	say_change_members(json, resume->session, &resume->plan, NULL, 0, journal->known.length);
}

static int say_dry(struct device *device, const struct resume_job *resume)
{
	const struct journal *journal = &resume->job.journal;
	struct say_plan plan = {.action_count = 0};
	struct json *json;

	if (!session_close(&device->session))
		return device_failed(device);
	say_action(&plan, "continue the %s of %s", journal->command, journal->file);
	say_change(&plan, &device->session, &resume->plan, NULL, 0, journal->known.length);
	json = device_result(device);
	if (json) {
		write_members(json, resume, true);
		say_plan_members(json, &plan);
	} else {
		say_plan_lines(&plan);
	}
	return device_result_end(device);
}

static int execute(struct device *device, struct resume_job *resume)
{
	const struct journal *journal = &resume->job.journal;
	struct json *json;

	if (!resume_do_job(resume))
		return device_failed(device);
	json = device_result(device);
	if (json)
		write_members(json, resume, false);
	else
		say("the %s of %s is complete; %u bytes were missing, and were written and "
		    "verified\n",
		    journal->command, journal->file, (unsigned)resume->plan.changed);
	return device_result_end(device);
}

/* *@number: 0 if none is named. */
static bool parse(struct device *device, const struct command_line *line, unsigned *number)
{
	const char *name = line->option[OPTION_JOURNAL];
	bool dry = line->option[OPTION_DRY_RUN];

	*number = 0;
	if (name && !number_plain(name, 1, JOURNALS_MOST, number)) {
		observer_raise(device->session.observer, TROUBLE_USAGE, NO_RANGE,
			       "--journal=%s: journals have numbers from 1 to %u", name,
			       JOURNALS_MOST);
		return false;
	}

	device->options.writes = !dry;
	if (line->option[OPTION_FORGET] && dry) {
		observer_raise(device->session.observer, TROUBLE_USAGE, NO_RANGE,
			       "--forget and --dry-run cannot be combined");
		return false;
	}
	if (!device_consents(device, line))
		return false;
	/*
	 * Another module is rarely intended, so this needs an explicit option instead of a
	 * question.
	 */
	device->ask.on_terminal = false;
	return true;
}

static int run(const struct command_line *line)
{
	struct resume_job resume = {.unfinished.lock = -1};
	bool dry = line->option[OPTION_DRY_RUN];
	struct device device;
	unsigned number;
	int status;

	device_begin(&device, &command_resume, line);
	if (!parse(&device, line, &number))
		status = device_failed(&device);
	else if (line->option[OPTION_FORGET])
		status = forget(&device, &resume, number);
	else if (!resume_plan_job(&resume, &device.session, &device.options, number, dry))
		status = device_failed(&device);
	else
		status = dry ? say_dry(&device, &resume) : execute(&device, &resume);
	resume_free_job(&resume);
	return status;
}

const struct command command_resume = {
	.name = "resume",
	.words = "",
	.summary = "Continue a write or a restore that was stopped",
	.about = "Continues what was stopped by a Ctrl-C, a pulled cable or a power cut. The\n"
		 "journal tells what was to be written, and to which module; of several\n"
		 "stopped jobs, that of the connected module is continued.\n",
	.statuses = job_statuses,
	.takes = TAKES_DEVICE | TAKES(FORGET) | TAKES(JOURNAL) | TAKES(YES) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
