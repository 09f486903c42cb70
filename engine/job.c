/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/keep.h"
#include "engine/module.h"
#include "base/shell_word.h"

const struct command_status job_statuses[] = {
	{JOB_REFUSED, "refused; nothing was changed"},
	{0, NULL},
};

static void say_what_next(const struct job *job)
{
	const char *backup = job->journal.backup;
	char word[PATH_MAX + 16];

	observer_raise(
		&job->device->report.observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
		"the flash may be half written. Keep the module off its mains, check the wires, "
		"and run: beken-flash resume%s%s",
		backup[0] ? "; or, for the old content: beken-flash restore " : "",
		backup[0] ? shell_word(backup, word, sizeof(word)) : "");
}

static bool write_plan(struct job *job)
{
	struct plan *plan = job->plan;
	struct flash *flash = job->device->flash;
	struct range begin;
	struct plan_order order;
	bool good;

	/* Every byte is erased, programmed and verified. */
	if (plan->range_count == 0)
		return true;
	report_phase(&job->device->report, "write and verify", 3 * (uint64_t)plan->changed);
	begin = plan->ranges[0];
	order = plan_order(plan);
	good = flash_write(flash, order.first, order.first_count, plan->wanted, job->present) &&
	       flash_write(flash, &order.last, 1, plan->wanted, job->present);
	report_phase_end(&job->device->report);
	plan->ranges[0] = begin;
	return good;
}

/* What the program that was stopped has found, if this goes on for it. */
static bool find_protection(struct job *job)
{
	struct journal *journal = &job->journal;

	return !journal->protect || job->goes_on ||
	       protection_read(flash_protection(job->device->flash), &journal->registers) == 0;
}

/*
 * Else the driver puts back what it found (DEVICE_RESTORES); but this time it would find
 * what the one that was stopped has lifted.
 */
static bool finish_protection(struct job *job)
{
	struct protection *protection = flash_protection(job->device->flash);
	uint32_t registers, wanted, mask = protection_mask(job->device->part);

	if (!job->journal.protect || !job->goes_on)
		return true;
	if (protection_read(protection, &registers))
		return false;
	wanted = (registers & ~mask) | (job->journal.registers & mask);
	return wanted == registers || protection_set(protection, wanted) == 0;
}

bool job_run(struct job *job)
{
	struct device *device = job->device;
	const struct observer *observer = &device->report.observer;
	struct journal *journal = &job->journal;
	enum proxy_done done;
	bool written, good;

	snprintf(journal->part, sizeof(journal->part), "%s", device->part->name);
	part_id_text(device->part, journal->id);
	journal->size = device->part->size;
	if (!job->goes_on)
		module_remember(journal, job->present, job->plan->wanted);
	if (!find_protection(job) || !journal_write(journal, job->plan->wanted, observer)) {
		if (!job->unfinished)
			observer_raise(observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
				       "the flash was not changed");
		device_close(device);
		return false;
	}
	written = write_plan(job);
	good = written && finish_protection(job);
	done = flash_done(device->flash);
	/* What is queued is sent here, and may fail. */
	good = device_close(device) && good;
	if (good)
		return journal_remove(observer);
	if (written) {
		observer_raise(observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
			       "all was written and verified, and only what comes behind that "
			       "failed. To be sure, cut the module's power for a second, and run: "
			       "beken-flash resume");
	} else if (done == PROXY_CHANGED || job->unfinished) {
		say_what_next(job);
	} else {
		journal_remove(observer);
		observer_raise(observer, TROUBLE_NOT_CONFIRMED, NO_RANGE,
			       "the flash was not changed");
	}
	return false;
}

int job_refused(struct device *device)
{
	int status = device_signal() ? 128 + device_signal() : JOB_REFUSED;

	if (!device_close(device) && !device_signal())
		status = COMMAND_FAILED;
	report_result(&device->report, status);
	report_result_end(&device->report);
	return status;
}

bool job_ask(struct device *device, const char *question, const char *option, bool given, bool dry)
{
	char answer[16];

	if (given)
		return true;
	if (dry) {
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "%s It would need %s", question, option);
		return true;
	}
	if (!device->report.as_json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		fprintf(stderr, "beken-flash: %s\nGo on? [y/N] ", question);
		if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
			return true;
		observer_raise(&device->report.observer, TROUBLE_NOT_CONFIRMED, NO_RANGE,
			       "not confirmed");
		return false;
	}
	observer_raise(&device->report.observer, TROUBLE_NOT_CONFIRMED, NO_RANGE,
		       "%s If that is what you want, say %s", question, option);
	return false;
}

static unsigned seconds(uint64_t us)
{
	return (unsigned)((us + 999999) / 1000000);
}

static void json_describe(const struct plan *plan, const struct plan_kept *kept, size_t kept_count,
			  const struct estimate *time, struct json *json)
{
	json_number(json, "changed_bytes", plan->changed);
	json_ranges(json, "ranges", plan->ranges, plan->range_count);
	json_begin(json, "kept", '[');
	for (size_t i = 0; i < kept_count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "region", kept[i].name);
		json_range(json, kept[i].range.start, kept[i].range.length);
		json_bool(json, "differs", kept[i].differs);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_number(json, "typical_ms", time->typical_us / 1000);
	json_number(json, "most_ms", time->most_us / 1000);
}

void job_describe(const struct plan *plan, const struct plan_kept *kept, size_t kept_count,
		  uint64_t read_bytes, struct json *json)
{
	struct estimate time = plan->time;

	estimate_read(&time, read_bytes);
	if (json) {
		json_describe(plan, kept, kept_count, &time, json);
		return;
	}
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].differs)
			printf("  stays:  %06x:%06x %s; %s takes it from the file\n",
			       (unsigned)kept[i].range.start,
			       (unsigned)(kept[i].range.start + kept[i].range.length - 1),
			       kept[i].name, keep_option(kept[i].kind));
	for (size_t i = 0; i < plan->range_count; i++)
		printf("  writes: %06x:%06x\n", (unsigned)plan->ranges[i].start,
		       (unsigned)(plan->ranges[i].start + plan->ranges[i].length - 1));
	printf("  takes:  about %u s, %u s at most\n", seconds(time.typical_us),
	       seconds(time.most_us));
	printf("  at risk until it is done: %u bytes%s\n", (unsigned)plan->changed,
	       plan->range_count && plan->ranges[0].start == 0
		       ? ", the bootloader among them: without it the module starts only "
			 "with this adapter's help"
		       : "");
}
