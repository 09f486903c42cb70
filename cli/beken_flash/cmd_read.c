/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash read: a piece of the flash, or all of it, into a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/area.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "engine/output_file.h"

enum { OPTION_REGION = DEVICE_OPTION_COUNT, OPTION_AT, OPTION_SIZE, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_REGION] = AREA_REGION_OPTION,
	[OPTION_AT] = AREA_AT_OPTION,
	[OPTION_SIZE] = AREA_SIZE_OPTION,
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"The calibration and the MAC address:", "beken-flash read --region=rf rf.bin"},
	{"The bootloader:", "beken-flash read --at=0 --size=0x11000 bootloader.bin"},
	{"Straight into another program:", "beken-flash read --region=app - | sha256sum"},
	{NULL, NULL},
};

/* Where it goes. It is opened before anything is read, so that no time is wasted. */
struct target {
	const char *path;
	bool is_stdout;
	struct output_file file;
};

static bool target_is_free(const struct target *target, const struct observer *observer)
{
	struct stat found;

	if (target->is_stdout || lstat(target->path, &found) != 0)
		return true;
	observer_raise(observer, TROUBLE_FILE_EXISTS, NO_RANGE,
		       "%s is there already, and is never overwritten%s", target->path,
		       S_ISREG(found.st_mode)
			       ? ": choose another name"
			       : "; \"-\" is standard output, for a pipe or a device");
	return false;
}

static bool open_target(struct target *target, size_t size, const struct observer *observer)
{
	target->file.fd = -1;
	return target->is_stdout || output_open(&target->file, target->path, size, observer);
}

static bool write_target(struct target *target, const uint8_t *data, size_t size,
			 const struct observer *observer)
{
	enum output_result result;

	if (target->is_stdout) {
		if (fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0)
			return true;
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "standard output: %s",
			       strerror(errno));
		return false;
	}
	if (!output_write(&target->file, data, size))
		return false;
	result = output_commit(&target->file, target->path, OUTPUT_NEW);
	if (result == OUTPUT_EXISTS)
		observer_raise(observer, TROUBLE_FILE_EXISTS, NO_RANGE,
			       "%s has appeared meanwhile, and is never overwritten", target->path);
	return result == OUTPUT_DONE;
}

static bool read_into(struct device *device, const struct ranges *area, struct target *target)
{
	const struct observer *observer = &device->report.observer;
	size_t size = ranges_bytes(area);
	uint8_t *die;
	bool good;

	if (!open_target(target, size, observer))
		return false;
	die = malloc(device->part->size);
	if (!die)
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
	report_phase(&device->report, "read", size);
	/* Only at the end it is known that the chip was there all the time. */
	good = die && flash_read(device->flash, area->range, area->count, die) &&
	       device_close(device) &&
	       write_target(target, die + area->range[0].start, size, observer);
	report_phase_end(&device->report);
	output_discard(&target->file);
	free(die);
	return good;
}

static int say_intent(struct device *device, const struct ranges *area, const struct target *target)
{
	struct intent intent = {0};
	char text[64];

	intent_action(&intent, "read %s into %s", range_text(area->range[0], text), target->path);
	estimate_read(&intent.time, ranges_bytes(area));
	return intent_result(&intent, device);
}

static void print_result(struct device *device, const struct ranges *area,
			 const struct target *target)
{
	struct json *json = report_result(&device->report, COMMAND_DONE);
	char text[64];

	if (json) {
		json_bool(json, "dry_run", false);
		json_text(json, "file", target->path);
		json_range(json, area->range[0].start, area->range[0].length);
	} else if (!target->is_stdout) {
		printf("%s: %s\n", target->path, range_text(area->range[0], text));
	}
	report_result_end(&device->report);
}

static bool parse(struct device *device, const struct command_line *line, struct area_wish *wish,
		  struct target *target)
{
	const struct observer *observer = &device->report.observer;

	*target = (struct target){.path = line->words[0]};
	target->is_stdout = strcmp(target->path, "-") == 0;
	if (target->is_stdout && line->option[DEVICE_JSON]) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--json and the content cannot both be on standard output");
		return false;
	}
	if (line->option[OPTION_REGION] && strchr(line->option[OPTION_REGION], ',')) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "a file holds one region: read them one by one");
		return false;
	}
	return area_wish(line->option[OPTION_REGION], line->option[OPTION_AT],
			 line->option[OPTION_SIZE], observer, wish);
}

static int run(const struct command_line *line)
{
	struct device device;
	struct area_wish wish;
	struct ranges area;
	struct target target;

	device_begin(&device, &command_read, line);
	if (!parse(&device, line, &wish, &target))
		return device_usage(&device);
	if (!target_is_free(&target, &device.report.observer))
		return device_failed(&device);
	if (!device_open(&device, &command_read, line, DEVICE_READS) || !device_look(&device) ||
	    !area_find(&wish, device_soc(&device), device.part->size, &device.report.observer,
		       &area))
		return device_failed(&device);
	if (line->option[OPTION_DRY_RUN])
		return say_intent(&device, &area, &target);
	if (!read_into(&device, &area, &target))
		return device_failed(&device);
	print_result(&device, &area, &target);
	return COMMAND_DONE;
}

const struct command command_read = {
	.name = "read",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Read a region, or a range of addresses, into a new file",
	.about = "Without --region, --at and --size it is the whole flash. FILE appears\n"
		 "when all of it was read; a file that is there already is never replaced.\n"
		 "\"-\" is standard output. For keeps, use backup, which reads everything\n"
		 "twice.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
