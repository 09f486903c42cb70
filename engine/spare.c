/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/spare.h"

#include "image/settings.h"

#define BEGIN_BYTES 16 /* enough to recognize calibration, and settings of OpenBeken */
#define LOOKS 2	       /* a bit that was read wrong must not hide it */

/* The places of everything that the possible SoCs keep. */
static bool find_kept(const struct session *session, const struct keep_not *without,
		      struct ranges *found)
{
	chipdb_soc_set candidates = identity_candidates(&session->target.identity);

	found->count = 0;
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i];
		struct plan_kept kept[PLAN_KEPT];
		size_t count = 0;

		if (candidates >> i & 1)
			count = keep_regions(&soc, 1, NULL, 0, session->part->size, without, kept);
		while (count > 0)
			if (!ranges_add(found, kept[--count].range))
				return false;
	}
	return true;
}

/* Whole sectors: the rest of one would have to be erased and written back. */
static bool take_out(struct ranges *area, struct range range, uint32_t sector)
{
	range.length += range.start % sector;
	range.start -= range.start % sector;
	range.length += (sector - range.length % sector) % sector;
	return ranges_remove(area, range);
}

static bool look_for_own(struct session *session, const struct keep_not *without, uint32_t at,
			 bool *found)
{
	uint8_t begin[LOOKS][BEGIN_BYTES];
	const struct proxy_piece pieces[LOOKS] = {{at, begin[0], BEGIN_BYTES},
						  {at, begin[1], BEGIN_BYTES}};
	struct rf rf;

	*found = false;
	if (!flash_peek_all(session->flash, pieces, LOOKS))
		return false;
	for (unsigned i = 0; i < LOOKS && !*found; i++)
		*found = (!without->rf && rf_parse(begin[i], BEGIN_BYTES, 0, &rf)) ||
			 (!without->net && settings_is_openbeken(begin[i], BEGIN_BYTES));
	return true;
}

/* Except in @places, which the database and the user have decided about. */
static bool take_out_found(struct session *session, const struct keep_not *without,
			   const struct ranges *places, struct ranges *area)
{
	const struct ranges search = *area;
	uint32_t known = 0;
	bool good = true;

	for (size_t i = 0; i < search.count; i++)
		known += flash_known(session->flash, search.range[i]);
	session_phase_search(session, "search", BEGIN_BYTES, ranges_bytes(&search) / RF_ALIGNMENT,
			     known / RF_ALIGNMENT, LOOKS);
	for (size_t i = 0; good && i < search.count; i++) {
		uint32_t at = search.range[i].start, end = at + search.range[i].length;

		for (at -= at % RF_ALIGNMENT; good && at < end; at += RF_ALIGNMENT) {
			const struct range range = {at, RF_ALIGNMENT};
			bool found = false;

			if (ranges_touch(places, range))
				continue;
			good = look_for_own(session, without, at, &found) &&
			       (!found || take_out(area, range, session->part->erase[0].size));
		}
	}
	observer_phase_end(session->observer);
	return good;
}

bool spare_find(struct spare *spare, struct session *session, const struct keep_not *without,
		struct ranges *area)
{
	const struct keep_not all_but_rf = {.net = true, .data = true};
	struct ranges kept, rf;
	bool good = find_kept(session, without, &kept) && find_kept(session, &all_but_rf, &rf);

	*spare = (struct spare){.kept = *area};
	for (size_t i = 0; good && i < kept.count; i++)
		good = take_out(area, kept.range[i], session->part->erase[0].size);
	if (good && !(without->rf && without->net))
		good = take_out_found(session, without, &rf, area);
	for (size_t i = 0; good && i < area->count; i++)
		good = ranges_remove(&spare->kept, area->range[i]);
	for (size_t i = 0; good && i < rf.count; i++)
		spare->rf_goes |= ranges_touch(area, rf.range[i]);
	if (!good)
		observer_raise(session->observer, TROUBLE_BUG, NO_RANGE,
			       "what must stay could not be determined");
	return good;
}
