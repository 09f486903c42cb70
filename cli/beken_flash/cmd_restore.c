/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash restore: the die as it was in a backup, or some regions of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/backup.h"
#include "engine/content.h"
#include "engine/job.h"
#include "engine/module.h"
#include "engine/reading.h"

enum {
	OPTION_REGIONS = DEVICE_OPTION_COUNT,
	OPTION_NO_MANIFEST,
	OPTION_CLONE,
	OPTION_PROTECT,
	OPTION_DRY_RUN,
};

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_REGIONS] = {"regions", "NAME,...",
			    "only these regions of the manifest, as in rf,net", false},
	[OPTION_NO_MANIFEST] = {"no-manifest", NULL, "the backup has none, and is taken as it is",
				false},
	[OPTION_CLONE] = {"yes-clone-mac", NULL, "it may be the backup of another module", false},
	[OPTION_PROTECT] = {"protect", NULL, "put write protection back as it was found", false},
	[OPTION_DRY_RUN] = {"dry-run", NULL, "say what would be done, and change nothing", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"As it was:", "beken-flash restore backup.bin"},
	{"The calibration alone:", "beken-flash restore --regions=rf backup.bin"},
	{NULL, NULL},
};

struct restore {
	const struct command_line *line;
	const char *path;
	struct device device;
	struct manifest manifest;
	bool has_manifest;
	uint8_t *saved, *present;
	struct content content;
	struct plan plan;
	struct backup_file backup; /* of another module's content, before it is overwritten */
	bool refused, clones;
	struct journal old;  /* of a job that is not finished */
	struct ranges taken; /* with --regions */
	struct job job;
	int lock; /* of journal_lock() */
};

static bool given(const struct restore *restore, unsigned option)
{
	return restore->line->option[option] != NULL;
}

static bool refuse(struct restore *restore)
{
	restore->refused = true;
	return false;
}

static bool load(struct restore *restore)
{
	const struct observer *observer = &restore->device.report.observer;

	restore->saved = backup_load(&restore->device, restore->path, &restore->manifest,
				     &restore->has_manifest);
	if (!restore->saved)
		return refuse(restore);
	if (!restore->has_manifest && !given(restore, OPTION_NO_MANIFEST)) {
		observer_raise(
			observer, TROUBLE_NO_BACKUP, NO_RANGE,
			"%s has no manifest beside it (%s" MANIFEST_SUFFIX "), so nobody knows "
			"whether it is whole, and of which module. --no-manifest takes it as it "
			"is; beken-flash write looks into it first",
			restore->path, restore->path);
		return refuse(restore);
	}
	if (restore->has_manifest && restore->manifest.confirmed < restore->manifest.size)
		observer_note(
			observer, NOTE_WARN, TROUBLE_NONE,
			"%u KiB of this backup were read only once when it was made: a bit of "
			"them may be wrong",
			(unsigned)((restore->manifest.size - restore->manifest.confirmed) / 1024));
	if (!restore->has_manifest) {
		content_mac(restore->saved, restore->device.part->size, restore->manifest.mac);
		part_id_text(restore->device.part, restore->manifest.id);
	}
	return true;
}

/* Where it is, is the chip database's to say: a manifest can be edited. */
static bool take_region(struct restore *restore, const struct chipdb_soc *soc, const char *name,
			uint8_t *wanted)
{
	const struct manifest_region *saved = manifest_region(&restore->manifest, name);
	const struct observer *observer = &restore->device.report.observer;
	const struct area_wish wish = {.regions = name};
	struct range range;
	struct ranges area;

	if (!area_find(&wish, soc, restore->device.part->size, observer, &area))
		return refuse(restore);
	range = area.range[0];
	if (saved && (saved->range.start != range.start || saved->range.length != range.length)) {
		observer_raise(
			observer, TROUBLE_WRONG_FILE, NO_RANGE,
			"the manifest has %s at 0x%06x (0x%x bytes), but on a %s it is at 0x%06x "
			"(0x%x bytes): it was edited, or made by another version. Without "
			"--regions the whole flash is restored",
			name, (unsigned)saved->range.start, (unsigned)saved->range.length,
			soc->name, (unsigned)range.start, (unsigned)range.length);
		return refuse(restore);
	}
	memcpy(wanted + range.start, restore->saved + range.start, range.length);
	return ranges_add(&restore->taken, range);
}

static const struct chipdb_soc *find_soc(const struct restore *restore)
{
	if (restore->device.told)
		return restore->device.told;
	return restore->has_manifest ? chipdb_soc_by_name(restore->manifest.soc)
				     : content_soc(&restore->content);
}

/* The regions of another SoC are elsewhere, and its code does not run here. */
static bool is_possible(const struct restore *restore, const struct chipdb_soc *soc)
{
	const struct content *content = &restore->content;
	bool possible = content->soc_count == 0;

	for (size_t i = 0; i < content->soc_count; i++)
		possible |= content->socs[i] == soc;
	return possible;
}

/* What is there, with the regions named in @list from the backup. */
static bool take_regions(struct restore *restore, const char *list, uint8_t *wanted)
{
	const struct chipdb_soc *soc = find_soc(restore);
	char name[32];

	if (!soc) {
		observer_raise(
			&restore->device.report.observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			"it is not known which SoC this is, and so not where its regions are: say "
			"it with --soc");
		return refuse(restore);
	}
	if (!device_agrees(&restore->device))
		return refuse(restore);
	if (!is_possible(restore, soc)) {
		observer_raise(
			&restore->device.report.observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			"the regions are those of a %s, and this is a %s: nothing of it belongs "
			"here",
			soc->name, restore->content.socs[0]->name);
		return refuse(restore);
	}
	memcpy(wanted, restore->present, restore->device.part->size);
	for (;;) {
		size_t length = strcspn(list, ",");

		snprintf(name, sizeof(name), "%.*s", (int)length, list);
		if (!take_region(restore, soc, name, wanted))
			return false;
		if (!list[length])
			return true;
		list += length + 1;
	}
}

static bool make_plan(struct restore *restore)
{
	const char *regions = restore->line->option[OPTION_REGIONS];
	const struct chipdb_part *part = restore->device.part;
	uint8_t *wanted = malloc(part->size);
	bool good = wanted != NULL;

	if (!good)
		observer_raise(&restore->device.report.observer, TROUBLE_NO_MEMORY, NO_RANGE,
			       "out of memory");
	else if (regions)
		good = take_regions(restore, regions, wanted);
	else
		memcpy(wanted, restore->saved, part->size);
	if (good)
		good = plan_make_whole(&restore->plan, part, restore->present, wanted);
	free(wanted);
	return good;
}

static bool same_mac(const char *a, const char *b)
{
	return a[0] && strcasecmp(a, b) == 0;
}

static bool is_other_module(const struct restore *restore, char why[MODULE_WHY])
{
	const struct observer silent = {.data = NULL};
	const struct journal *old = &restore->old;
	uint8_t *wanted;
	bool other;

	if (module_has_other_flash(old, restore->device.part, why))
		return true;
	wanted = journal_wanted(old, &silent);
	other = module_is_other(old, restore->present, wanted, why);
	free(wanted);
	return other;
}

/* A job that is not finished ends with this one, if it was this module's and all comes back. */
static bool check_journal(struct restore *restore)
{
	const struct observer *observer = &restore->device.report.observer;
	const struct observer silent = {.data = NULL};
	const struct journal *old = &restore->old;
	enum journal_result found = journal_read(&restore->old, &silent);
	bool all = !restore->line->option[OPTION_REGIONS];
	char why[MODULE_WHY];

	restore->job.unfinished = found != JOURNAL_NONE;
	if (!restore->job.unfinished || given(restore, OPTION_DRY_RUN))
		return true;
	if (found == JOURNAL_BAD && all) {
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the journal of a stopped write is damaged, and goes at the end; if "
			      "that write was to another module, restore that one, too");
		return true;
	}
	if (found == JOURNAL_BAD) {
		observer_raise(observer, TROUBLE_UNFINISHED, NO_RANGE,
			       "the journal of a stopped write is damaged, and some regions do not "
			       "put it right. Restore all, or run beken-flash resume --forget");
		return refuse(restore);
	}
	if (is_other_module(restore, why)) {
		if (!content_rf_is_steady(&restore->device, restore->present))
			return false;
		observer_raise(observer, TROUBLE_UNFINISHED, NO_RANGE,
			       "a %s of %s to another module is not finished: %s. Finish it with "
			       "beken-flash resume, or forget it with beken-flash resume --forget",
			       old->command, old->file, why);
		return refuse(restore);
	}
	if (all)
		return true;
	observer_raise(
		observer, TROUBLE_UNFINISHED, NO_RANGE,
		"a %s of %s is not finished, and some regions do not finish it. Restore all, "
		"or run beken-flash resume first",
		old->command, old->file);
	return refuse(restore);
}

static void make_question(const struct restore *restore, const char *saved_mac, bool other_rf,
			  bool other_mac, char question[300])
{
	const struct manifest *manifest = &restore->manifest;

	if (other_rf)
		snprintf(question, 300,
			 "It is the backup of another module: the calibration of the radio in it "
			 "is not that of this one.");
	else if (other_mac)
		snprintf(
			question, 300,
			"It is the backup of another module: the MAC address in it is %s, and here "
			"it is %s.",
			saved_mac[0] ? saved_mac : "unknown", restore->content.mac);
	else
		snprintf(question, 300,
			 "It is the backup of another module: its flash was %s (ID %s), and this "
			 "is %s.",
			 manifest->part, manifest->id, restore->device.part->name);
}

/* Another flash, MAC or calibration is another module, also if only some regions are taken. */
static bool check_module(struct restore *restore)
{
	uint32_t size = restore->device.part->size;
	const char *own = restore->content.mac;
	char question[300], id[9], mac[MANIFEST_MAC];
	bool other_mac, other_flash, other_rf;

	content_mac(restore->saved, size, mac);
	part_id_text(restore->device.part, id);
	other_flash = strcmp(id, restore->manifest.id) != 0;
	other_mac = own[0] && strcasecmp(own, mac) != 0;
	/* A made-up MAC says nothing; the calibration does. */
	other_rf = !own[0] && restore->content.rf_count > 0 &&
		   !content_same_rf(restore->present, restore->saved, size);
	if ((other_mac || other_rf) && !content_rf_is_steady(&restore->device, restore->present))
		return false;
	/*
	 * A stopped write may have put the other one there; or this is the very module that it
	 * came from. That cannot be told apart: no question, but what is there is kept.
	 */
	if ((other_mac && same_mac(restore->old.mac, mac)) ||
	    (other_rf && module_had_calibration(&restore->old, restore->saved, size))) {
		other_mac = other_rf = false;
		restore->clones = true;
	}
	if (!other_mac && !other_flash && !other_rf)
		return true;
	restore->clones = true;
	make_question(restore, mac, other_rf, other_mac, question);
	return job_ask(&restore->device, question, "--yes-clone-mac", given(restore, OPTION_CLONE),
		       given(restore, OPTION_DRY_RUN)) ||
	       refuse(restore);
}

static bool reads_again(struct restore *restore, const struct range *ranges, size_t count)
{
	struct report *report = &restore->device.report;
	enum reading_same same = reading_compare(&restore->device, restore->present, ranges, count);

	report_phase_end(report);
	if (same == READING_DIFFERS)
		observer_raise(&report->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			       "two readings differ: a bad contact. Shorten the wires, "
			       "check the supply and GND; nothing was changed");
	return same == READING_SAME;
}

/* Of sectors that a region covers in part, the rest is written back. */
static bool check_edges(struct restore *restore)
{
	uint32_t sector = plan_sector(restore->device.part);

	for (size_t i = 0; i < restore->taken.count; i++) {
		const struct range taken = restore->taken.range[i];
		uint32_t start = taken.start, end = taken.start + taken.length;
		const struct range edges[] = {{start - start % sector, sector},
					      {end - end % sector, sector}};

		if (start % sector && !reads_again(restore, &edges[0], 1))
			return false;
		if (end % sector && !reads_again(restore, &edges[1], 1))
			return false;
	}
	return true;
}

/* What another module holds is nowhere else: it is read twice. */
static bool secure(struct restore *restore)
{
	const struct range whole = {0, restore->device.part->size};

	if (!restore->clones)
		return check_edges(restore);
	report_phase(&restore->device.report, "read again", whole.length);
	return reads_again(restore, &whole, 1) &&
	       backup_save(&restore->backup, restore->present, &restore->content, whole.length);
}

static bool prepare(struct restore *restore)
{
	struct device *device = &restore->device;

	if (!load(restore))
		return false;
	restore->present = reading_once(device, "read");
	return restore->present && content_look(&restore->content, device, restore->present) &&
	       make_plan(restore) && check_journal(restore) && check_module(restore);
}

static void say_result(struct restore *restore, bool dry)
{
	struct json *json = report_result(&restore->device.report, COMMAND_DONE);
	const char *regions = restore->line->option[OPTION_REGIONS];

	if (json) {
		json_bool(json, "dry_run", dry);
		json_text(json, "backup", restore->path);
		if (restore->backup.path[0])
			json_text(json, "own_backup", restore->backup.path);
		else
			json_no_value(json, "own_backup");
	} else if (dry) {
		printf("would restore %s from %s\n", regions ? regions : "the whole flash",
		       restore->path);
	} else {
		printf("%s: as in %s; %u bytes differed, and were written and verified\n",
		       regions ? regions : "the whole flash", restore->path,
		       (unsigned)restore->plan.changed);
		if (restore->backup.path[0])
			printf("  what was there before is in %s\n", restore->backup.path);
	}
	if (json || dry)
		job_describe(&restore->plan, NULL, 0, restore->device.part->size, json);
	report_result_end(&restore->device.report);
}

static bool execute(struct restore *restore)
{
	struct journal *journal = &restore->job.journal;
	char full[PATH_MAX];

	if (restore->clones && !backup_open(&restore->backup, &restore->device, NULL))
		return false;
	if (!secure(restore))
		return false;
	restore->job.device = &restore->device;
	restore->job.plan = &restore->plan;
	restore->job.present = restore->present;
	journal->known = (struct range){0, restore->device.part->size};
	journal->protect = given(restore, OPTION_PROTECT);
	snprintf(journal->command, sizeof(journal->command), "restore");
	snprintf(journal->file, sizeof(journal->file), "%s",
		 realpath(restore->path, full) ? full : restore->path);
	snprintf(journal->backup, sizeof(journal->backup), "%s", journal->file);
	return job_run(&restore->job);
}

/* The die is as it was to become: a job that was not finished has nothing left to do. */
static bool nothing_to_do(struct restore *restore)
{
	const char *regions = restore->line->option[OPTION_REGIONS];

	return device_close(&restore->device) &&
	       (regions || journal_remove(&restore->device.report.observer));
}

static int do_restore(struct restore *restore)
{
	struct device *device = &restore->device;
	bool dry = given(restore, OPTION_DRY_RUN), good;
	unsigned use = dry ? DEVICE_READS
			   : DEVICE_WRITES | (given(restore, OPTION_PROTECT) ? DEVICE_RESTORES : 0);

	report_begin(&device->report, command_restore.name, given(restore, DEVICE_JSON));
	if (!dry) {
		restore->lock = journal_lock(&device->report.observer);
		if (restore->lock < 0)
			return job_refused(device);
	}
	if (!device_open(device, &command_restore, restore->line, use) || !device_look(device))
		return device_failed(device);
	if (!prepare(restore))
		return restore->refused ? job_refused(device) : device_failed(device);
	if (dry)
		good = device_close(device);
	else if (restore->plan.range_count == 0)
		good = nothing_to_do(restore);
	else
		good = execute(restore);
	if (!good)
		return device_failed(device);
	say_result(restore, dry);
	return COMMAND_DONE;
}

static int run(const struct command_line *line)
{
	struct restore *restore = calloc(1, sizeof(*restore));
	int status = COMMAND_FAILED;

	if (!restore)
		return status;
	restore->line = line;
	restore->path = line->words[0];
	restore->backup.output.fd = -1;
	restore->lock = -1;
	status = do_restore(restore);
	journal_unlock(restore->lock);
	backup_discard(&restore->backup);
	plan_free(&restore->plan);
	free(restore->saved);
	free(restore->present);
	free(restore);
	return status;
}

const struct command command_restore = {
	.name = "restore",
	.words = "BACKUP",
	.words_least = 1,
	.words_most = 1,
	.summary = "Bring the flash back to what a backup holds",
	.about = "Brings the flash back to the backup, to the last byte. The manifest\n"
		 "beside it tells whether it is whole, and of which module. That of\n"
		 "another module asks before it clones its MAC address, and saves what is\n"
		 "there first.\n",
	.options = options,
	.statuses = job_statuses,
	.examples = examples,
	.run = run,
};
