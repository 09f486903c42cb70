/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/look.h"
#include "engine/module.h"
#include "engine/outcome.h"

static bool was_read_whole(const struct write_job *write)
{
	return write->present.known.length == write->session->part->size &&
	       write->present.unread.bytes == 0;
}

/* If the die was read only in part, the first look has seen more of it. */
static const struct target *module_of(const struct write_job *write)
{
	return !was_read_whole(write) ? &write->session->target : &write->present.content.target;
}

static bool has_something_own(const struct write_job *write)
{
	return write->present.content.rf_count + write->present.content.settings_count > 0;
}

/*
 * While the SoC is not certain, whatever any of the possible ones keeps is left as it is. A module
 * with nothing to keep becomes what the file is for.
 */
static size_t keeping_socs(const struct write_job *write, const struct chipdb_soc *socs[])
{
	const struct identity *module = &module_of(write)->identity;
	const struct identity *file = &write->source.image.identity;
	chipdb_soc_set set = identity_candidates(module);
	size_t count = 0;

	if (module->soc_count == 0 && !has_something_own(write) && (set & identity_socs(file)))
		set &= identity_socs(file);
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (set >> i & 1)
			socs[count++] = &chipdb_socs[i];
	return count;
}

static bool is_named(const struct write_job *write, enum chipdb_region_kind kind)
{
	return write->region && write->region->kind == kind;
}

static bool plan_once(struct write_job *write)
{
	const struct image *image = &write->source.image;
	enum image_kind kind = image->kind;
	bool settings = kind == IMAGE_TUYA_CONFIG || kind == IMAGE_OBK_CONFIG;
	/* A file that is nothing but such a region asks for it by that, or the user does. */
	const struct keep_not without = {
		.rf = write->wish.with.rf || kind == IMAGE_RF || is_named(write, CHIPDB_REGION_RF),
		.net = write->wish.with.net || settings || is_named(write, CHIPDB_REGION_NET),
		.data = write->wish.with.data || settings || is_named(write, CHIPDB_REGION_DATA),
	};
	const struct plan_file file = source_file(&write->source);
	const struct content *content = &write->present.content;
	const struct session *session = write->session;
	const struct chipdb_soc *socs[32];
	size_t count = keeping_socs(write, socs);

	write->kept_count = keep_regions(socs, count, content->rf, content->rf_count,
					 session->part->size, &without, write->kept);
	write->kept_count =
		keep_settings(socs, count, content->settings, content->settings_count,
			      session->part->size, &without, write->kept, write->kept_count);
	if (source_goes_home(&write->source)) {
		write->kept_count = keep_calibration(socs, count, image->rf, image->rf_count,
						     session->part->size, &without, write->kept,
						     write->kept_count);
		write->kept_count = keep_settings(socs, count, image->settings,
						  image->settings_count, session->part->size,
						  &without, write->kept, write->kept_count);
	}
	if (!plan_make(&write->plan, session->part, &session->cost, write->present.die, &file,
		       write->kept, write->kept_count)) {
		session_no_memory(session);
		return false;
	}
	write->contradicts =
		count > 1 && keep_contradicts(socs, count, write->kept, write->kept_count);
	return true;
}

/* What stays of a sector that was not read is read now, and may show more to keep. */
static bool make_plan(struct write_job *write)
{
	bool more;

	do {
		plan_free(&write->plan);
		if (!plan_once(write) || !present_settle(&write->present, write->plan.wanted,
							 write->kept, write->kept_count, &more))
			return false;
	} while (more);
	if (write->contradicts) {
		observer_raise(write->session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "the SoC is not known, nor what has to stay");
		return false;
	}
	return flash_can_change(write->session->flash, write->plan.ranges, write->plan.range_count);
}

static bool is_whole(const struct source *source)
{
	return source->image.kind == IMAGE_DUMP || source->image.kind == IMAGE_ROTATED_DUMP;
}

static bool has_data_region(const struct chipdb_soc *soc)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (soc->regions[i].kind == CHIPDB_REGION_DATA)
			return true;
	return false;
}

/* For some SoCs it is not known where the firmware keeps its settings. */
static void say_settings(const struct write_job *write)
{
	const struct identity *module = &module_of(write)->identity;

	if (!is_whole(&write->source) || module->soc_count == 0 || has_data_region(module->socs[0]))
		return;
	observer_note(write->session->observer, NOTE_WARN, TROUBLE_NONE,
		      "it is not known where firmware of a %s keeps its settings: network "
		      "settings, and what is recognized as settings of OpenBeken or Tuya, stay; "
		      "everything else comes from the file",
		      module->socs[0]->name);
}

/* Code starts without it, but with a bad radio, and a MAC address that all such modules have. */
static void say_radio(const struct write_job *write)
{
	uint32_t size = write->session->part->size;
	struct rf found[IMAGE_RFS];
	bool code = write->source.image.has_bootloader || write->source.image.has_application;

	if (!code || content_find_rf(write->plan.wanted, size, found) > 0)
		return;
	if (write->source.image.rf_count > 0) {
		observer_note(write->session->observer, NOTE_WARN, TROUBLE_NONE,
			      "no calibration data was found in this module, and that of the file "
			      "is left out: the radio will "
			      "have neither calibration nor a MAC address of its own");
		return;
	}
	observer_note(write->session->observer, NOTE_WARN, TROUBLE_NONE,
		      "no calibration data was found in this module%s, and the file has none: the "
		      "radio will have neither calibration nor a MAC address of its own",
		      write->present.known.length < size ? " where the known SoCs have it" : "");
}

/* What the wanted content does to data that is unique to the module. */
static bool check_module(struct write_job *write)
{
	const struct session *session = write->session;
	const char *own = write->present.content.mac;
	char wanted[MANIFEST_MAC];

	switch (module_differs(write->present.die, write->plan.wanted, session->part->size)) {
	case MODULE_SAME:
		return true;
	case MODULE_OTHER_MAC:
		content_mac(write->plan.wanted, session->part->size, wanted);
		return session_ask(session, TROUBLE_IDENTITY_LOST,
				   "The module's own MAC address %s would be %s%s.", own,
				   wanted[0] ? "replaced by that of another: " : "lost", wanted);
	case MODULE_OTHER_CALIBRATION:
		break;
	}
	return session_ask(session, TROUBLE_IDENTITY_LOST,
			   "The calibration of the radio in this module would be replaced by "
			   "another one, or lost.");
}

/* Content that was read from this module runs on it, whatever is in it now. */
static bool is_own_backup(const struct write_job *write)
{
	const struct image *image = &write->source.image;
	const struct content *content = &write->present.content;
	uint32_t size = write->session->part->size;
	struct rf found[IMAGE_RFS];
	uint8_t *die;
	bool own = false;

	if (image->size != size || content->rf_count == 0 || !is_whole(&write->source))
		return false;
	die = source_turned(&write->source, size);
	if (die) {
		own = content_find_rf(die, size, found) > 0 &&
		      content_same_rf(write->present.die, die, size);
		free(die);
	}
	return own;
}

/* The regions to keep are those of the SoC: with the wrong SoC the others would be lost. */
static bool check_told(struct write_job *write)
{
	const struct session *session = write->session;

	if (!session->told_otherwise || write->source.force[PLACEMENT_WRONG_SOC])
		return true;
	source_raise_refusal(TROUBLE_SOC_CONTRADICTED, PLACEMENT_WRONG_SOC, session->observer,
			     "%s contradicts the bootloader that is in the flash",
			     session->told->name);
	return false;
}

static void say_soc(const struct write_job *write)
{
	const struct observer *observer = write->session->observer;
	const struct identity *module = &module_of(write)->identity;
	const struct identity *file = &write->source.image.identity;
	char names[80];

	if (module->soc_count > 0)
		return;
	if (identity_socs(file) & module->possible)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "the flash does not tell which SoC this is; taken from the file: %s",
			      identity_text(file, names, sizeof(names)));
	else
		observer_note(observer, NOTE_WARN, TROUBLE_SOC_UNKNOWN,
			      "the SoC is not known: what any possible one keeps is left as it is. "
			      "If you know the SoC, name it");
}

/* A chip's key cannot be read; only code that it runs shows which one it has. */
static void say_coding(const struct write_job *write)
{
	if (write->source.image.coding.kind == CODING_OTHER &&
	    module_of(write)->coding.kind == CODING_UNKNOWN)
		observer_note(write->session->observer, NOTE_WARN, TROUBLE_NONE,
			      "the code in the file has a key of its own, and nothing in the flash "
			      "tells which key this chip has: it starts only if both are the same");
}

/* Content that was read from here belongs here. */
static bool check_place(struct write_job *write, struct plan_file before)
{
	const struct plan_file file = source_file(&write->source);

	if (file.address == before.address && file.length == before.length)
		return true;
	observer_raise(write->session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
		       "where the file goes depends on the SoC, which is not known");
	return false;
}

static bool place(struct write_job *write, const struct target *target, bool fits)
{
	return source_place(&write->source, target, fits, write->session->part->size,
			    write->session->observer);
}

/*
 * A region that was read as blank is written back to where it is still blank: nothing is erased by
 * that.
 */
static bool allow_blank(struct write_job *write)
{
	struct source *source = &write->source;
	const struct session *session = write->session;
	size_t size = session->part->size;
	uint8_t *seen;
	bool good;

	if (source->image.kind != IMAGE_CONSTANT || source->at >= size ||
	    source->size > size - source->at)
		return true;
	seen = malloc(size);
	if (!seen)
		return session_no_memory(session);
	good = flash_read(session->flash,
			  &(struct range){(uint32_t)source->at, (uint32_t)source->size}, 1, seen);
	if (good && memcmp(seen + source->at, source->data, source->size) == 0)
		source->force[PLACEMENT_BLANK] = true;
	free(seen);
	return good;
}

/* In unknown bytes only code can be judged, by its checksums. */
static bool is_in_code(const struct write_job *write)
{
	chipdb_soc_set candidates = identity_candidates(&module_of(write)->identity);
	const struct plan_file file = source_file(&write->source);
	const struct range range = {file.address, file.length};

	return area_touches(range, candidates, CHIPDB_REGION_BOOT) ||
	       area_touches(range, candidates, CHIPDB_REGION_APP);
}

/* A piece is judged by what the flash would hold with it. */
static bool check_piece(const struct write_job *write)
{
	const struct source *source = &write->source;
	const struct session *session = write->session;
	char why[OUTCOME_WHY];

	if (!source->is_piece)
		return true;
	if (source->image.kind == IMAGE_UNKNOWN && !is_in_code(write)) {
		snprintf(why, sizeof(why), "nothing tells whether it belongs there");
	} else if (outcome_starts(write->plan.wanted, session->part->size,
				  &write->present.content.target, why)) {
		observer_note(session->observer, NOTE_INFO, TROUBLE_NONE,
			      "%s is %s; together with what is around it in the flash, bootloader "
			      "and application are complete",
			      source->path,
			      source->image.piece[0] ? source->image.piece : "a piece of code");
		return true;
	}
	return source_refuse_piece(source, why, session->observer);
}

static bool find_region(struct write_job *write)
{
	const struct session *session = write->session;
	const struct area_wish wish = {.regions = write->wish.region};
	uint32_t size = session->part->size;
	struct ranges area;

	if (!wish.regions)
		return true;
	if (!area_find(&wish, session_soc(session), size, session->observer, &area))
		return false;
	write->region = area_region(session_soc(session), wish.regions, size);
	return source_take_region(&write->source, write->region, session->observer);
}

static bool prepare(struct write_job *write)
{
	struct session *session = write->session;
	struct plan_file file;

	/* What would be refused in any case is refused before the long reading. */
	if (!find_region(write) || !allow_blank(write) ||
	    !place(write, &session->target, is_whole(&write->source)) || !check_told(write))
		return false;
	file = source_file(&write->source);
	write->present.whole = write->source.is_piece;
	write->present.mixed = write->source.carried != NULL;
	write->present.file = file;
	if (!present_read(&write->present, (struct range){file.address, file.length},
			  write->wish.dry))
		return false;
	say_soc(write);
	if (!place(write, module_of(write), is_own_backup(write)) || !check_place(write, file) ||
	    !make_plan(write) || !check_piece(write) || !check_module(write))
		return false;
	say_coding(write);
	say_settings(write);
	say_radio(write);
	return true;
}

bool write_plan_job(struct write_job *write, struct session *session,
		    const struct session_options *options, const struct write_wish *wish)
{
	struct session_options how = *options;

	*write = (struct write_job){.session = session, .wish = *wish, .unfinished.lock = -1};
	how.writes = !wish->dry;
	how.restores = wish->protect && !wish->dry;
	return present_begin(&write->present, session, wish->backup, wish->no_backup) &&
	       source_load(&write->source, wish->path, &wish->source, session->observer) &&
	       session_open(session, &how) && look_at_module(session) &&
	       (wish->dry || unfinished_none(&write->unfinished, session)) && prepare(write) &&
	       (!wish->dry || session_look_at_protection(session));
}

bool write_changes(const struct write_job *write)
{
	return write->plan.range_count > 0;
}

bool write_leaves(const struct write_job *write)
{
	bool differs = false;

	for (size_t i = 0; i < write->kept_count; i++)
		differs |= write->kept[i].differs;
	return differs;
}

static void remember(struct write_job *write)
{
	struct journal *journal = &write->job.journal;
	const char *backup = write->present.backup.path;

	write->job.session = write->session;
	write->job.plan = &write->plan;
	write->job.present = write->present.die;
	write->job.unread = &write->present.unread;
	journal->number = write->unfinished.journal.number;
	journal->known = write->present.known;
	snprintf(journal->command, sizeof(journal->command), "write");
	snprintf(journal->file, sizeof(journal->file), "%s", write->source.path);
	if (backup[0])
		journal_name(journal->backup, backup);
	journal->protect = write->wish.protect;
}

bool write_do_job(struct write_job *write)
{
	struct present *present = &write->present;

	if (!write_changes(write))
		return (!present->name || present_secure(present, NULL, 0)) &&
		       session_close(write->session);
	if (!present_secure(present, write->plan.ranges, write->plan.range_count))
		return false;
	remember(write);
	return job_run(&write->job);
}

void write_free_job(struct write_job *write)
{
	unfinished_let_go(&write->unfinished);
	present_free(&write->present);
	plan_free(&write->plan);
	source_free(&write->source);
}
