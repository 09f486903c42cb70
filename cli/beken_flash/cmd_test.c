/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash test: can a piece of the flash be written, and does it come back as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/area.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "engine/output_file.h"
#include "engine/spare.h"

#define DEFAULT_SIZE 65536
#define PATH_ROOM 96

enum { OPTION_AT = DEVICE_OPTION_COUNT, OPTION_SIZE, OPTION_SAVE, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_AT] = AREA_AT_OPTION,
	[OPTION_SIZE] = AREA_SIZE_OPTION,
	[OPTION_SAVE] = {"save", ARGUMENT_FILE,
			 "where to keep what is there now, also after a success", false},
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"The last sector of a 2 MiB flash:", "beken-flash test --at=0x1ff000 --size=4K"},
	{NULL, NULL},
};

struct trial {
	struct area_wish wish;
	struct range range;
	const char *wished_save; /* or NULL */
	char save[PATH_ROOM];
	uint8_t *old, *now, *wanted; /* of the size of the part */
	bool pattern_good, restored;
	const struct command_line *line;
};

/* The last 64 KiB that belong to no region, if it is known which those are. */
static bool find_free(const struct chipdb_soc *soc, uint32_t flash_size, struct range *range)
{
	struct ranges area = {.range = {{0, flash_size}}, .count = 1};
	bool good = soc != NULL;

	for (size_t i = 0; good && i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		good = ranges_remove(&area,
				     (struct range){soc->regions[i].start, soc->regions[i].length});
	for (size_t i = area.count; good && i-- > 0;) {
		uint32_t end = area.range[i].start + area.range[i].length;

		end -= end % DEFAULT_SIZE;
		if (end < area.range[i].start + DEFAULT_SIZE)
			continue;
		*range = (struct range){end - DEFAULT_SIZE, DEFAULT_SIZE};
		return true;
	}
	return false;
}

static bool find_range(struct device *device, struct trial *trial)
{
	const struct observer *observer = &device->report.observer;
	const struct chipdb_soc *soc = device_soc(device);
	uint32_t sector = device->part->erase[0].size, flash_size = device->part->size;
	struct ranges area;

	if (!trial->wish.has_at) {
		if (find_free(soc, flash_size, &trial->range))
			return true;
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "no 64 KiB are known that belong to no region: say where, as in "
			       "--at=0x%x --size=%u",
			       (unsigned)(flash_size - sector), (unsigned)sector);
		return false;
	}
	if (!area_find(&trial->wish, soc, flash_size, observer, &area))
		return false;
	trial->range = area.range[0];
	if (trial->range.start % sector == 0 && trial->range.length % sector == 0)
		return true;
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--at and --size have to be multiples of a sector, 0x%x", (unsigned)sector);
	return false;
}

/* Settings may be tried: they are put back. But nobody can give back calibration. */
static bool spares_rf(struct device *device, const struct trial *trial)
{
	const struct keep_not all_but_rf = {.net = true, .data = true};
	struct ranges area = {.range = {trial->range}, .count = 1};
	struct spare spare;

	if (!spare_find(&spare, device, &all_but_rf, &area))
		return false;
	if (spare.kept.count > 0)
		observer_raise(&device->report.observer, TROUBLE_IDENTITY_LOST, NO_RANGE,
			       "the calibration and the MAC address may be there, which nobody can "
			       "give back: choose another place");
	return spare.kept.count == 0;
}

static void name_save(struct trial *trial, const struct device *device)
{
	snprintf(trial->save, sizeof(trial->save), "beken-flash-test-%s-0x%06x-%ld.bin",
		 device->part->name, (unsigned)trial->range.start, (long)getpid());
	/* A part's name may say anything, as "W25Q16.V/..." does. */
	for (char *at = trial->save; *at; at++)
		if (*at == '/' || *at == ' ')
			*at = '-';
}

static const char *save_path(const struct trial *trial)
{
	return trial->wished_save ? trial->wished_save : trial->save;
}

static int say_intent(struct device *device, const struct trial *trial)
{
	const struct chipdb_part *part = device->part;
	struct intent intent = {0};
	char text[64];

	range_text(trial->range, text);
	intent_action(&intent, "save %s in %s", text, save_path(trial));
	intent_action(&intent, "write a pattern to %s, and verify it", text);
	intent_action(&intent, "write back what was there, and verify that");
	/* Twice before, and once behind each write and between them. */
	estimate_read(&intent.time, 5 * (uint64_t)trial->range.length);
	for (unsigned i = 0; i < 2; i++) {
		estimate_erase(&intent.time, part, &trial->range, 1);
		estimate_program(&intent.time, part, trial->range.length / part->page);
	}
	intent_risk(&intent, "the content of %s, if the power fails: it is in the file then", text);
	return intent_result(&intent, device);
}

/* Different in every page and sector, so that addresses that are mixed up are seen. */
static void fill_pattern(uint8_t *data, size_t size)
{
	uint32_t state = 0x2545f491;

	for (size_t i = 0; i < size; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = (uint8_t)(state >> 24);
	}
}

static bool read_steadily(struct device *device, struct trial *trial)
{
	report_phase(&device->report, "read", 2 * (uint64_t)trial->range.length);
	if (!flash_read(device->flash, &trial->range, 1, trial->old) ||
	    !flash_read(device->flash, &trial->range, 1, trial->now))
		return false;
	report_phase_end(&device->report);
	if (memcmp(trial->old + trial->range.start, trial->now + trial->range.start,
		   trial->range.length) == 0)
		return true;
	observer_raise(&device->report.observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
		       "two readings differ: a bad contact. Nothing was changed");
	return false;
}

/* What the flash really holds is read, since a failed write leaves anything. */
static bool put_back(struct device *device, struct trial *trial)
{
	report_phase(&device->report, "restore", 3 * (uint64_t)trial->range.length);
	trial->restored = flash_read(device->flash, &trial->range, 1, trial->now) &&
			  flash_write(device->flash, &trial->range, 1, trial->old, trial->now);
	report_phase_end(&device->report);
	return trial->restored;
}

static bool reopen(struct device *device, const struct trial *trial)
{
	observer_note(&device->report.observer, NOTE_INFO, TROUBLE_NONE,
		      "starting anew, to put back what was there");
	return device_open(device, &command_test, trial->line, DEVICE_WRITES | DEVICE_RESTORES);
}

static bool try_pattern(struct device *device, struct trial *trial)
{
	const struct observer *observer = &device->report.observer;

	memcpy(trial->wanted, trial->old, device->part->size);
	fill_pattern(trial->wanted + trial->range.start, trial->range.length);
	/* From here on there is something to be put back, and no time to end. */
	device_defer_signals(true);
	report_phase(&device->report, "pattern", 3 * (uint64_t)trial->range.length);
	trial->pattern_good =
		flash_write(device->flash, &trial->range, 1, trial->wanted, trial->old);
	report_phase_end(&device->report);
	if (device_signal())
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "stopped by a signal: what was there is put back first");
	trial->restored = !trial->pattern_good && flash_done(device->flash) != PROXY_CHANGED;
	/* After a failure nothing more is sent to the die in the same session. */
	if (!trial->restored &&
	    (trial->pattern_good || (device_close(device), reopen(device, trial))))
		put_back(device, trial);
	device_defer_signals(false);
	if (!trial->restored)
		observer_raise(observer, TROUBLE_NOT_WRITTEN, NO_RANGE,
			       "what was there could not be put back: it is in %s, for address "
			       "0x%06x",
			       save_path(trial), (unsigned)trial->range.start);
	return trial->pattern_good && trial->restored;
}

static int print_result(struct device *device, const struct trial *trial)
{
	struct json *json = report_result(&device->report, COMMAND_DONE);
	char text[64];

	if (json) {
		json_bool(json, "dry_run", false);
		json_range(json, trial->range.start, trial->range.length);
		if (trial->wished_save)
			json_text(json, "saved", trial->wished_save);
		else
			json_no_value(json, "saved");
	} else {
		printf("%s: good. It was written and verified, and is as it was before.\n",
		       range_text(trial->range, text));
	}
	report_result_end(&device->report);
	return COMMAND_DONE;
}

static int test(struct device *device, struct trial *trial)
{
	const struct observer *observer = &device->report.observer;

	trial->old = calloc(3, device->part->size);
	if (!trial->old) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return device_failed(device);
	}
	trial->now = trial->old + device->part->size;
	trial->wanted = trial->now + device->part->size;
	if (!read_steadily(device, trial) ||
	    !output_whole(save_path(trial), trial->old + trial->range.start, trial->range.length,
			  OUTPUT_NEW, observer))
		return device_failed(device);
	if (!try_pattern(device, trial) || device_signal() || !device_close(device)) {
		/* Nothing is lost that would be needed. */
		if (trial->restored && !trial->wished_save)
			unlink(save_path(trial));
		return device_failed(device);
	}
	if (!trial->wished_save)
		unlink(save_path(trial));
	return print_result(device, trial);
}

static int run(const struct command_line *line)
{
	bool dry_run = line->option[OPTION_DRY_RUN] != NULL;
	struct trial trial = {.line = line, .wished_save = line->option[OPTION_SAVE]};
	struct device device;
	int status;

	device_begin(&device, &command_test, line);
	if (!area_wish(NULL, line->option[OPTION_AT], line->option[OPTION_SIZE],
		       &device.report.observer, &trial.wish))
		return device_usage(&device);
	if (trial.wish.has_at != trial.wish.has_size) {
		observer_raise(&device.report.observer, TROUBLE_USAGE, NO_RANGE,
			       "--at and --size go together");
		return device_usage(&device);
	}
	if (!device_open(&device, &command_test, line,
			 dry_run ? DEVICE_READS : DEVICE_WRITES | DEVICE_RESTORES) ||
	    !device_look(&device) || !device_agrees(&device) || !find_range(&device, &trial) ||
	    !spares_rf(&device, &trial))
		return device_failed(&device);
	name_save(&trial, &device);
	if (dry_run)
		return say_intent(&device, &trial);
	status = test(&device, &trial);
	free(trial.old);
	return status;
}

const struct command command_test = {
	.name = "test",
	.words = "",
	.summary = "Write a pattern to a piece of the flash, and put back what was there",
	.about = "Without --at and --size it is the last 64 KiB that belong to no region\n"
		 "of the SoC, if there are any. The content is read twice and saved in a\n"
		 "file in this directory before anything is changed. The file is removed\n"
		 "when the content is back; after a failure it stays.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
