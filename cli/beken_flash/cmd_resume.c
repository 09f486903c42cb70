/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash resume: finish a write or a restore that was stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/job.h"
#include "engine/module.h"

enum { OPTION_FORGET = DEVICE_OPTION_COUNT, OPTION_OTHER_DIE, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_FORGET] = {"forget", NULL, "remove the journal, and leave the flash as it is",
			   false},
	[OPTION_OTHER_DIE] = {"force-other-die", NULL, "go on though it looks like another module",
			      false},
	[OPTION_DRY_RUN] = {"dry-run", NULL, "say what would be done, and change nothing", false},
	{NULL, NULL, NULL, false},
};

static const struct command_status statuses[] = {
	{JOB_REFUSED, "refused, or there is nothing to resume"},
	{0, NULL},
};

struct resume {
	const struct command_line *line;
	struct device device;
	uint8_t *wanted, *present;
	struct plan plan;
	struct job job; /* its journal is the one that was read */
	int lock;	/* of journal_lock() */
	bool refused;
};

static bool given(const struct resume *resume, unsigned option)
{
	return resume->line->option[option] != NULL;
}

static bool refuse(struct resume *resume)
{
	resume->refused = true;
	return false;
}

static int forget(struct resume *resume, bool was_there)
{
	struct report *report = &resume->device.report;
	const struct journal *journal = &resume->job.journal;

	if (!journal_remove(&report->observer))
		return device_failed(&resume->device);
	if (was_there)
		observer_note(&report->observer, NOTE_WARN, TROUBLE_NONE,
			      "the %s of %s is forgotten; the flash may be half written%s%s",
			      journal->command, journal->file,
			      journal->backup[0] ? ". What it held before is in " : "",
			      journal->backup);
	if (!report_result(report, COMMAND_DONE))
		printf("there is no journal any more\n");
	report_result_end(report);
	return COMMAND_DONE;
}

/* The whole die if that is known; else what the file covered, and the calibration to look at. */
static bool read_present(struct resume *resume)
{
	struct device *device = &resume->device;
	const struct range *known = &resume->job.journal.known;

	resume->present = malloc(device->part->size);
	if (!resume->present) {
		observer_raise(&device->report.observer, TROUBLE_NO_MEMORY, NO_RANGE,
			       "out of memory");
		return false;
	}
	memcpy(resume->present, resume->wanted, device->part->size);
	report_phase(&device->report, "read", known->length);
	if (!flash_read(device->flash, known, 1, resume->present))
		return false;
	/* Of what the file did not cover only the calibration was kept, to know the module by. */
	return known->length == device->part->size ||
	       content_peek_rf(device, *known, RF_ALIGNMENT, resume->present);
}

/* What was only looked at must not be written. */
static void forget_outside(struct resume *resume)
{
	const struct range known = resume->job.journal.known;
	uint32_t end = known.start + known.length;

	memcpy(resume->present, resume->wanted, known.start);
	memcpy(resume->present + end, resume->wanted + end, resume->device.part->size - end);
}

static bool goes_on_anyway(struct resume *resume, const char *why)
{
	const struct journal *journal = &resume->job.journal;

	if (given(resume, OPTION_OTHER_DIE))
		return true;
	observer_raise(&resume->device.report.observer, TROUBLE_OTHER_MODULE, NO_RANGE,
		       "the %s of %s was to another module: %s. Nothing was changed. Connect that "
		       "module, or say --force-other-die",
		       journal->command, journal->file, why);
	return refuse(resume);
}

static bool check_flash(struct resume *resume)
{
	const struct journal *journal = &resume->job.journal;
	const struct chipdb_part *part = resume->device.part;
	char why[MODULE_WHY];

	if (part->size != journal->size) {
		observer_raise(&resume->device.report.observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			       "the %s was to a flash of %u bytes, and this has %u",
			       journal->command, (unsigned)journal->size, (unsigned)part->size);
		return refuse(resume);
	}
	return !module_has_other_flash(journal, part, why) || goes_on_anyway(resume, why);
}

static bool check_module(struct resume *resume)
{
	char why[MODULE_WHY];

	return !module_is_other(&resume->job.journal, resume->present, resume->wanted, why) ||
	       (content_rf_is_steady(&resume->device, resume->present) &&
		goes_on_anyway(resume, why));
}

static void say_result(struct resume *resume, bool dry)
{
	struct json *json = report_result(&resume->device.report, COMMAND_DONE);
	const struct journal *journal = &resume->job.journal;

	if (json) {
		json_bool(json, "dry_run", dry);
		json_text(json, "resumed", journal->command);
		json_text(json, "file", journal->file);
	} else if (dry) {
		printf("would go on with the %s of %s\n", journal->command, journal->file);
	} else {
		printf("the %s of %s is complete; %u bytes were missing, and were written and "
		       "verified\n",
		       journal->command, journal->file, (unsigned)resume->plan.changed);
	}
	if (json || dry)
		job_describe(&resume->plan, NULL, 0, journal->known.length, json);
	report_result_end(&resume->device.report);
}

static bool prepare(struct resume *resume)
{
	struct device *device = &resume->device;

	if (!check_flash(resume) || !read_present(resume) || !check_module(resume))
		return false;
	forget_outside(resume);
	return plan_make_whole(&resume->plan, device->part, resume->present, resume->wanted);
}

static bool execute(struct resume *resume)
{
	resume->job.device = &resume->device;
	resume->job.plan = &resume->plan;
	resume->job.present = resume->present;
	resume->job.unfinished = resume->job.goes_on = true;
	return job_run(&resume->job);
}

static int go_on(struct resume *resume)
{
	struct device *device = &resume->device;
	bool dry = given(resume, OPTION_DRY_RUN);
	unsigned use = dry ? DEVICE_READS : DEVICE_WRITES;

	if (!device_open(device, &command_resume, resume->line, use))
		return device_failed(device);
	if (!prepare(resume))
		return resume->refused ? job_refused(device) : device_failed(device);
	if (!(dry ? device_close(device) : execute(resume)))
		return device_failed(device);
	say_result(resume, dry);
	return COMMAND_DONE;
}

static int do_resume(struct resume *resume)
{
	struct device *device = &resume->device;
	struct journal *journal = &resume->job.journal;
	enum journal_result found;

	device_begin(device, &command_resume, resume->line);
	if (given(resume, OPTION_FORGET) && given(resume, OPTION_DRY_RUN)) {
		observer_raise(&device->report.observer, TROUBLE_USAGE, NO_RANGE,
			       "--forget and --dry-run do not go together");
		return device_usage(device);
	}
	if (!given(resume, OPTION_DRY_RUN)) {
		resume->lock = journal_lock(&device->report.observer);
		if (resume->lock < 0)
			return job_refused(device);
	}
	found = journal_read(journal, &device->report.observer);
	if (given(resume, OPTION_FORGET))
		return forget(resume, found == JOURNAL_THERE);
	if (found == JOURNAL_BAD)
		return device_failed(device);
	if (found == JOURNAL_NONE) {
		observer_raise(&device->report.observer, TROUBLE_NOTHING_TO_RESUME, NO_RANGE,
			       "there is nothing to resume: no write was stopped "
			       "after it had begun to change a flash");
		return job_refused(device);
	}
	resume->wanted = journal_wanted(journal, &device->report.observer);
	return resume->wanted ? go_on(resume) : device_failed(device);
}

static int run(const struct command_line *line)
{
	struct resume *resume = calloc(1, sizeof(*resume));
	int status = COMMAND_FAILED;

	if (!resume)
		return status;
	resume->line = line;
	resume->lock = -1;
	status = do_resume(resume);
	journal_unlock(resume->lock);
	plan_free(&resume->plan);
	free(resume->wanted);
	free(resume->present);
	free(resume);
	return status;
}

const struct command command_resume = {
	.name = "resume",
	.words = "",
	.summary = "Go on with a write or a restore that was stopped",
	.about = "Goes on with what was stopped by a Ctrl-C, a pulled cable or a power\n"
		 "cut. The journal tells what was to be written, and of which module.\n",
	.options = options,
	.statuses = statuses,
	.run = run,
};
