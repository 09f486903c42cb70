/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/read_file.h"
#include "engine/steady.h"
#include "engine/look.h"
#include "engine/unpack.h"
#include "image/image.h"
#include "image/placement.h"

static bool unpack(struct verify_job *verify)
{
	struct session *session = verify->session;
	struct uf2 uf2;

	if (!unpack_file(&uf2, &verify->data, &verify->size, &verify->carried))
		return session_no_memory(session);
	if (verify->carried && memchr(verify->carried, 0, verify->size))
		observer_note(session->observer, NOTE_INFO, TROUBLE_NONE,
			      "%s is a UF2 file: what it leaves free between its parts is not "
			      "compared",
			      verify->path);
	if (uf2.fault == UF2_GOOD)
		return true;
	observer_raise(session->observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s: a UF2 file: %s",
		       verify->path, uf2.why);
	return false;
}

bool verify_load(struct verify_job *verify, struct session *session, const char *path)
{
	*verify = (struct verify_job){.session = session, .path = path};
	verify->data = read_file(path, &verify->size);
	if (!verify->data)
		observer_raise(session->observer, TROUBLE_FILE, NO_RANGE, "%s: %s", path,
			       errno == EFBIG ? "too large for any flash" : strerror(errno));
	else if (verify->size == 0)
		observer_raise(session->observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s is empty",
			       path);
	return verify->data && verify->size > 0 && unpack(verify);
}

/* By the kind of the file, unless the user gives an address. */
static bool find_place(struct verify_job *verify, struct area_wish *wish)
{
	const struct session *session = verify->session;
	uint32_t flash_size = session->part->size;
	struct placement placement;
	struct image image;

	if (wish->regions || wish->has_at)
		return true;
	wish->has_at = true;
	wish->at = 0;
	if (!image_identify(verify->data, verify->size, &image))
		return session_no_memory(session);
	placement_find(&image, session_soc(session), NULL, flash_size, PLACEMENT_ANYWHERE,
		       &placement);
	if (image.has_address && placement.address < flash_size) {
		wish->at = (uint32_t)placement.address;
		verify->rotation = placement.rotation;
		verify->size = placement.length;
	} else if (verify->size != flash_size) {
		observer_raise(session->observer, TROUBLE_WRONG_PLACE, NO_RANGE,
			       "where %s belongs cannot be told from it", verify->path);
		return false;
	}
	return true;
}

/* Of a region that is longer than the file, only that much is compared. */
static bool fit(struct verify_job *verify, bool has_size)
{
	const struct observer *observer = verify->session->observer;
	struct range *range = &verify->range;

	if (verify->size > range->length && !has_size) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE,
			       "%s has %zu bytes, but the region has %u", verify->path,
			       verify->size, (unsigned)range->length);
		return false;
	}
	if (verify->size < range->length && has_size) {
		observer_raise(observer, TROUBLE_WRONG_FILE, NO_RANGE, "%s has only %zu bytes",
			       verify->path, verify->size);
		return false;
	}
	if (verify->size < range->length) {
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "%s has %zu of the %u bytes of the region: only they are compared",
			      verify->path, verify->size, (unsigned)range->length);
		range->length = (uint32_t)verify->size;
	}
	return true;
}

bool verify_plan_job(struct verify_job *verify, const struct session_options *options,
		     const struct area_wish *wish)
{
	struct session *session = verify->session;
	struct area_wish place = *wish;
	struct ranges area;

	if (!session_open(session, options) || !look_at_module(session) ||
	    !find_place(verify, &place))
		return false;
	if (!place.regions && !place.has_size) {
		place.has_size = true;
		place.size = (uint32_t)verify->size;
	}
	if (!area_find(&place, session_soc(session), session->part->size, session->observer, &area))
		return false;
	verify->range = area.range[0];
	return fit(verify, place.has_size);
}

static void list_parts(struct verify_job *verify)
{
	const struct chipdb_soc *soc = session_soc(verify->session);
	uint32_t end = verify->range.start + verify->range.length;

	verify->part_count = 0;
	for (size_t i = 0; soc && i < CHIPDB_REGIONS && soc->regions[i].name; i++) {
		const struct chipdb_region *region = &soc->regions[i];
		struct range range = {region->start, region->length};

		if (!range_touches(range, verify->range))
			continue;
		if (range.start < verify->range.start)
			range.start = verify->range.start;
		range.length = region->start + region->length - range.start;
		if (range.length > end - range.start)
			range.length = end - range.start;
		verify->parts[verify->part_count++] =
			(struct verify_part){.name = region->name, .range = range};
	}
	if (soc)
		verify->parts[verify->part_count++] = (struct verify_part){.name = NULL};
}

static void count(struct verify_part *part, uint32_t at)
{
	if (part->different++ == 0)
		part->first = at;
}

static void note_difference(struct verify_job *verify, uint32_t at)
{
	bool inside = false;

	if (verify->different++ == 0)
		verify->first = at;
	for (size_t i = 0; i + 1 < verify->part_count; i++) {
		struct verify_part *part = &verify->parts[i];

		if (!range_touches(part->range, (struct range){at, 1}))
			continue;
		count(part, at);
		inside = true;
	}
	if (verify->part_count > 0 && !inside)
		count(&verify->parts[verify->part_count - 1], at);
}

/* @at: from the start of the range. */
static bool is_same(const struct verify_job *verify, const uint8_t *die, uint32_t at)
{
	size_t place = (at + verify->rotation) % verify->size;

	return die[verify->range.start + at] == verify->data[place] ||
	       (verify->carried && !verify->carried[place]);
}

/* The offset of the first difference from @at on; the length of the range if there is none. */
static uint32_t next_difference(const struct verify_job *verify, const uint8_t *die, uint32_t at)
{
	while (at < verify->range.length && is_same(verify, die, at))
		at++;
	return at;
}

/* One flipped bit is not a difference: places that differ are read until two readings agree. */
static bool confirm_differences(struct verify_job *verify, uint8_t *die)
{
	const struct range range = verify->range;
	uint32_t at = 0;
	bool good = true;

	while (good && (at = next_difference(verify, die, at)) < range.length) {
		uint32_t left = range.length - at;
		const struct range piece = {range.start + at,
					    left < STEADY_PIECE ? left : STEADY_PIECE};

		good = steady_settle(verify->session, NULL, piece, die + piece.start, NULL);
		at += piece.length;
	}
	return good;
}

bool verify_do_job(struct verify_job *verify)
{
	struct session *session = verify->session;
	const struct range range = verify->range;
	uint8_t *die = malloc(session->part->size);
	bool good;

	if (!die)
		return session_no_memory(session);
	list_parts(verify);
	session_phase_read(session, "verify", &range, 1);
	good = flash_read(session->flash, &range, 1, die) && confirm_differences(verify, die) &&
	       session_close(session);
	observer_phase_end(session->observer);
	for (uint32_t at = 0; good && (at = next_difference(verify, die, at)) < range.length; at++)
		note_difference(verify, range.start + at);
	free(die);
	return good;
}

void verify_free_job(struct verify_job *verify)
{
	free(verify->data);
	free(verify->carried);
	verify->data = verify->carried = NULL;
}
