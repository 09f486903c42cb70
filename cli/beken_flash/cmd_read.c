/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash read: a piece of the flash, or all of it, into a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/beken_flash/area_options.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_read.h"

static const struct command_example examples[] = {
	{"The calibration and the MAC address:", "beken-flash read --region=rf rf.bin"},
	{"The bootloader:", "beken-flash read --at=0 --size=0x11000 bootloader.bin"},
	{"Straight into another program:", "beken-flash read --region=app - | sha256sum"},
	{NULL, NULL},
};

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool is_free(const char *path, const struct observer *observer)
{
	struct stat found;

	if (is_stdout(path) || lstat(path, &found) != 0)
		return true;
	observer_raise(observer, TROUBLE_FILE_EXISTS, NO_RANGE,
		       "%s exists already, and is never overwritten%s", path,
		       S_ISREG(found.st_mode)
			       ? ": choose another name"
			       : "; \"-\" is standard output, for a pipe or a device");
	return false;
}

static bool parse(struct device *device, const struct command_line *line, struct area_wish *wish)
{
	const struct observer *observer = device->session.observer;

	if (is_stdout(line->words[0]) && line->option[OPTION_JSON]) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--json and the content cannot both be on standard output");
		return false;
	}
	return area_parse_one(line, observer, wish) && is_free(line->words[0], observer);
}

static int say_dry(struct device *device, const struct read_job *read, const char *path, bool once)
{
	struct say_plan plan = {.action_count = 0};
	char text[RANGE_TEXT];

	say_action(&plan, "read %s %s into %s", range_text(read->range, text),
		   once ? "once" : "twice", path);
	estimate_read(&plan.time, &device->session.cost,
		      (once ? 1 : 2) * (uint64_t)read->range.length);
	return say_plan(&plan, device);
}

static bool print(const struct read_job *read)
{
	const uint8_t *data = read->die + read->range.start;

	if (fwrite(data, 1, read->range.length, stdout) == read->range.length &&
	    fflush(stdout) == 0)
		return true;
	observer_raise(read->session->observer, TROUBLE_FILE, NO_RANGE, "standard output: %s",
		       strerror(errno));
	return false;
}

static int say_done(struct device *device, const struct read_job *read, const char *path)
{
	struct json *json = device_result(device);
	char text[RANGE_TEXT];

	if (json) {
		json_bool(json, "dry_run", false);
		json_text(json, "file", path);
		json_range(json, read->range.start, read->range.length);
		steady_json(&read->steadiness, json);
	} else if (!is_stdout(path)) {
		say("%s: %s%s\n", path, range_text(read->range, text),
		    read->steadiness.bits ? ", read twice" : "");
	}
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	const char *path = line->words[0];
	bool once = line->option[OPTION_ONCE];
	struct read_job read = {.die = NULL};
	struct area_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_read, line);
	if (!parse(&device, line, &wish) ||
	    !read_plan_job(&read, &device.session, &device.options, &wish))
		return device_failed(&device);
	if (line->option[OPTION_DRY_RUN])
		return say_dry(&device, &read, path, once);
	if (read_do_job(&read, is_stdout(path) ? NULL : path, once) &&
	    (!is_stdout(path) || print(&read)))
		status = say_done(&device, &read, path);
	else
		status = device_failed(&device);
	read_free_job(&read);
	return status;
}

const struct command command_read = {
	.name = "read",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Read a region, or a range of addresses, into a new file",
	.about = "Without --region, --at and --size it is the whole flash. It is read twice,\n"
		 "and where the readings differ, again until it is clear what is there. FILE\n"
		 "appears when all of it was read; an existing file is never replaced. \"-\" is\n"
		 "standard output. For a backup, use the command backup, which makes a\n"
		 "manifest as well.\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES_AREA | TAKES(ONCE) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
