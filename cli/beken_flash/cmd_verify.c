/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash verify: compare a file with the flash. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "image/placement.h"
#include "engine/read_file.h"

#define DIFFERS 3

enum { OPTION_REGION = DEVICE_OPTION_COUNT, OPTION_AT, OPTION_SIZE, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_REGION] = AREA_REGION_OPTION,
	[OPTION_AT] = AREA_AT_OPTION,
	[OPTION_SIZE] = AREA_SIZE_OPTION,
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_status statuses[] = {
	{DIFFERS, "the flash holds something else"},
	{0, NULL},
};

static const struct command_example examples[] = {
	{"Is what was downloaded in the flash?", "beken-flash verify OpenBK7231N_QIO.bin"},
	{"Is the calibration still that of the backup?", "beken-flash verify --region=rf rf.bin"},
	{NULL, NULL},
};

/* The bytes of the file, and where in the flash they belong. */
struct content {
	const char *path;
	uint8_t *data;
	size_t size;
	size_t rotation; /* the byte that comes first; those before it come last */
};

struct comparison {
	struct range range;
	size_t different;
	uint32_t first; /* address of the first one */
};

/* By what the file is, where the user does not say. */
static bool find_place(struct content *content, const struct chipdb_soc *soc, uint32_t flash_size,
		       const struct observer *observer, struct area_wish *wish)
{
	struct placement placement;
	struct image image;

	if (wish->regions || wish->has_at)
		return true;
	wish->has_at = true;
	wish->at = 0;
	if (!image_identify(content->data, content->size, &image)) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	placement_find(&image, soc, flash_size, PLACEMENT_ANYWHERE, &placement);
	if (image.has_address && placement.address < flash_size) {
		wish->at = (uint32_t)placement.address;
		content->rotation = placement.rotation;
	} else if (content->size != flash_size) {
		observer_raise(observer, TROUBLE_WRONG_PLACE, NO_RANGE,
			       "where %s belongs cannot be told from it: say --at or --region",
			       content->path);
		return false;
	}
	return true;
}

static bool find_range(struct content *content, struct area_wish *wish, struct device *device,
		       struct range *range)
{
	const struct observer *observer = &device->report.observer;
	struct ranges area;

	if (!find_place(content, device_soc(device), device->part->size, observer, wish))
		return false;
	if (!wish->regions && !wish->has_size) {
		wish->has_size = true;
		wish->size = (uint32_t)content->size;
	}
	if (!area_find(wish, device_soc(device), device->part->size, observer, &area))
		return false;
	*range = area.range[0];
	if (content->size > range->length && !wish->has_size) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s has %zu bytes, but the region has %u", content->path,
			       content->size, (unsigned)range->length);
		return false;
	}
	if (content->size < range->length) {
		if (wish->has_size) {
			observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
				       "%s has only %zu bytes", content->path, content->size);
			return false;
		}
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "%s has %zu of the %u bytes of the region: only they "
			      "are compared",
			      content->path, content->size, (unsigned)range->length);
		range->length = (uint32_t)content->size;
	}
	return true;
}

static bool compare(struct device *device, const struct content *content,
		    struct comparison *comparison)
{
	const struct range range = comparison->range;
	uint8_t *die = malloc(device->part->size);
	bool good;

	if (!die) {
		observer_raise(&device->report.observer, TROUBLE_NO_MEMORY, NO_RANGE,
			       "out of memory");
		return false;
	}
	report_phase(&device->report, "verify", range.length);
	good = flash_read(device->flash, &range, 1, die) && device_close(device);
	report_phase_end(&device->report);
	for (uint32_t i = 0; good && i < range.length; i++) {
		size_t at = (i + content->rotation) % content->size;

		if (die[range.start + i] == content->data[at])
			continue;
		if (comparison->different++ == 0)
			comparison->first = range.start + i;
	}
	free(die);
	return good;
}

static int print_result(struct device *device, const struct content *content,
			const struct comparison *comparison)
{
	int status = comparison->different ? DIFFERS : COMMAND_DONE;
	struct json *json = report_result(&device->report, status);
	char text[64];

	range_text(comparison->range, text);
	if (json) {
		json_bool(json, "dry_run", false);
		json_text(json, "file", content->path);
		json_range(json, comparison->range.start, comparison->range.length);
		json_number(json, "different", comparison->different);
		if (comparison->different)
			json_number(json, "first_different", comparison->first);
		else
			json_no_value(json, "first_different");
	} else if (comparison->different) {
		printf("%s: the flash differs in %zu bytes, the first at 0x%06x\n", text,
		       comparison->different, (unsigned)comparison->first);
	} else {
		printf("%s: the same\n", text);
	}
	report_result_end(&device->report);
	return status;
}

static int say_intent(struct device *device, const struct content *content, struct range range)
{
	struct intent intent = {0};
	char text[64];

	intent_action(&intent, "compare %s with %s", range_text(range, text), content->path);
	estimate_read(&intent.time, range.length);
	return intent_result(&intent, device);
}

static int verify(struct device *device, const struct command_line *line, struct area_wish *wish,
		  struct content *content)
{
	struct comparison comparison = {.different = 0};

	if (!device_open(device, &command_verify, line, DEVICE_READS) || !device_look(device) ||
	    !find_range(content, wish, device, &comparison.range))
		return device_failed(device);
	if (line->option[OPTION_DRY_RUN])
		return say_intent(device, content, comparison.range);
	if (!compare(device, content, &comparison))
		return device_failed(device);
	return print_result(device, content, &comparison);
}

static bool read_content(struct content *content, const struct observer *observer)
{
	content->data = read_file(content->path, &content->size);
	if (!content->data)
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", content->path,
			       errno == EFBIG ? "too large for any flash" : strerror(errno));
	else if (content->size == 0)
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s is empty",
			       content->path);
	return content->data && content->size > 0;
}

static int run(const struct command_line *line)
{
	struct content content = {.path = line->words[0]};
	const char *region = line->option[OPTION_REGION];
	struct device device;
	struct area_wish wish;
	int status;

	device_begin(&device, &command_verify, line);
	if (!area_wish(region, line->option[OPTION_AT], line->option[OPTION_SIZE],
		       &device.report.observer, &wish))
		return device_usage(&device);
	if (region && strchr(region, ',')) {
		observer_raise(&device.report.observer, TROUBLE_USAGE, NO_RANGE,
			       "a file holds one region: verify them one by one");
		return device_usage(&device);
	}
	status = read_content(&content, &device.report.observer)
			 ? verify(&device, line, &wish, &content)
			 : device_failed(&device);
	free(content.data);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Compare a file with the flash",
	.about = "Without --region and --at it is compared where it belongs, by what it is\n"
		 "(see identify). With --size only so many of its bytes are compared. FILE\n"
		 "may be a pipe.\n",
	.options = options,
	.statuses = statuses,
	.examples = examples,
	.run = run,
};
