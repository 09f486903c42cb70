/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash erase: a region, a range, or all but what only this module has. */
#include <stdio.h>

#include "engine/area.h"
#include "cli/beken_flash/confirm.h"
#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "engine/spare.h"

enum {
	OPTION_REGION = DEVICE_OPTION_COUNT,
	OPTION_AT,
	OPTION_SIZE,
	OPTION_ALL,
	OPTION_WITH_RF,
	OPTION_WITH_NET,
	OPTION_YES,
	OPTION_DRY_RUN,
};

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_REGION] = {"region", ARGUMENT_REGION,
			   "this region of the SoC, by its name (see info); several are fine",
			   true},
	[OPTION_AT] = AREA_AT_OPTION,
	[OPTION_SIZE] = AREA_SIZE_OPTION,
	[OPTION_ALL] = {"all", NULL, "the whole flash, but for what is kept", false},
	[OPTION_WITH_RF] = {"with-rf", NULL, "the calibration and the MAC address, too", false},
	[OPTION_WITH_NET] = {"with-net", NULL, "with --all: the network settings, too", false},
	[OPTION_YES] = CONFIRM_OPTION,
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"Forget the settings of Tuya's firmware:", "beken-flash erase --region=tuya"},
	{"Two sectors, from a script:", "beken-flash erase --at=0x1ed000 --size=8K --yes"},
	{"What would go, and what would stay?", "beken-flash erase --all --dry-run"},
	{NULL, NULL},
};

struct job {
	struct area_wish wish;
	struct ranges area;
	struct keep_not without;
	struct spare spare;
};

static bool parse(struct device *device, const struct command_line *line, struct job *job)
{
	const struct observer *observer = &device->report.observer;
	bool all = line->option[OPTION_ALL] != NULL;

	if (!area_wish(line->option[OPTION_REGION], line->option[OPTION_AT],
		       line->option[OPTION_SIZE], observer, &job->wish))
		return false;
	if (all && (job->wish.regions || job->wish.has_at || job->wish.has_size)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--all goes with none of --region, --at and --size");
		return false;
	}
	if (!all && !job->wish.regions && (!job->wish.has_at || !job->wish.has_size)) {
		observer_raise(
			observer, TROUBLE_USAGE, NO_RANGE,
			"say what: --region=NAME, or --at=ADDRESS and --size=SIZE, or --all");
		return false;
	}
	job->without = (struct keep_not){
		.rf = line->option[OPTION_WITH_RF],
		.net = !all || line->option[OPTION_WITH_NET],
		.data = true,
		.named = job->wish.regions,
	};
	return line->option[OPTION_DRY_RUN] || confirm_possible(line->option[OPTION_YES], observer);
}

static bool find(struct device *device, struct job *job)
{
	if (!area_find(&job->wish, device_soc(device), device->part->size, &device->report.observer,
		       &job->area) ||
	    !spare_find(&job->spare, device, &job->without, &job->area))
		return false;
	if (job->area.count > 0)
		return true;
	observer_raise(&device->report.observer, TROUBLE_IDENTITY_LOST, NO_RANGE,
		       "all of that is calibration, which is kept: say --with-rf "
		       "if it has to go");
	return false;
}

static int say_intent(struct device *device, const struct job *job)
{
	struct intent intent = {0};
	uint32_t sector = device->part->erase[0].size;
	char text[64];

	for (size_t i = 0; i < job->area.count; i++) {
		struct range range = job->area.range[i];

		intent_action(&intent, "erase %s", range_text(range, text));
		if (range.start % sector || (range.start + range.length) % sector)
			intent_risk(&intent,
				    "the rest of sectors of which %s is only a part: it "
				    "is written back, and lost if the power fails then",
				    text);
	}
	for (size_t i = 0; i < job->spare.kept.count; i++)
		intent_action(&intent, "keep %s", range_text(job->spare.kept.range[i], text));
	estimate_erase(&intent.time, device->part, job->area.range, job->area.count);
	estimate_read(&intent.time, ranges_bytes(&job->area));
	intent_risk(&intent, "what is there now; make a backup first");
	if (job->spare.rf_goes)
		intent_risk(&intent, "the calibration and the MAC address, which nobody can give "
				     "back");
	return intent_result(&intent, device);
}

static bool ask(struct device *device, const struct job *job, bool yes)
{
	char text[64], size[24], question[96];

	for (size_t i = 0; i < job->area.count; i++)
		observer_note(&device->report.observer, NOTE_INFO, TROUBLE_NONE, "erasing %s",
			      range_text(job->area.range[i], text));
	for (size_t i = 0; i < job->spare.kept.count; i++)
		observer_note(&device->report.observer, NOTE_INFO, TROUBLE_NONE,
			      "keeping %s, which only this module has",
			      range_text(job->spare.kept.range[i], text));
	if (job->spare.rf_goes)
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "the calibration and the MAC address go with it; "
			      "nobody can give them back");
	snprintf(question, sizeof(question), "Erase %s of the flash?",
		 range_size_text(ranges_bytes(&job->area), size));
	return confirm(yes, question, &device->report.observer);
}

static void print_result(struct device *device, const struct job *job)
{
	struct json *json = report_result(&device->report, COMMAND_DONE);
	char size[24];

	if (json) {
		json_bool(json, "dry_run", false);
		json_ranges(json, "erased", job->area.range, job->area.count);
		json_ranges(json, "kept", job->spare.kept.range, job->spare.kept.count);
	} else {
		printf("Erased and verified: %s.\n",
		       range_size_text(ranges_bytes(&job->area), size));
	}
	report_result_end(&device->report);
}

static bool erase(struct device *device, const struct job *job)
{
	bool good;

	/* Each byte is erased, and read to see that it is blank. */
	report_phase(&device->report, "erase", 2 * (uint64_t)ranges_bytes(&job->area));
	good = flash_erase(device->flash, job->area.range, job->area.count);
	report_phase_end(&device->report);
	return good && device_close(device);
}

static int run(const struct command_line *line)
{
	bool dry_run = line->option[OPTION_DRY_RUN] != NULL;
	struct device device;
	struct job job;

	device_begin(&device, &command_erase, line);
	if (!parse(&device, line, &job))
		return device_usage(&device);
	if (!device_open(&device, &command_erase, line, dry_run ? DEVICE_READS : DEVICE_WRITES) ||
	    !device_look(&device) || !device_agrees(&device) || !find(&device, &job))
		return device_failed(&device);
	if (dry_run)
		return say_intent(&device, &job);
	if (!ask(&device, &job, line->option[OPTION_YES]) || !erase(&device, &job))
		return device_failed(&device);
	print_result(&device, &job);
	return COMMAND_DONE;
}

const struct command command_erase = {
	.name = "erase",
	.words = "",
	.summary = "Erase a region, a range of addresses, or all but calibration and MAC",
	.about = "The calibration of the radio and the MAC address belong to this one\n"
		 "module, and nobody can give them back. They stay, wherever they are\n"
		 "found, unless their region is named or --with-rf is said. With --all the\n"
		 "network settings stay as well, unless --with-net is said. What was erased\n"
		 "is read to see that it is blank. Write protection is lifted for it, and\n"
		 "put back at the end with --params=unprotect=restore.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
