/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/since.h"

#include <string.h>

#include "image/crc_blocks.h"

#define SECTOR JOURNAL_SECTOR
#define PAGE 256u
#define BLOCK 65536u /* the most that one command changes, except an erase of the whole chip */

/* Whether programming can turn @then into @now: no bit has become 1. */
static bool only_cleared(const uint8_t *then, const uint8_t *now, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((then[i] & now[i]) != now[i])
			return false;
	return true;
}

/* Pages that are blank, written, or written in part. */
static bool is_on_its_way(const uint8_t *present, const uint8_t *wanted)
{
	for (uint32_t at = 0; at < SECTOR; at += PAGE)
		if (!crc_blocks_blank(present + at, PAGE) &&
		    !only_cleared(present + at, wanted + at, PAGE))
			return false;
	return true;
}

/* Sectors that one command can explain, if all of them are in one block. */
struct suspects {
	size_t count;
	uint32_t first;
	bool one_block;
};

static void suspect(struct suspects *suspects, uint32_t at)
{
	if (suspects->count++ == 0) {
		suspects->first = at;
		suspects->one_block = true;
	}
	suspects->one_block &= at / BLOCK == suspects->first / BLOCK;
}

static void leave(struct since *since, const uint8_t *present, uint8_t *wanted,
		  const struct journal *journal, uint32_t at)
{
	memcpy(wanted + at, present + at, SECTOR);
	journal_set_sum(journal, wanted, at, journal_sum(present + at));
	since->left++;
}

void since_look(struct since *since, const struct journal *journal, const uint8_t *present,
		uint8_t *wanted)
{
	const struct range known = journal->known;
	struct suspects stopped = {0}, hit = {0};

	*since = (struct since){.newer = 0};
	for (uint32_t at = known.start; journal->sums && at < known.start + known.length;
	     at += SECTOR) {
		const uint8_t *now = present + at, *then = wanted + at;
		uint32_t before = journal_sum_of(journal, wanted, at);

		if (before == JOURNAL_NO_SUM || memcmp(now, then, SECTOR) == 0 ||
		    journal_sum(now) == before)
			continue;
		if (journal_sum(then) != before) {
			if (!is_on_its_way(now, then))
				suspect(&stopped, at);
		} else if (crc_blocks_blank(now, SECTOR) || only_cleared(then, now, SECTOR)) {
			suspect(&hit, at);
		} else {
			leave(since, present, wanted, journal, at);
		}
	}
	if (stopped.count && !stopped.one_block) {
		since->newer = stopped.count;
		since->first = stopped.first;
	} else if (hit.count && !hit.one_block) {
		since->newer = hit.count;
		since->first = hit.first;
	}
}
