/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash write: a file into the flash, and nothing else changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backup.h"
#include "content.h"
#include "job.h"
#include "keep.h"
#include "reading.h"
#include "source.h"

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
	struct content content;
	struct plan plan;
	struct plan_kept kept[PLAN_KEPT];
	size_t kept_count;
	struct backup_file backup;
	struct job job;
	uint8_t *present;
	bool refused;
	bool has_backup;     /* --backup named one that exists */
	bool knows_all;	     /* the whole of the present content is known */
	uint64_t read_bytes; /* that were read before, or would be */
	char wanted_mac[MANIFEST_MAC];
};

static bool given(const struct write *write, unsigned option)
{
	return write->line->option[option] != NULL;
}

static bool check_options(struct write *write)
{
	const struct log *log = &write->device.report.log;
	const char *backup = write->line->option[OPTION_BACKUP];
	struct stat status;

	if (backup && given(write, OPTION_NO_BACKUP)) {
		log_error(log, "--backup and --no-backup contradict each other");
		return false;
	}
	write->has_backup = backup && stat(backup, &status) == 0;
	return true;
}

static bool check_journal(struct write *write)
{
	const struct log *log = &write->device.report.log;

	switch (journal_read(&write->job.journal, log)) {
	case JOURNAL_NONE:
		return true;
	case JOURNAL_THERE:
		log_error(log,
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
	if (write->content.soc_count > 0) {
		*count = write->content.soc_count;
		return write->content.socs;
	}
	*count = write->source.image.soc_count;
	return write->source.image.socs;
}

/* An existing backup, which then need not be read again; see reading_sample(). */
static bool take_backup(struct write *write)
{
	const char *path = write->line->option[OPTION_BACKUP];
	const struct log *log = &write->device.report.log;
	struct manifest *manifest = &write->backup.manifest;
	bool has_manifest;
	char id[9], full[PATH_MAX];

	write->present = backup_load(&write->device, path, manifest, &has_manifest);
	if (!write->present)
		return false;
	part_id_text(write->device.part, id);
	if (has_manifest && strcmp(manifest->id, id) != 0) {
		log_error(log, "%s is of another flash: %s, not %s", path, manifest->part,
			  write->device.part->name);
		return false;
	}
	snprintf(write->backup.path, PATH_MAX, "%s", realpath(path, full) ? full : path);
	write->knows_all = true;
	/* The seed is from the content: another backup, other places. */
	return reading_sample(&write->device, write->present,
			      (uint32_t)write->source.size ^ write->present[0]);
}

/* Only what the file covers; the rest of @present is never looked at. */
static bool read_covered(struct write *write)
{
	struct device *device = &write->device;
	struct plan_file file = source_file(&write->source);
	uint32_t sector = plan_sector(device->part), start = file.address / sector * sector;
	uint32_t end = (file.address + file.length + sector - 1) / sector * sector;
	const struct flash_range range = {start, end - start};

	write->present = malloc(device->part->size);
	if (!write->present) {
		log_error(&device->report.log, "out of memory");
		return false;
	}
	memset(write->present, 0xff, device->part->size);
	write->job.journal.known = range;
	write->knows_all = range.length == device->part->size;
	write->read_bytes = range.length;
	report_phase(&device->report, "read", range.length);
	/* The calibration tells resume which module it was. */
	return flash_read(device->flash, &range, 1, write->present) &&
	       content_peek_rf(device, range, RF_ALIGNMENT, write->present);
}

static bool read_present(struct write *write)
{
	write->job.journal.known = (struct flash_range){0, write->device.part->size};
	if (write->has_backup)
		return take_backup(write);
	if (given(write, OPTION_NO_BACKUP))
		return read_covered(write);
	write->knows_all = true;
	write->read_bytes = write->device.part->size;
	if (!given(write, OPTION_DRY_RUN) &&
	    !backup_open(&write->backup, &write->device, write->line->option[OPTION_BACKUP]))
		return false;
	write->present = reading_once(&write->device, "read");
	return write->present != NULL;
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
	const struct log *log = &write->device.report.log;
	const struct chipdb_soc *const *socs;
	size_t count;

	socs = known_socs(write, &count);
	write->kept_count = keep_regions(socs, count, write->content.rf, write->content.rf_count,
					 write->device.part->size, &without, write->kept);
	if (!plan_make(&write->plan, write->device.part, write->present, &file, write->kept,
		       write->kept_count)) {
		log_error(log, "out of memory");
		return false;
	}
	if (count > 1 && keep_contradicts(socs, count, write->kept, write->kept_count)) {
		log_error(log, "it is not known which SoC this is, and so not what has to stay; "
			       "say so with --soc");
		write->refused = true;
		return false;
	}
	return true;
}

/* What the wanted content makes of the MAC that only this module has. */
static bool check_mac(struct write *write)
{
	char question[200], *own = write->content.mac;

	content_mac(write->plan.wanted, write->plan.part->size, write->wanted_mac);
	if (!own[0] || strcmp(own, write->wanted_mac) == 0)
		return true;
	snprintf(question, sizeof(question), "The module's own MAC address %s would be %s%s.", own,
		 write->wanted_mac[0] ? "replaced by that of another: " : "lost",
		 write->wanted_mac);
	write->refused = !job_ask(&write->device, question, "--yes-clone-mac",
				  given(write, OPTION_CLONE), given(write, OPTION_DRY_RUN));
	return !write->refused;
}

static bool place(struct write *write, const struct chipdb_soc *const *socs, size_t count)
{
	struct device *device = &write->device;

	write->refused =
		!source_place(&write->source, socs, count, device->part->size, &device->report.log);
	return !write->refused;
}

/* The regions that stay are those of the SoC: a wrong one would let the others go. */
static bool check_told(struct write *write)
{
	const struct device *device = &write->device;

	write->refused = device->told_otherwise && !write->source.force[PLACEMENT_WRONG_SOC];
	if (write->refused)
		log_error(&device->report.log,
			  "--soc=%s contradicts the bootloader that is in the flash; leave it away "
			  "(--force=wrong-soc overrules this)",
			  device->told->name);
	return !write->refused;
}

static void say_soc(struct write *write)
{
	size_t count;
	const struct chipdb_soc *const *socs = known_socs(write, &count);

	if (write->content.soc_count == 0 && count > 0)
		log_info(&write->device.report.log,
			 "the flash does not tell which SoC this is; taken from the file: %s%s",
			 socs[0]->name, count > 1 ? " or its like" : "");
}

/* The calibration lies elsewhere on the SoC that the file is for. */
static bool check_calibration(struct write *write)
{
	const struct content *content = &write->content;
	size_t count;
	const struct chipdb_soc *const *socs = known_socs(write, &count);
	bool fits = count != 1 || content->rf_count == 0;

	for (size_t i = 0; !fits && i < content->rf_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && socs[0]->regions[j].name; j++)
			fits |= socs[0]->regions[j].kind == CHIPDB_REGION_RF &&
				socs[0]->regions[j].start == content->rf[i].offset;
	if (fits || write->source.force[PLACEMENT_WRONG_SOC])
		return true;
	log_error(&write->device.report.log,
		  "this module has its calibration at %06x, where a %s has none: it seems to be "
		  "another SoC. Say which with --soc; --force=wrong-soc overrules this",
		  (unsigned)content->rf[0].offset, socs[0]->name);
	write->refused = true;
	return false;
}

/* Another module's backup may be alike but for the calibration. */
static bool check_backup_rf(struct write *write)
{
	const struct flash_range nothing = {0, 0};
	uint32_t size = write->device.part->size;
	uint8_t *die = malloc(size);
	bool good = false;

	if (die) {
		memcpy(die, write->present, size);
		good = content_peek_rf(&write->device, nothing, RF_ALIGNMENT, die) &&
		       content_same_rf(die, write->present, size);
	}
	free(die);
	if (!good)
		log_error(&write->device.report.log,
			  "%s has another calibration than this module: it is of another one. "
			  "Nothing "
			  "was changed",
			  write->line->option[OPTION_BACKUP]);
	return good;
}

/* Everything up to the first change. */
static bool prepare(struct write *write)
{
	struct device *device = &write->device;

	/* What is refused in any case is refused before the long reading. */
	if (!place(write, device->socs, device->soc_count) || !check_told(write) ||
	    !read_present(write) || !content_look(&write->content, device, write->present))
		return false;
	say_soc(write);
	if (!check_calibration(write) || (write->has_backup && !check_backup_rf(write)))
		return false;
	return place(write, write->content.socs, write->content.soc_count) && make_plan(write) &&
	       check_mac(write);
}

static bool secure(struct write *write)
{
	if (given(write, OPTION_NO_BACKUP))
		return true;
	if (write->has_backup)
		return reading_compare(&write->device, write->present, write->plan.ranges,
				       write->plan.range_count);
	return reading_confirm_identity(&write->device, write->present, &write->content) &&
	       backup_save(&write->backup, write->present, &write->content);
}

static void remember(struct write *write)
{
	struct journal *journal = &write->job.journal;
	char full[PATH_MAX];

	write->job.device = &write->device;
	write->job.plan = &write->plan;
	write->job.present = write->present;
	snprintf(journal->command, sizeof(journal->command), "write");
	snprintf(journal->file, sizeof(journal->file), "%s", write->source.path);
	if (write->backup.path[0])
		snprintf(journal->backup, sizeof(journal->backup), "%s",
			 realpath(write->backup.path, full) ? full : write->backup.path);
	memcpy(journal->mac, write->content.mac, sizeof(journal->mac));
	memcpy(journal->wanted_mac, write->wanted_mac, sizeof(journal->wanted_mac));
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
		json_number(json, "address", placement->address);
		json_number(json, "length", placement->length);
		json_number(json, "rotation", placement->rotation);
		if (write->backup.path[0])
			json_text(json, "backup", write->backup.path);
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
		job_describe(&write->plan, write->kept, write->kept_count, write->read_bytes, json);
	else if (write->plan.range_count > 0)
		printf("  %u bytes differed, and were written and verified%s%s\n",
		       (unsigned)write->plan.changed,
		       write->backup.path[0] ? "; the old content is in " : "", write->backup.path);
	report_result_end(&write->device.report);
}

static void say_kept(const struct write *write)
{
	for (size_t i = 0; i < write->kept_count; i++)
		if (write->kept[i].differs)
			log_info(&write->device.report.log,
				 "%s at %06x %s (%s takes it from the file)", write->kept[i].name,
				 (unsigned)write->kept[i].range.start,
				 write->kept[i].blank ? "is blank, and stays so"
						      : "stays the module's own",
				 keep_option(write->kept[i].kind));
}

static int execute(struct write *write)
{
	bool good;

	say_kept(write);
	if (!secure(write))
		return device_failed(&write->device);
	remember(write);
	good = job_run(&write->job);
	if (!good)
		return device_failed(&write->device);
	say_result(write, false);
	return COMMAND_DONE;
}

static int do_write(struct write *write)
{
	struct device *device = &write->device;
	const struct command_line *line = write->line;
	bool dry = given(write, OPTION_DRY_RUN);
	unsigned use = dry ? DEVICE_READS
			   : DEVICE_WRITES | (given(write, OPTION_PROTECT) ? DEVICE_RESTORES : 0);

	report_begin(&device->report, command_write.name, given(write, DEVICE_JSON));
	if (!check_options(write))
		return job_refused(device);
	if (!source_load(&write->source, line->words[0], line->option[OPTION_AS],
			 line->option[OPTION_AT], line->option[OPTION_FORCE], &device->report.log))
		return device_failed(device);
	if (!dry && !check_journal(write))
		return job_refused(device);
	if (!device_open(device, &command_write, line, use) || !device_look(device))
		return device_failed(device);
	if (!prepare(write))
		return write->refused ? job_refused(device) : device_failed(device);
	if (!dry && write->plan.range_count > 0)
		return execute(write);
	if (!device_close(device))
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
	write->backup.output.fd = -1;
	status = do_write(write);
	backup_discard(&write->backup);
	plan_free(&write->plan);
	source_free(&write->source);
	free(write->present);
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
