/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/present.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/doubt.h"
#include "engine/part_id.h"
#include "engine/plan.h"
#include "engine/reading.h"
#include "engine/second_reading.h"

bool present_begin(struct present *present, struct session *session, const char *name, bool lost)
{
	struct stat status;

	*present = (struct present){.session = session, .name = name, .backup.output.fd = -1};
	if (name && stat(name, &status) == 0 && S_ISDIR(status.st_mode)) {
		observer_raise(session->observer, TROUBLE_USAGE, NO_RANGE,
			       "%s is a directory: name a file in it", name);
		return false;
	}
	present->kind = lost				   ? PRESENT_LOST
			: name && stat(name, &status) == 0 ? PRESENT_GIVEN
							   : PRESENT_SAVED;
	return true;
}

static bool out_of_memory(const struct present *present)
{
	session_no_memory(present->session);
	return false;
}

/* Sectors that will be erased must be known to the last byte. */
static bool check_ranges(struct present *present, const struct range *ranges, size_t count)
{
	struct session *session = present->session;

	switch (reading_compare(session, present->die, ranges, count)) {
	case READING_SAME:
		return true;
	case READING_DIFFERS:
		observer_raise(
			session->observer,
			present->kind == PRESENT_GIVEN ? TROUBLE_STALE_BACKUP
						       : TROUBLE_UNSTEADY_READ,
			NO_RANGE,
			present->kind == PRESENT_GIVEN
				? "the flash does not match the backup: it was changed since, or "
				  "is another one, or the contact is bad. Nothing was changed"
				: "two readings differ; nothing was changed");
		break;
	case READING_FAILED:
		break;
	}
	return false;
}

/* Another module's backup may differ only in its calibration. */
static enum reading_same compare_calibration(const struct present *present)
{
	struct session *session = present->session;
	const struct rf_begins *begins = &session->rf;
	struct rf found[IMAGE_RFS];
	struct range ranges[IMAGE_RFS];
	size_t count = content_find_rf(present->die, session->part->size, found);

	/* They were read when the module was looked at. */
	for (size_t i = 0; i < begins->count; i++)
		if (memcmp(begins->bytes[i], present->die + begins->starts[i], RF_BEGIN) != 0)
			return READING_DIFFERS;
	for (size_t i = 0; i < count; i++)
		ranges[i] = (struct range){(uint32_t)found[i].offset, (uint32_t)found[i].length};
	return reading_compare(session, present->die, ranges, count);
}

static bool calibration_is_as_saved(const struct present *present)
{
	enum reading_same same = compare_calibration(present);

	if (same == READING_DIFFERS)
		observer_raise(
			present->session->observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			"%s holds another calibration than this module: it is of another module. "
			"Nothing was changed",
			present->name);
	return same == READING_SAME;
}

/*
 * The content of an existing backup, so that the flash need not be read again; see
 * reading_samples().
 */
static bool take_backup(struct present *present)
{
	struct session *session = present->session;
	const struct observer *observer = session->observer;
	struct manifest *manifest = &present->backup.manifest;
	const char *path = present->name;
	bool has_manifest;
	char id[PART_ID], full[PATH_MAX];

	present->die = backup_load(session, path, manifest, &has_manifest);
	if (!present->die)
		return false;
	session_id_text(session, id);
	if (has_manifest && !part_ids_fit(manifest->id, id)) {
		observer_raise(observer, TROUBLE_WRONG_BACKUP, NO_RANGE,
			       "%s is of another flash: %s, not %s", path, manifest->part,
			       session->part->name);
		return false;
	}
	flash_expect(session->flash, present->die);
	snprintf(present->backup.path, PATH_MAX, "%s", realpath(path, full) ? full : path);
	/* The seed depends on the content: another backup, other places. */
	switch (reading_samples(session, present->die, present->covered.length ^ present->die[0])) {
	case READING_SAME:
		return doubt_reading(session, present->die) && calibration_is_as_saved(present);
	case READING_DIFFERS:
		observer_raise(
			observer, TROUBLE_STALE_BACKUP, NO_RANGE,
			"the flash does not match the backup: it was changed since, or is another "
			"one");
		break;
	case READING_FAILED:
		break;
	}
	return false;
}

/* Sectors that the file replaces completely. */
static struct range whole_sectors(struct range covered)
{
	uint32_t end = (covered.start + covered.length) / UNREAD_SECTOR * UNREAD_SECTOR;
	uint32_t start = (covered.start + UNREAD_SECTOR - 1) / UNREAD_SECTOR * UNREAD_SECTOR;

	return start < end ? (struct range){start, end - start} : NO_RANGE;
}

/* The bootloader must show which SoC it is: unread content shows nothing. */
static bool may_leave_unread(const struct present *present)
{
	const struct session *session = present->session;

	return present->file.data && !present->whole && !present->mixed && session->target.boots &&
	       session->target.identity.soc_count == 1 && !session->told_otherwise;
}

/* Finds what need not be read. */
static bool look_at_begins(struct present *present, const uint8_t samples[DOUBT_BYTES])
{
	struct session *session = present->session;
	const struct range covered = whole_sectors(present->covered);
	uint8_t *wanted;
	bool good = true;

	if (!may_leave_unread(present))
		return true;
	wanted = calloc(session->part->size, 1);
	if (!wanted)
		return out_of_memory(present);
	plan_put_file(wanted, &present->file);
	if (unread_pays(session, covered, samples, wanted)) {
		good = unread_look(&present->unread, session, covered, wanted, present->die);
		present->read_bytes -= present->unread.bytes;
		present->read_bytes += 2 * (uint64_t)UNREAD_BEGIN * covered.length / UNREAD_SECTOR;
	}
	free(wanted);
	return good;
}

static struct range *new_ranges(const struct present *present)
{
	struct range *ranges =
		calloc(present->session->part->size / UNREAD_SECTOR, sizeof(*ranges));

	if (!ranges)
		out_of_memory(present);
	return ranges;
}

/* Everything except what need not be read. */
static bool read_rest(struct present *present)
{
	struct session *session = present->session;
	const struct range known = present->known;
	struct range *ranges;
	size_t count;
	bool good;

	if (present->unread.bytes == known.length)
		return true;
	if (!present->unread.bytes) {
		session_phase_read(session, "read", &known, 1);
		return flash_read(session->flash, &known, 1, present->die);
	}
	ranges = new_ranges(present);
	if (!ranges)
		return false;
	count = unread_ranges(&present->unread, known, false, ranges);
	session_phase_read(session, "read", ranges, count);
	good = flash_read(session->flash, ranges, count, present->die);
	free(ranges);
	return good;
}

/* Twice, since conclusions about the rest are based on it, and it is written back. */
static bool read_after_all(struct present *present, const struct range *ranges, size_t count)
{
	struct session *session = present->session;
	uint64_t bytes = 0;
	bool good;

	for (size_t i = 0; i < count; i++)
		bytes += 2 * (uint64_t)ranges[i].length;
	session_phase_read_twice(session, "read what stays", ranges, count);
	good = flash_read(session->flash, ranges, count, present->die) &&
	       check_ranges(present, ranges, count);
	observer_phase_end(session->observer);
	for (size_t i = 0; good && i < count; i++)
		unread_is_read(&present->unread, ranges[i]);
	present->read_bytes += bytes;
	return good;
}

/* Even if it does not stay, since it tells `resume` which module it was. */
static bool read_calibration(struct present *present)
{
	struct rf found[IMAGE_RFS];
	size_t count = content_find_rf(present->die, present->session->part->size, found);

	for (size_t i = 0; i < count; i++) {
		const struct range sector = {(uint32_t)found[i].offset, RF_ALIGNMENT};

		if (unread_at(&present->unread, sector.start) &&
		    !read_after_all(present, &sector, 1))
			return false;
	}
	return true;
}

/* Only what is known, in whole sectors; the rest of the die is never looked at. */
static bool read_covered(struct present *present)
{
	struct session *session = present->session;
	uint8_t samples[DOUBT_BYTES];

	present->die = malloc(session->part->size);
	if (!present->die)
		return out_of_memory(present);
	memset(present->die, 0xff, session->part->size);
	/* The calibration tells resume which module it was. */
	return doubt_samples(session, samples) && look_at_begins(present, samples) &&
	       read_rest(present) &&
	       content_peek_rf(session, present->known, RF_ALIGNMENT, present->die) &&
	       read_calibration(present);
}

bool present_settle(struct present *present, const uint8_t *wanted, const struct plan_kept *kept,
		    size_t kept_count, bool *more)
{
	struct session *session = present->session;
	struct range *ranges;
	size_t count;
	bool good;

	*more = false;
	if (!present->unread.bytes)
		return true;
	ranges = new_ranges(present);
	if (!ranges)
		return false;
	count = unread_needed(&present->unread, session, present->die, wanted, kept, kept_count,
			      ranges);
	*more = count > 0;
	good = !*more || (read_after_all(present, ranges, count) &&
			  content_look(&present->content, session, present->die));
	free(ranges);
	return good;
}

/* Bytes that differ in a second reading are settled, and may then lead to other conclusions. */
static bool believe(struct present *present, enum second_reading second)
{
	struct session *session = present->session;
	uint32_t size = session->part->size;

	switch (second) {
	case SECOND_SLOWER:
	case SECOND_FAILED:
		return false;
	case SECOND_DIFFERED:
		if (!content_look(&present->content, session, present->die))
			return false;
		break;
	case SECOND_AGREES:
		break;
	}
	if (present->sure < size)
		observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
			      "%u KiB of the flash were read only once, to save time; the command "
			      "backup reads all of it twice",
			      (unsigned)((size - present->sure) / 1024));
	return true;
}

static bool read_once(struct present *present, bool dry)
{
	struct session *session = present->session;

	free(present->die);
	present->die = dry ? reading_once(session, "read") : reading_first(session);
	return present->die && doubt_reading(session, present->die) &&
	       content_look(&present->content, session, present->die);
}

/* Starts again if the clock turns out to be too fast. */
static bool read_and_believe(struct present *present)
{
	struct session *session = present->session;
	struct steadiness *steadiness = &present->backup.manifest.steadiness;
	enum second_reading second;

	do {
		steady_begin(session, steadiness);
		if (!read_once(present, false))
			return false;
		second = second_reading(session, present->die, &present->content, present->covered,
					&present->sure, steadiness);
	} while (second == SECOND_SLOWER);
	return believe(present, second);
}

static bool read_saved(struct present *present, bool dry)
{
	struct session *session = present->session;

	if (!dry && !backup_open(&present->backup, session, present->name))
		return false;
	if (dry ? !read_once(present, true) : !read_and_believe(present))
		return false;
	present->read_bytes += second_reading_bytes(session->part->size, present->die,
						    &present->content, present->covered);
	return true;
}

/* The sectors that the file covers, some of them in part: everything that changes is in them. */
static struct range covered_sectors(const struct present *present)
{
	uint32_t sector = plan_sector(present->session->part);
	uint32_t start = present->covered.start / sector * sector;
	uint32_t end = present->covered.start + present->covered.length + sector - 1;

	return (struct range){start, end / sector * sector - start};
}

static void find_known(struct present *present)
{
	const struct chipdb_part *part = present->session->part;

	/*
	 * If the module does not start, its bootloader tells nothing, and everything else has to be
	 * read.
	 */
	present->known =
		present->kind == PRESENT_LOST && present->session->target.boots && !present->whole
			? covered_sectors(present)
			: (struct range){0, part->size};
	present->read_bytes = present->kind == PRESENT_GIVEN ? 0 : present->known.length;
}

bool present_read(struct present *present, struct range covered, bool dry)
{
	struct session *session = present->session;
	bool good = false;

	present->covered = covered;
	find_known(present);
	switch (present->kind) {
	case PRESENT_GIVEN:
		good = take_backup(present);
		break;
	case PRESENT_LOST:
		good = read_covered(present);
		break;
	case PRESENT_SAVED:
		return read_saved(present, dry);
	}
	return good && content_look(&present->content, session, present->die);
}

/* The rest of sectors that are covered in part is written back, and there is no backup. */
static bool check_edges(struct present *present)
{
	const struct range covered = present->covered;
	uint32_t sector = plan_sector(present->session->part);
	uint32_t end = covered.start + covered.length;
	struct range edges[2];
	size_t count = 0;

	if (covered.start % sector)
		edges[count++] = (struct range){covered.start / sector * sector, sector};
	if (end % sector)
		edges[count++] = (struct range){end / sector * sector, sector};
	return check_ranges(present, edges, count);
}

/*
 * Of the rest that the file covers, only samples were compared with the backup. If that is no more
 * than what changes, there is time to compare all of it.
 */
static bool check_given(struct present *present, const struct range *ranges, size_t count)
{
	const struct range whole = covered_sectors(present);
	uint32_t changed = 0;
	bool good;

	for (size_t i = 0; i < count; i++)
		changed += ranges[i].length;
	present->assumed = present->covered.length > 2 * changed && changed > 0;
	if (present->assumed)
		return check_ranges(present, ranges, count);
	session_phase_compare(present->session, "compare", whole.length);
	good = check_ranges(present, &whole, 1);
	observer_phase_end(present->session->observer);
	return good;
}

bool present_secure(struct present *present, const struct range *ranges, size_t count)
{
	switch (present->kind) {
	case PRESENT_LOST:
		return present->mixed ? check_ranges(present, ranges, count) : check_edges(present);
	case PRESENT_GIVEN:
		return check_given(present, ranges, count);
	case PRESENT_SAVED:
		break;
	}
	if (present->mixed && !check_ranges(present, ranges, count))
		return false;
	return backup_save(&present->backup, present->die, &present->content, present->sure);
}

void present_free(struct present *present)
{
	backup_discard(&present->backup);
	unread_free(&present->unread);
	free(present->die);
	present->die = NULL;
}
