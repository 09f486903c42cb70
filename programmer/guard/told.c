/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/told.h"

#include <string.h>

static bool is_pair(const struct beken_die *die, const struct die_op *low,
		    const struct die_op *high)
{
	return low->len == high->len && low->len >= TOLD_BYTES &&
	       high->address == low->address + die->part->size / 2;
}

void told_see(struct told *told, const struct mend *mend, const struct beken_die *die,
	      const struct die_op *reads, size_t count)
{
	bool before = false;

	if (told->pairs == 0)
		told->revived = die->revived;
	for (size_t i = 0; i < count; i++) {
		const struct die_op *read = &reads[i];
		const uint8_t *wanted = mend_told(mend, read->address, read->len);
		bool same = wanted && memcmp(wanted, read->rx, read->len) == 0;

		told->differed |= wanted && !same;
		if (same && before && is_pair(die, read - 1, read)) {
			told->pairs++;
			told->apart |= memcmp(read[-1].rx, read->rx, read->len) != 0;
		}
		before = same;
	}
}

bool told_is_so(const struct told *told, const struct beken_die *die)
{
	return told->pairs >= TOLD_PAIRS && told->apart && !told->differed &&
	       told->revived == die->revived;
}
