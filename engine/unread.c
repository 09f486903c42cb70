/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/unread.h"

#include <stdlib.h>

#include "engine/steady.h"

/* At least this many samples must fall on content that has to be erased. */
#define SAMPLES_LEAST (DOUBT_SAMPLES / 4)

/*
 * A bit that is 0 and has to become 1, in a byte that is not blank: that needs an erase with any
 * page size.
 */
bool unread_must_go(const uint8_t *now, const uint8_t *wanted, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (wanted[i] & ~now[i])
			return true;
	return false;
}

static bool is_inside(struct range covered, uint32_t at, uint32_t length)
{
	return at >= covered.start && length <= covered.length &&
	       at - covered.start <= covered.length - length;
}

bool unread_pays(const struct session *session, struct range covered,
		 const uint8_t samples[DOUBT_BYTES], const uint8_t *wanted)
{
	const struct die_cost *cost = &session->cost;
	uint32_t each = session->part->size / DOUBT_SAMPLES, count = 0;
	struct estimate begins = {0}, spared = {0};

	/* Where a checksum proves the content, a few bytes take no less time than all of them. */
	if (plan_sector(session->part) != UNREAD_SECTOR || each % UNREAD_SECTOR ||
	    cost->ns_per_known_byte != cost->ns_per_byte)
		return false;
	for (uint32_t i = 0; i < DOUBT_SAMPLES; i++)
		count +=
			is_inside(covered, i * each, UNREAD_SECTOR) &&
			unread_must_go(samples + i * DOUBT_SAMPLE, wanted + i * each, DOUBT_SAMPLE);
	estimate_samples(&begins, cost, UNREAD_BEGIN, 2 * (uint64_t)covered.length / UNREAD_SECTOR);
	estimate_read(&spared, cost, (uint64_t)count * each);
	return count >= SAMPLES_LEAST && 2 * begins.typical_us <= spared.typical_us;
}

/* As many as steady_read_all() accepts, from @at on; returns how many. */
static uint32_t read_begins(struct session *session, uint32_t at, uint32_t end, uint8_t *die)
{
	struct proxy_piece places[STEADY_PLACES];
	uint32_t count = 0;

	for (; count < STEADY_PLACES && at < end; at += UNREAD_SECTOR)
		places[count++] = (struct proxy_piece){at, die + at, UNREAD_BEGIN};
	return steady_read_all(session, places, count) ? count : 0;
}

bool unread_look(struct unread *unread, struct session *session, struct range covered,
		 const uint8_t *wanted, uint8_t *die)
{
	uint32_t end = covered.start + covered.length, count;

	unread->sectors = calloc(session->part->size / UNREAD_SECTOR, 1);
	if (!unread->sectors)
		return session_no_memory(session);
	for (uint32_t at = covered.start; at < end; at += count * UNREAD_SECTOR) {
		count = session_interrupted(session) ? 0 : read_begins(session, at, end, die);
		if (!count)
			return false;
	}
	for (uint32_t at = covered.start; at < end; at += UNREAD_SECTOR) {
		if (!unread_must_go(die + at, wanted + at, UNREAD_BEGIN))
			continue;
		unread->sectors[at / UNREAD_SECTOR] = 1;
		unread->bytes += UNREAD_SECTOR;
	}
	return true;
}

void unread_free(struct unread *unread)
{
	free(unread->sectors);
	*unread = (struct unread){.bytes = 0};
}

bool unread_at(const struct unread *unread, uint32_t address)
{
	return unread->sectors && unread->sectors[address / UNREAD_SECTOR];
}

void unread_is_read(struct unread *unread, struct range range)
{
	uint32_t end = range.start + range.length;

	for (uint32_t at = range.start / UNREAD_SECTOR * UNREAD_SECTOR; at < end;
	     at += UNREAD_SECTOR)
		if (unread_at(unread, at)) {
			unread->sectors[at / UNREAD_SECTOR] = 0;
			unread->bytes -= UNREAD_SECTOR;
		}
}

static size_t add_sector(struct range *ranges, size_t count, uint32_t at)
{
	struct range *last = count ? &ranges[count - 1] : NULL;

	if (last && last->start + last->length == at) {
		last->length += UNREAD_SECTOR;
		return count;
	}
	ranges[count] = (struct range){at, UNREAD_SECTOR};
	return count + 1;
}

size_t unread_ranges(const struct unread *unread, struct range known, bool those,
		     struct range *ranges)
{
	size_t count = 0;

	for (uint32_t at = known.start; at < known.start + known.length; at += UNREAD_SECTOR)
		if (unread_at(unread, at) == those)
			count = add_sector(ranges, count, at);
	return count;
}

static bool stays(struct range sector, const struct plan_kept *kept, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (range_touches(kept[i].range, sector))
			return true;
	return false;
}

size_t unread_needed(const struct unread *unread, const struct session *session, const uint8_t *die,
		     const uint8_t *wanted, const struct plan_kept *kept, size_t kept_count,
		     struct range *ranges)
{
	size_t count = 0;

	for (uint32_t at = 0; unread->bytes && at < session->part->size; at += UNREAD_SECTOR) {
		const struct range sector = {at, UNREAD_SECTOR};

		if (unread_at(unread, at) && (stays(sector, kept, kept_count) ||
					      !unread_must_go(die + at, wanted + at, UNREAD_BEGIN)))
			count = add_sector(ranges, count, at);
	}
	return count;
}
