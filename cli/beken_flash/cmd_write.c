/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash write: a file into the flash, and nothing else changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/job.h"
#include "engine/keep.h"
#include "engine/present.h"
#include "engine/source.h"

enum {
	OPTION_AT = DEVICE_OPTION_COUNT,
	OPTION_AS,
	OPTION_FORCE,
	OPTION_BACKUP,
	OPTION_NO_BACKUP,
	OPTION_WITH_RF,
	OPTION_WITH_NET,
	OPTION_WITH_DATA,
	OPTION_CLONE,
	OPTION_PROTECT,
	OPTION_DRY_RUN,
};

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_AT] = {"at", "ADDRESS",
		       "where it goes, if not where it belongs: bytes, or 0x and hex", false},
	[OPTION_AS] = {"as", "KIND", "what it is (qio, application, dump, ...), if not recognized",
		       false},
	[OPTION_FORCE] = {"force", "NAME,...", "overrule refusals, by the names they give", false},
	[OPTION_BACKUP] = {"backup", "FILE",
			   "the backup: made there, or, if it exists, taken as the present content",
			   false},
	[OPTION_NO_BACKUP] = {"no-backup", NULL, "make none: what is overwritten is gone", false},
	[OPTION_WITH_RF] = {"with-rf", NULL, "overwrite calibration and MAC, too", false},
	[OPTION_WITH_NET] = {"with-net", NULL, "overwrite network settings, too", false},
	[OPTION_WITH_DATA] = {"with-data", NULL, "overwrite settings of the firmware, too", false},
	[OPTION_CLONE] = {"yes-clone-mac", NULL, "the module's own MAC may be replaced or lost",
			  false},
	[OPTION_PROTECT] = {"protect", NULL, "put write protection back as it was found", false},
	[OPTION_DRY_RUN] = {"dry-run", NULL, "say what would be done, and change nothing", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"What would be done?", "beken-flash write --dry-run OpenBK7231N_QIO.bin"},
	{"With a backup of a name of your own:",
	 "beken-flash write --backup=lamp.bin OpenBK7231N_QIO.bin"},
	{NULL, NULL},
};

struct write {
	const struct command_line *line;
	struct device device;
	struct source source;
	struct present present;
	struct plan plan;
	struct plan_kept kept[PLAN_KEPT];
	size_t kept_count;
	struct job job;
	int lock; /* of journal_lock() */
	bool refused;
	char wanted_mac[MANIFEST_MAC];
};

static bool given(const struct write *write, unsigned option)
{
	return write->line->option[option] != NULL;
}

static bool check_journal(struct write *write)
{
	const struct observer *observer = &write->device.report.observer;

	write->lock = journal_lock(observer);
	if (write->lock < 0)
		return false;
	switch (journal_read(&write->job.journal, observer)) {
	case JOURNAL_NONE:
		return true;
	case JOURNAL_THERE:
		observer_raise(
			observer, TROUBLE_UNFINISHED, NO_RANGE,
			"a %s of %s is not finished. beken-flash resume goes on with it; "
			"beken-flash restore BACKUP brings the old content back; beken-flash "
			"resume --forget forgets it",
			write->job.journal.command, write->job.journal.file);
		return false;
	case JOURNAL_BAD:
		break;
	}
	return false;
}

static const struct chipdb_soc *const *known_socs(const struct write *write, size_t *count)
{
	if (write->present.content.soc_count > 0) {
		*count = write->present.content.soc_count;
		return write->present.content.socs;
	}
	*count = write->source.image.soc_count;
	return write->source.image.socs;
}

static bool make_plan(struct write *write)
{
	enum image_kind kind = write->source.image.kind;
	bool settings = kind == IMAGE_TUYA_CONFIG || kind == IMAGE_OBK_CONFIG;
	/* A file that is nothing but such a region names it by that. */
	const struct keep_not without = {
		.rf = given(write, OPTION_WITH_RF) || kind == IMAGE_RF,
		.net = given(write, OPTION_WITH_NET) || settings,
		.data = given(write, OPTION_WITH_DATA) || settings,
	};
	const struct plan_file file = source_file(&write->source);
	const struct observer *observer = &write->device.report.observer;
	const struct chipdb_soc *const *socs;
	size_t count;

	socs = known_socs(write, &count);
	write->kept_count = keep_regions(socs, count, write->present.content.rf,
					 write->present.content.rf_count, write->device.part->size,
					 &without, write->kept);
	if (!plan_make(&write->plan, write->device.part, write->present.die, &file, write->kept,
		       write->kept_count)) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	if (count > 1 && keep_contradicts(socs, count, write->kept, write->kept_count)) {
		observer_raise(observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "it is not known which SoC this is, and so not what has to stay; "
			       "say so with --soc");
		write->refused = true;
		return false;
	}
	return true;
}

/* What the wanted content makes of the MAC that only this module has. */
static bool check_mac(struct write *write)
{
	char question[200], *own = write->present.content.mac;

	content_mac(write->plan.wanted, write->plan.part->size, write->wanted_mac);
	if (own[0] ? strcmp(own, write->wanted_mac) == 0
		   : content_same_rf(write->present.die, write->plan.wanted,
				     write->plan.part->size))
		return true;
	if (own[0])
		snprintf(question, sizeof(question),
			 "The module's own MAC address %s would be %s%s.", own,
			 write->wanted_mac[0] ? "replaced by that of another: " : "lost",
			 write->wanted_mac);
	else if (write->present.content.rf_count == 0)
		return true;
	else
		snprintf(question, sizeof(question),
			 "The calibration of the radio in this module would be replaced by another "
			 "one, or lost.");
	write->refused = !job_ask(&write->device, question, "--yes-clone-mac",
				  given(write, OPTION_CLONE), given(write, OPTION_DRY_RUN));
	return !write->refused;
}

static bool place(struct write *write, const struct chipdb_soc *const *socs, size_t count)
{
	struct device *device = &write->device;

	write->refused = !source_place(&write->source, socs, count, device->part->size,
				       &device->report.observer);
	return !write->refused;
}

/* The regions that stay are those of the SoC: a wrong one would let the others go. */
static bool check_told(struct write *write)
{
	const struct device *device = &write->device;

	write->refused = device->told_otherwise && !write->source.force[PLACEMENT_WRONG_SOC];
	if (write->refused)
		observer_raise(
			&device->report.observer, TROUBLE_SOC_CONTRADICTED, NO_RANGE,
			"--soc=%s contradicts the bootloader that is in the flash; leave it away "
			"(--force=wrong-soc overrules this)",
			device->told->name);
	return !write->refused;
}

static void say_soc(struct write *write)
{
	size_t count;
	const struct chipdb_soc *const *socs = known_socs(write, &count);

	if (count == 0)
		observer_note(
			&write->device.report.observer, NOTE_WARN, TROUBLE_NONE,
			"it is not known which SoC this is: calibration that is found stays, but "
			"network settings and settings of the firmware stay only where nothing is "
			"written. If you know the SoC, say --soc");
	else if (write->present.content.soc_count == 0)
		observer_note(
			&write->device.report.observer, NOTE_INFO, TROUBLE_NONE,
			"the flash does not tell which SoC this is; taken from the file: %s%s",
			socs[0]->name, count > 1 ? " or its like" : "");
}

/* The calibration lies elsewhere on the SoC that the file is for. */
static bool check_calibration(struct write *write)
{
	const struct content *content = &write->present.content;
	size_t count;
	const struct chipdb_soc *const *socs = known_socs(write, &count);
	bool fits = count != 1 || content->rf_count == 0;

	for (size_t i = 0; !fits && i < content->rf_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && socs[0]->regions[j].name; j++)
			fits |= socs[0]->regions[j].kind == CHIPDB_REGION_RF &&
				socs[0]->regions[j].start == content->rf[i].offset;
	if (fits || write->source.force[PLACEMENT_WRONG_SOC])
		return true;
	observer_raise(
		&write->device.report.observer, TROUBLE_SOC_CONTRADICTED, NO_RANGE,
		"this module has its calibration at %06x, where a %s has none: it seems to be "
		"another SoC. Say which with --soc; --force=wrong-soc overrules this",
		(unsigned)content->rf[0].offset, socs[0]->name);
	write->refused = true;
	return false;
}

/* What was read is where it goes. */
static bool check_place(struct write *write, struct plan_file before)
{
	const struct plan_file file = source_file(&write->source);

	write->refused = file.address != before.address || file.length != before.length;
	if (write->refused)
		observer_raise(
			&write->device.report.observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			"where the file goes depends on the SoC, which is not known: say it with "
			"--soc");
	return !write->refused;
}

/* Everything up to the first change. */
static bool prepare(struct write *write)
{
	struct device *device = &write->device;
	const struct content *content = &write->present.content;
	struct plan_file file;

	/* What is refused in any case is refused before the long reading. */
	if (!place(write, device->socs, device->soc_count) || !check_told(write))
		return false;
	file = source_file(&write->source);
	if (!present_read(&write->present, (struct range){file.address, file.length},
			  given(write, OPTION_DRY_RUN)))
		return false;
	say_soc(write);
	return check_calibration(write) && place(write, content->socs, content->soc_count) &&
	       check_place(write, file) && make_plan(write) && check_mac(write);
}

static void remember(struct write *write)
{
	struct journal *journal = &write->job.journal;
	char full[PATH_MAX];

	write->job.device = &write->device;
	write->job.plan = &write->plan;
	write->job.present = write->present.die;
	journal->known = write->present.known;
	snprintf(journal->command, sizeof(journal->command), "write");
	snprintf(journal->file, sizeof(journal->file), "%s", write->source.path);
	if (write->present.backup.path[0])
		snprintf(journal->backup, sizeof(journal->backup), "%s",
			 realpath(write->present.backup.path, full) ? full
								    : write->present.backup.path);
	journal->protect = given(write, OPTION_PROTECT);
}

static void say_result(struct write *write, bool dry)
{
	struct json *json = report_result(&write->device.report, COMMAND_DONE);
	const struct placement *placement = &write->source.placement;

	if (json) {
		json_bool(json, "dry_run", dry);
		json_text(json, "file", write->source.path);
		json_text(json, "kind", image_kind_name(write->source.image.kind));
		json_range(json, placement->address, placement->length);
		json_number(json, "rotation", placement->rotation);
		if (write->present.backup.path[0])
			json_text(json, "backup", write->present.backup.path);
		else
			json_no_value(json, "backup");
	} else if (write->plan.range_count == 0) {
		printf("%s is in the flash already; nothing %s\n", write->source.path,
		       dry ? "would be written" : "was written");
	} else {
		printf("%s: %s, %zu bytes %s %06zx%s\n", write->source.path,
		       image_kind_title(write->source.image.kind), placement->length,
		       dry ? "would go to" : "are at", placement->address,
		       placement->rotation ? ", turned round" : "");
	}
	if (json || dry)
		job_describe(&write->plan, write->kept, write->kept_count,
			     write->present.read_bytes, json);
	else if (write->plan.range_count > 0)
		printf("  %u bytes differed, and were written and verified%s%s\n",
		       (unsigned)write->plan.changed,
		       write->present.backup.path[0] ? "; the old content is in " : "",
		       write->present.backup.path);
	else if (write->present.kind == PRESENT_SAVED && write->present.backup.path[0])
		printf("  the content of the flash is in %s\n", write->present.backup.path);
	report_result_end(&write->device.report);
}

static void say_kept(const struct write *write)
{
	for (size_t i = 0; i < write->kept_count; i++)
		if (write->kept[i].differs)
			observer_note(&write->device.report.observer, NOTE_INFO, TROUBLE_NONE,
				      "%s at %06x %s (%s takes it from the file)",
				      write->kept[i].name, (unsigned)write->kept[i].range.start,
				      write->kept[i].blank ? "is blank, and stays so"
							   : "stays the module's own",
				      keep_option(write->kept[i].kind));
}

static int execute(struct write *write)
{
	bool good;

	say_kept(write);
	if (!present_secure(&write->present, write->plan.ranges, write->plan.range_count))
		return device_failed(&write->device);
	remember(write);
	good = job_run(&write->job);
	if (!good)
		return device_failed(&write->device);
	if (write->present.assumed)
		observer_note(
			&write->device.report.observer, NOTE_INFO, TROUBLE_NONE,
			"all else is as the backup says, of which only samples were compared; "
			"beken-flash verify compares all of it");
	say_result(write, false);
	return COMMAND_DONE;
}

/* Nothing changes, but a backup of that name was asked for, or said so. */
static bool keep_wish(struct write *write)
{
	struct present *present = &write->present;

	return !present->name || present_secure(present, NULL, 0);
}

static int do_write(struct write *write)
{
	struct device *device = &write->device;
	const struct command_line *line = write->line;
	bool dry = given(write, OPTION_DRY_RUN);
	unsigned use = dry ? DEVICE_READS
			   : DEVICE_WRITES | (given(write, OPTION_PROTECT) ? DEVICE_RESTORES : 0);

	report_begin(&device->report, command_write.name, given(write, DEVICE_JSON));
	if (!present_begin(&write->present, device, line->option[OPTION_BACKUP],
			   given(write, OPTION_NO_BACKUP)))
		return device_usage(device);
	if (!source_load(&write->source, line->words[0], line->option[OPTION_AS],
			 line->option[OPTION_AT], line->option[OPTION_FORCE],
			 &device->report.observer))
		return device_failed(device);
	if (!dry && !check_journal(write))
		return job_refused(device);
	if (!device_open(device, &command_write, line, use) || !device_look(device))
		return device_failed(device);
	if (!prepare(write))
		return write->refused ? job_refused(device) : device_failed(device);
	if (!dry && write->plan.range_count > 0)
		return execute(write);
	if ((!dry && !keep_wish(write)) || !device_close(device))
		return device_failed(device);
	say_result(write, dry);
	return COMMAND_DONE;
}

static int run(const struct command_line *line)
{
	struct write *write = calloc(1, sizeof(*write));
	int status = COMMAND_FAILED;

	if (!write)
		return status;
	write->line = line;
	write->lock = -1;
	status = do_write(write);
	journal_unlock(write->lock);
	present_free(&write->present);
	plan_free(&write->plan);
	source_free(&write->source);
	free(write);
	return status;
}

const struct command command_write = {
	.name = "write",
	.words = "FILE",
	.words_least = 1,
	.words_most = 1,
	.summary = "Write a file where it belongs, after a backup; what it does not carry stays",
	.about = "Finds out what FILE is and where it goes, refuses what would brick the\n"
		 "module or waste what only it has, makes a backup, writes what differs,\n"
		 "the first sector last, and verifies it. What the file does not carry\n"
		 "stays as it is. Of a whole flash, the module's own calibration, MAC\n"
		 "address, network settings and settings of the firmware are kept unless\n"
		 "an option names them. What was stopped is completed by resume.\n",
	.options = options,
	.statuses = job_statuses,
	.examples = examples,
	.run = run,
};
