/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * work.h - what a phase of a job has to do to the die, and how long each kind of it is likely to
 * take; for whoever says how long it still takes.
 */
#ifndef BASE_WORK_H
#define BASE_WORK_H

#include <stddef.h>
#include <stdint.h>

/* COMPARE: a READ of what was known before, where that has a price of its own. */
enum activity { ACTIVITY_READ, ACTIVITY_PROGRAM, ACTIVITY_ERASE, ACTIVITY_COMPARE };

/* Long and short reads, looks at what is known, programs, and each erase of a part. */
#define WORK_KINDS 9

struct work_kind {
	enum activity activity;
	uint32_t piece; /* bytes of each; 0: of any length */
	uint64_t bytes, us;
};

struct work {
	struct work_kind kind[WORK_KINDS];
	size_t count;
};

/* What does not fit any more goes to another kind of its activity. */
void work_add(struct work *work, enum activity activity, uint32_t piece, uint64_t bytes,
	      uint64_t us);

/*
 * Where pieces of @piece bytes are, or else others of that activity; READ and COMPARE stand in for
 * each other. work->count: nowhere.
 */
size_t work_find(const struct work *work, enum activity activity, uint32_t piece);

#endif
