/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/doubt.h"
#include "engine/module.h"
#include "engine/part_id.h"
#include "engine/reading.h"
#include "engine/look.h"
#include "engine/saved.h"
#include "image/crc_blocks.h"

/* Kinds of regions: what belongs to one module, and what any module of the SoC may have. */
enum {
	OWN = 1u << CHIPDB_REGION_RF | 1u << CHIPDB_REGION_NET | 1u << CHIPDB_REGION_DATA,
	CODE = 1u << CHIPDB_REGION_BOOT | 1u << CHIPDB_REGION_APP,
};

static bool load(struct restore_job *restore)
{
	const struct observer *observer = restore->session->observer;
	struct saved_use use = {.path = restore->wish.path};

	restore->saved = backup_load(restore->session, restore->wish.path, &restore->manifest,
				     &restore->has_manifest);
	if (!restore->saved)
		return false;
	if (!restore->has_manifest && !restore->wish.no_manifest) {
		observer_raise(observer, TROUBLE_NO_MANIFEST, NO_RANGE,
			       "%s has no manifest beside it (%s" MANIFEST_SUFFIX
			       "), so it is not known whether it is whole, and of which module",
			       restore->wish.path, restore->wish.path);
		return false;
	}
	if (restore->has_manifest && restore->manifest.confirmed < restore->manifest.size)
		observer_note(
			observer, NOTE_WARN, TROUBLE_NONE,
			"%u KiB of this backup were read only once when it was made: bits of them "
			"may be wrong",
			(unsigned)((restore->manifest.size - restore->manifest.confirmed) / 1024));
	use.has_manifest = restore->has_manifest;
	use.takes_code = !restore->wish.regions || area_names_kind(restore->wish.regions, CODE);
	if (!saved_examine(restore->session, &use, restore->saved))
		return false;
	if (!restore->has_manifest) {
		content_mac(restore->saved, restore->session->part->size, restore->manifest.mac);
		session_id_text(restore->session, restore->manifest.id);
	}
	return true;
}

/* The chip database decides where it is: a manifest can be edited. */
static bool take_region(struct restore_job *restore, const struct chipdb_soc *soc, const char *name,
			uint8_t *wanted)
{
	const struct manifest_region *saved = manifest_region(&restore->manifest, name);
	const struct observer *observer = restore->session->observer;
	const struct area_wish wish = {.regions = name};
	struct range range;
	struct ranges area;

	if (!area_find(&wish, soc, restore->session->part->size, observer, &area))
		return false;
	range = area.range[0];
	if (saved && (saved->range.start != range.start || saved->range.length != range.length)) {
		observer_raise(
			observer, TROUBLE_WRONG_BACKUP, NO_RANGE,
			"the manifest has %s at 0x%x (0x%x bytes), but on a %s it is at 0x%x "
			"(0x%x bytes): it was edited, or made by another version. Only the "
			"whole flash can be restored from it",
			name, (unsigned)saved->range.start, (unsigned)saved->range.length,
			soc->name, (unsigned)range.start, (unsigned)range.length);
		return false;
	}
	restore->takes |= 1u << area_region(soc, name, restore->session->part->size)->kind;
	memcpy(wanted + range.start, restore->saved + range.start, range.length);
	return ranges_add(&restore->taken, range);
}

static const struct chipdb_soc *find_soc(const struct restore_job *restore)
{
	if (restore->session->told)
		return restore->session->told;
	return restore->has_manifest ? chipdb_soc_by_name(restore->manifest.soc)
				     : content_soc(&restore->content);
}

/* The regions of another SoC are elsewhere, and its code does not run here. */
static bool is_possible(const struct restore_job *restore, const struct chipdb_soc *soc)
{
	const struct content *content = &restore->content;
	bool possible = content->target.identity.soc_count == 0;

	for (size_t i = 0; i < content->target.identity.soc_count; i++)
		possible |= content->target.identity.socs[i] == soc;
	return possible;
}

/* The present content, with the regions named in @list from the backup. */
static bool take_regions(struct restore_job *restore, const char *list, uint8_t *wanted)
{
	const struct chipdb_soc *soc = find_soc(restore);
	char name[32];

	if (!soc) {
		observer_raise(restore->session->observer, TROUBLE_SOC_UNKNOWN, NO_RANGE,
			       "the SoC is not known, nor where its regions are");
		return false;
	}
	if (!session_agrees(restore->session))
		return false;
	if (!is_possible(restore, soc)) {
		observer_raise(
			restore->session->observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			"the regions are those of a %s, and this is a %s: nothing of it belongs "
			"here",
			soc->name, restore->content.target.identity.socs[0]->name);
		return false;
	}
	memcpy(wanted, restore->present, restore->session->part->size);
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

static bool make_plan(struct restore_job *restore)
{
	const char *regions = restore->wish.regions;
	const struct chipdb_part *part = restore->session->part;
	uint8_t *wanted = malloc(part->size);
	bool good = wanted != NULL;

	if (!good)
		session_no_memory(restore->session);
	else if (regions)
		good = take_regions(restore, regions, wanted);
	else
		memcpy(wanted, restore->saved, part->size);
	if (!regions)
		restore->takes = ~0u;
	if (good)
		good = plan_make_whole(&restore->plan, part, &restore->session->cost,
				       restore->present, wanted) ||
		       session_no_memory(restore->session);
	free(wanted);
	return good && flash_can_change(restore->session->flash, restore->plan.ranges,
					restore->plan.range_count);
}

static bool same_mac(const char *a, const char *b)
{
	return a[0] && strcasecmp(a, b) == 0;
}

/* An unfinished job of this module is done when everything is restored. */
static bool check_journal(struct restore_job *restore)
{
	const struct observer *observer = restore->session->observer;
	const struct journal *old = &restore->unfinished.journal;
	bool all = !restore->wish.regions;

	if (!unfinished_find(&restore->unfinished, restore->session, restore->present,
			     restore->wish.dry))
		return false;
	restore->job.unfinished = restore->unfinished.found != JOURNAL_NONE;
	if (!restore->job.unfinished || restore->wish.dry)
		return true;
	if (restore->unfinished.found == JOURNAL_BAD && all) {
		observer_note(
			observer, NOTE_WARN, TROUBLE_NONE,
			"the journal of a stopped write is damaged, and is removed at the end; if "
			"that write was to another module, restore that one, too");
		return true;
	}
	if (restore->unfinished.found == JOURNAL_BAD) {
		observer_raise(observer, TROUBLE_JOURNAL_DAMAGED, NO_RANGE,
			       "the journal of a stopped write is damaged, and restoring some "
			       "regions does not repair that");
		return false;
	}
	if (all)
		return true;
	observer_raise(observer, TROUBLE_UNFINISHED, NO_RANGE,
		       "a %s of %s is not finished, and restoring some regions does not finish it",
		       old->command, old->file);
	return false;
}

static bool ask(const struct restore_job *restore, const char *saved_mac, bool other_rf,
		bool other_mac)
{
	const struct manifest *manifest = &restore->manifest;
	const struct session *session = restore->session;

	if (other_rf)
		return session_ask(session, TROUBLE_OTHER_MODULE,
				   "It is the backup of another module: the calibration of the "
				   "radio in it is not that of this one.");
	if (other_mac)
		return session_ask(session, TROUBLE_OTHER_MODULE,
				   "It is the backup of another module: the MAC address in it is "
				   "%s, and here it is %s.",
				   saved_mac[0] ? saved_mac : "unknown", restore->content.mac);
	return session_ask(session, TROUBLE_OTHER_MODULE,
			   "It is the backup of another module: its flash was %s (ID %s), and this "
			   "is %s.",
			   manifest->part, manifest->id, session->part->name);
}

/* False without memory. @why: empty if the code in the backup can run here, else why not. */
static bool examine_code(const struct restore_job *restore, char why[FIT_WHY])
{
	const struct target *target = &restore->content.target;
	struct image *image = malloc(sizeof(*image));

	if (!image || !image_identify(restore->saved, restore->session->part->size, image)) {
		free(image);
		return session_no_memory(restore->session);
	}
	if (fit_coding(image, target, why) != FIT_NOT && fit_soc(image, target, why) != FIT_NOT)
		why[0] = '\0';
	free(image);
	return true;
}

/* Code of another module that cannot run on this one. */
static bool check_code(const struct restore_job *restore)
{
	char why[FIT_WHY];

	if (!examine_code(restore, why))
		return false;
	if (why[0])
		observer_raise(restore->session->observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s is not restored: %s: it would not run. Restore the module's own "
			       "backup, or write a file that is for this module",
			       restore->wish.path, why);
	return !why[0];
}

/*
 * Without MAC and calibration nothing shows whose backup it is but its code. If that cannot run
 * here, either it is another module's, or what is here now is not this module's own.
 */
static bool check_unknown_module(struct restore_job *restore)
{
	char why[FIT_WHY];

	if (!(restore->takes & CODE))
		return true;
	if (!examine_code(restore, why))
		return false;
	if (!why[0])
		return true;
	restore->clones = true;
	return session_ask(restore->session, TROUBLE_OTHER_MODULE,
			   "It may be the backup of another module. This one has no calibration "
			   "that would tell; and as to the code, %s.",
			   why);
}

static bool has_calibration(const uint8_t *die, uint32_t size)
{
	struct rf found[IMAGE_RFS];

	return content_find_rf(die, size, found) > 0;
}

/*
 * It holds something, and nothing in it tells whose module it is. A stopped job does not tell it,
 * either: without calibration and ID any module looks like that of the job.
 */
static bool is_anybodys(const struct restore_job *restore)
{
	uint32_t size = restore->session->part->size;

	return !has_calibration(restore->present, size) &&
	       !crc_blocks_blank(restore->present, size);
}

static bool job_knows_mac(const struct restore_job *restore, const char *mac)
{
	const struct journal *journal = &restore->unfinished.journal;

	return same_mac(journal->mac, mac) || same_mac(journal->wanted_mac, mac);
}

/*
 * A different flash, MAC or calibration means another module. Then the user is asked about data
 * that is unique to one of the two; code may come from any module on which it runs.
 */
static bool check_module(struct restore_job *restore)
{
	uint32_t size = restore->session->part->size;
	enum module_difference differs = module_differs(restore->present, restore->saved, size);
	char id[PART_ID], mac[MANIFEST_MAC];
	bool other_flash, other_mac, other_rf;

	content_mac(restore->saved, size, mac);
	session_id_text(restore->session, id);
	other_flash = !part_ids_fit(id, restore->manifest.id);
	other_mac = differs == MODULE_OTHER_MAC;
	other_rf = differs == MODULE_OTHER_CALIBRATION;
	if (differs && !content_rf_is_steady(restore->session, restore->present))
		return false;
	/*
	 * A stopped write may have put the other module's there; or this is the module that the
	 * backup came from. The two cannot be told apart, so there is no question, but the content
	 * is saved.
	 */
	if ((other_mac && same_mac(restore->unfinished.journal.mac, mac)) ||
	    (other_rf &&
	     module_had_calibration(&restore->unfinished.journal, restore->saved, size))) {
		other_mac = other_rf = false;
		restore->clones = true;
	}
	restore->clones |= is_anybodys(restore);
	if (!other_mac && !other_flash && !other_rf)
		return has_calibration(restore->present, size) || job_knows_mac(restore, mac) ||
		       check_unknown_module(restore);
	restore->clones = true;
	if ((restore->takes & CODE) && !check_code(restore))
		return false;
	if (!(restore->takes & OWN) &&
	    module_differs(restore->present, restore->plan.wanted, size) == MODULE_SAME)
		return true;
	return ask(restore, mac, other_rf, other_mac);
}

static bool reads_again(struct restore_job *restore, const struct range *ranges, size_t count)
{
	struct session *session = restore->session;
	enum reading_same same = reading_compare(session, restore->present, ranges, count);

	observer_phase_end(session->observer);
	if (same == READING_DIFFERS)
		observer_raise(session->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			       "two readings differ; nothing was changed");
	return same == READING_SAME;
}

/* Of sectors that a region covers in part, the rest is written back. */
static bool check_edges(struct restore_job *restore)
{
	uint32_t sector = plan_sector(restore->session->part);

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

/* The content of another module exists nowhere else, so it is read twice. */
static bool secure(struct restore_job *restore)
{
	const struct range whole = {0, restore->session->part->size};

	if (!restore->clones)
		return check_edges(restore);
	session_phase_compare(restore->session, "read again", whole.length);
	return reads_again(restore, &whole, 1) &&
	       backup_save(&restore->backup, restore->present, &restore->content, whole.length);
}

static bool prepare(struct restore_job *restore)
{
	struct session *session = restore->session;

	if (!load(restore))
		return false;
	restore->present = reading_once(session, "read");
	return restore->present && doubt_reading(session, restore->present) &&
	       content_look(&restore->content, session, restore->present) && make_plan(restore) &&
	       check_journal(restore) && check_module(restore);
}

bool restore_plan_job(struct restore_job *restore, struct session *session,
		      const struct session_options *options, const struct restore_wish *wish)
{
	struct session_options how = *options;

	*restore = (struct restore_job){
		.session = session, .wish = *wish, .unfinished.lock = -1, .backup.output.fd = -1};
	how.writes = !wish->dry;
	how.restores = wish->protect && !wish->dry;
	return session_open(session, &how) && look_at_module(session) && prepare(restore) &&
	       (!wish->dry || session_look_at_protection(session));
}

static bool execute(struct restore_job *restore)
{
	struct journal *journal = &restore->job.journal;

	journal->number = restore->unfinished.journal.number;
	if (restore->clones && !backup_open(&restore->backup, restore->session, NULL))
		return false;
	if (!secure(restore))
		return false;
	restore->job.session = restore->session;
	restore->job.plan = &restore->plan;
	restore->job.present = restore->present;
	journal->known = (struct range){0, restore->session->part->size};
	journal->protect = restore->wish.protect;
	snprintf(journal->command, sizeof(journal->command), "restore");
	journal_name(journal->file, restore->wish.path);
	/* The backup of another module is not the old content of this one. */
	journal_name(journal->backup, restore->clones ? restore->backup.path : restore->wish.path);
	return job_run(&restore->job);
}

/* The die has the wanted content, so an unfinished job has nothing left to do. */
static bool nothing_to_do(struct restore_job *restore)
{
	return session_close(restore->session) &&
	       (restore->wish.regions ||
		journal_remove(restore->unfinished.journal.number, restore->session->observer));
}

bool restore_do_job(struct restore_job *restore)
{
	return restore->plan.range_count == 0 ? nothing_to_do(restore) : execute(restore);
}

void restore_free_job(struct restore_job *restore)
{
	unfinished_let_go(&restore->unfinished);
	backup_discard(&restore->backup);
	plan_free(&restore->plan);
	free(restore->saved);
	free(restore->present);
	restore->saved = restore->present = NULL;
}
