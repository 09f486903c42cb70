/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * told.h - whether readings already show what is asked before the first change (identify_check()).
 *
 * A caller that has a backup (proxy_expect()) compares samples of all the die with it. Each that is
 * the same is as good as a second reading, and two at the same place of both halves tell a die that
 * repeats itself: both read as the backup says, and differ. Then the die need not be asked again.
 *
 * A zeroed one is empty. Threads: one.
 */
#ifndef TOLD_H
#define TOLD_H

#include "programmer/die/die.h"
#include "programmer/guard/mend.h"

/* As many as identify_check() reads. */
#define TOLD_PAIRS 32
#define TOLD_BYTES 16u

struct told {
	unsigned pairs; /* read as told, one after the other: a place and the same in the upper half
			 */
	bool apart;	/* the two of one differ */
	bool differed;	/* something did not read as told */
	unsigned revived; /* the die's, when the first was read */
};

/* What @reads brought of @die. */
void told_see(struct told *told, const struct mend *mend, const struct beken_die *die,
	      const struct die_op *reads, size_t count);

/* Whether all that was told reads so, in as many pairs as it takes, and the die was there since. */
bool told_is_so(const struct told *told, const struct beken_die *die);

#endif
