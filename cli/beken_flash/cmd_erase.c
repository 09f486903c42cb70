/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash erase: a region, a range, or everything except what is unique to the module. */
#include <stdio.h>

#include "cli/beken_flash/area_options.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_erase.h"

static const struct command_example examples[] = {
	{"Delete the settings of Tuya's firmware:", "beken-flash erase --region=tuya"},
	{"Two sectors, from a script, with a backup of an earlier day:",
	 "beken-flash erase --at=0x1ed000 --size=8K --backup=lamp.bin --yes"},
	{"What would be erased, and what would stay?", "beken-flash erase --all --dry-run"},
	{NULL, NULL},
};

static bool parse(struct device *device, const struct command_line *line, struct erase_wish *wish)
{
	const struct observer *observer = device->session.observer;
	bool all = line->option[OPTION_ALL] != NULL;

	*wish = (struct erase_wish){.backup = line->option[OPTION_BACKUP],
				    .no_backup = line->option[OPTION_NO_BACKUP],
				    .dry = line->option[OPTION_DRY_RUN]};
	device->options.writes = !wish->dry;
	device->again = wish->no_backup ? "" : ", with --no-backup";
	if (!device_backup_options(device, line))
		return false;
	if (!area_parse(line, observer, &wish->area))
		return false;
	if (all && (wish->area.regions || wish->area.has_at || wish->area.has_size)) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
			       "--all cannot be combined with --region, --at or --size");
		return false;
	}
	if (!all && !wish->area.regions && (!wish->area.has_at || !wish->area.has_size)) {
		observer_raise(
			observer, TROUBLE_USAGE, NO_RANGE,
			"give a range: --region=NAME, or --at=ADDRESS and --size=SIZE, or --all");
		return false;
	}
	wish->with = (struct keep_not){
		.rf = line->option[OPTION_WITH_RF],
		.net = !all || line->option[OPTION_WITH_NET],
		.data = true,
		.named = wish->area.regions,
	};
	if (!device_consents(device, line))
		return false;
	if (ask_is_possible(&device->ask, TROUBLE_NOT_CONFIRMED))
		return true;
	/* Before the chip is touched, since it would be refused anyway. */
	observer_raise(observer, TROUBLE_NOT_CONFIRMED, NO_RANGE, "there is no terminal to ask at");
	return false;
}

/* The code without which the module does not start; or NULL. */
static const char *code_that_goes(const struct erase_job *erase)
{
	if (!erase->boot_goes)
		return erase->app_goes ? "the application: the module does nothing until one is "
					 "written again"
				       : NULL;
	return erase->app_goes ? "the bootloader and the application: the module does not start "
				 "until both are written again with this adapter"
			       : "the bootloader: the module does not start until it is written "
				 "again with this adapter";
}

static int say_dry(struct device *device, const struct erase_job *erase)
{
	struct say_plan plan = {.action_count = 0};
	const char *code = code_that_goes(erase);
	char text[RANGE_TEXT];

	say_protection(&plan, &device->session);
	if (!erase->wish.no_backup && erase->present.kind == PRESENT_SAVED)
		say_action(&plan, "make a backup");
	for (size_t i = 0; i < erase->area.count; i++)
		say_action(&plan, "erase %s", range_text(erase->area.range[i], text));
	for (size_t i = 0; i < erase->around.count; i++)
		say_action(&plan, "erase %s with it, and write it back",
			   range_text(erase->around.range[i], text));
	for (size_t i = 0; i < erase->spare.kept.count; i++)
		say_action(&plan, "keep %s", range_text(erase->spare.kept.range[i], text));
	erase_estimate(erase, &plan.time);
	estimate_read(&plan.time, &device->session.cost, erase_read_bytes(erase));
	if (erase->wish.no_backup)
		say_risk(&plan, "what is there now; without --no-backup a backup is made first");
	if (code)
		say_risk(&plan, "%s", code);
	if (erase->spare.rf_goes)
		say_risk(&plan, "the calibration and the MAC address, which %s",
			 erase->wish.no_backup ? "cannot be recovered"
					       : "are then only in the backup");
	if (plan.risk_count == 0)
		say_risk(&plan, "what is there now, of which the backup has a copy");
	return say_plan(&plan, device);
}

static bool ask(struct device *device, const struct erase_job *erase)
{
	const struct observer *observer = device->session.observer;
	const char *code = code_that_goes(erase);
	char text[RANGE_TEXT], size[24];

	for (size_t i = 0; i < erase->area.count; i++)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE, "erasing %s",
			      range_text(erase->area.range[i], text));
	for (size_t i = 0; i < erase->spare.kept.count; i++)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "keeping %s, which is unique to this module",
			      range_text(erase->spare.kept.range[i], text));
	if (code)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE, "this erases %s", code);
	if (erase->spare.rf_goes)
		observer_note(observer, NOTE_WARN, TROUBLE_IDENTITY_LOST,
			      "the calibration and the MAC address are erased with it; %s",
			      erase->wish.no_backup ? "they cannot be recovered"
						    : "they are then only in the backup");
	return session_ask(&device->session, TROUBLE_NOT_CONFIRMED, "Erase %s of the flash?",
			   range_size_text(ranges_bytes(&erase->area), size));
}

static int say_done(struct device *device, const struct erase_job *erase)
{
	struct json *json = device_result(device);
	const char *backup = erase->present.backup.path;
	char size[24];

	if (json) {
		json_bool(json, "dry_run", false);
		json_ranges(json, "erased", erase->area.range, erase->area.count);
		json_ranges(json, "kept", erase->spare.kept.range, erase->spare.kept.count);
		json_number(json, "unknown_bytes", device->session.unknown_bytes);
		json_text_or_none(json, "backup", backup);
	} else {
		say("Erased and verified: %s%s%s.\n",
		    range_size_text(ranges_bytes(&erase->area), size),
		    backup[0] ? "; the old content is in " : "", backup);
	}
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	struct erase_job erase = {.present.backup.output.fd = -1, .unfinished.lock = -1};
	struct erase_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_erase, line);
	if (!parse(&device, line, &wish) ||
	    !erase_plan_job(&erase, &device.session, &device.options, &wish))
		status = device_failed(&device);
	else if (wish.dry)
		status = say_dry(&device, &erase);
	else if (!ask(&device, &erase) || !erase_do_job(&erase))
		status = device_failed(&device);
	else
		status = say_done(&device, &erase);
	erase_free_job(&erase);
	return status;
}

const struct command command_erase = {
	.name = "erase",
	.words = "",
	.summary = "Erase a region, a range, or all but calibration and MAC, after a backup",
	.about = "The calibration of the radio and the MAC address are unique to this module,\n"
		 "and cannot be recovered. They stay, wherever they are found, unless their\n"
		 "region is named or --with-rf is given. With --all the network settings stay\n"
		 "as well, unless --with-net is given. A backup is made first. What was erased\n"
		 "is read back to check that it is blank. Write protection is lifted for this,\n"
		 "and put back at the end with --params=unprotect=restore. For a range that is\n"
		 "not a whole number of sectors it asks (--yes=partial-sector).\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES_AREA | TAKES(ALL) | TAKES(WITH_RF) | TAKES(WITH_NET) |
		 TAKES(BACKUP) | TAKES(NO_BACKUP) | TAKES(YES) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
