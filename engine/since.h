/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * since.h - what has become of a flash since a job on it was stopped.
 *
 * Of a job that was stopped each sector is as before, as wanted, or on the way there: blank, or
 * with pages that are written in part. One block may be anything, that in which it was stopped;
 * and one may have been hit by a command that went astray. What is something else was written
 * since, and is newer: `resume` must not put old content over it.
 *
 *	elsewhere, where the job was not to change anything, it is left as it is: firmware writes
 *	settings whenever it runs;
 *	where the job was to write, somebody else has: it is for the user to say which counts.
 */
#ifndef ENGINE_SINCE_H
#define ENGINE_SINCE_H

#include "engine/journal.h"

struct since {
	size_t newer;	/* sectors that somebody else wrote where the job was to write */
	uint32_t first; /* the first of them */
	size_t left;	/* sectors elsewhere that are newer, and left */
};

/*
 * Holds @present against @wanted, which is of journal_wanted() and gets what is left as it is;
 * both of the size of the part. Of a journal without sums nothing is newer.
 */
void since_look(struct since *since, const struct journal *journal, const uint8_t *present,
		uint8_t *wanted);

#endif
