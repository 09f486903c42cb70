/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash backup: the whole die as a file, read until two readings agree. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/backup.h"
#include "engine/content.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "engine/reading.h"

enum { OPTION_DRY_RUN = DEVICE_OPTION_COUNT };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"Before anything else:", "beken-flash backup"},
	{NULL, NULL},
};

static void say_result(struct device *device, const struct backup_file *backup,
		       const struct content *content, unsigned readings)
{
	const struct manifest *manifest = &backup->manifest;
	struct json *json = report_result(&device->report, COMMAND_DONE);

	if (!json) {
		printf("%s: %u bytes, %u readings, two of which agree\n", backup->path,
		       (unsigned)manifest->size, readings);
		printf("  %s, %s, MAC %s; SHA-256 %s\n",
		       manifest->soc[0] ? manifest->soc : "unknown SoC", manifest->part,
		       content->mac[0] ? content->mac : "unknown", manifest->sha256);
		return;
	}
	json_bool(json, "dry_run", false);
	json_text(json, "file", backup->path);
	json_number(json, "size", manifest->size);
	json_number(json, "readings", readings);
	json_text(json, "sha256", manifest->sha256);
	if (manifest->soc[0])
		json_text(json, "soc", manifest->soc);
	else
		json_no_value(json, "soc");
	if (content->mac[0])
		json_text(json, "mac", content->mac);
	else
		json_no_value(json, "mac");
}

static int say_intent(struct device *device)
{
	struct intent intent = {0};

	intent_action(&intent, "read the whole flash twice, %u KiB",
		      (unsigned)(device->part->size / 1024));
	estimate_read(&intent.time, 2 * (uint64_t)device->part->size);
	return intent_result(&intent, device);
}

static int run(const struct command_line *line)
{
	struct backup_file backup = {.output.fd = -1};
	struct content *content = calloc(1, sizeof(*content));
	const char *wish = line->word_count ? line->words[0] : NULL;
	struct device device;
	uint8_t *die = NULL;
	unsigned readings;
	int status = COMMAND_FAILED;
	bool good;

	if (!content)
		return COMMAND_FAILED;
	good = device_open(&device, &command_backup, line, DEVICE_READS) && device_look(&device) &&
	       backup_open(&backup, &device, wish);
	if (good && line->option[OPTION_DRY_RUN]) {
		backup_discard(&backup);
		free(content);
		return say_intent(&device);
	}
	if (good)
		die = reading_confirmed(&device, wish, &readings);
	good = die && content_look(content, &device, die) &&
	       backup_save(&backup, die, content, device.part->size);
	backup_discard(&backup);
	if (good && device_close(&device)) {
		status = COMMAND_DONE;
		say_result(&device, &backup, content, readings);
		report_result_end(&device.report);
	} else {
		status = device_failed(&device);
	}
	free(die);
	free(content);
	return status;
}

const struct command command_backup = {
	.name = "backup",
	.words = "[FILE]",
	.words_most = 1,
	.summary = "Read the whole flash until two readings agree, with a manifest beside it",
	.about = "Reads until two readings agree. Without FILE the name is made from the\n"
		 "SoC, the MAC address and the date, in the current directory. The\n"
		 "manifest, FILE.json, says what the backup is of. Nothing is ever\n"
		 "overwritten. If no two of four readings agree, they are kept as\n"
		 "FILE.unconfirmed-N, and it fails.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
