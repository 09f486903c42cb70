/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * since.h - what happened to a flash since a job on it was stopped.
 *
 * After a stopped job each sector holds the old content, the wanted content, or a state in between:
 * blank, or with pages that are written in part. The block in which it was stopped may hold
 * anything; and one may have been hit by a misdirected command. Any other content was written
 * since, and is newer: `resume` must not put old content over it.
 *
 *	elsewhere, where the job was not to change anything, it is left as it is: firmware writes
 *	settings whenever it runs;
 *	where the job was to write, something else has written: the user has to decide which counts.
 *
 * Of a sector that the job had not read (unread.h) nobody knows what is newer: it is to be written.
 */
#ifndef ENGINE_SINCE_H
#define ENGINE_SINCE_H

#include "engine/journal.h"

struct since {
	size_t newer;	/* sectors that something else wrote where the job was to write */
	uint32_t first; /* the first of them */
	size_t left;	/* sectors elsewhere that are newer, and left */
};

/*
 * Compares @present with @wanted, which is from journal_wanted() and gets what is left as it is;
 * both of the size of the part. With a journal without sums nothing is newer.
 */
void since_look(struct since *since, const struct journal *journal, const uint8_t *present,
		uint8_t *wanted);

#endif
