/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - how far a job is, and how long its present phase still takes.
 *
 * A phase begins with an estimate of its work (struct work), of each kind apart: a byte that is
 * erased takes another time than one that is read. What is left is what the estimate says of it, at
 * the pace of that kind of work so far in this job, or of the line where there was none yet.
 *
 * Many pieces are reported at once, when a transfer ends, so what is known is the state at the end
 * of the one before. The first of a phase is no measure: libflashrom's start is in it.
 *
 * Times are milliseconds of a clock that only goes forward. Threads: one.
 */
#ifndef ENGINE_PROGRESS_H
#define ENGINE_PROGRESS_H

#include "base/observer.h"

/*
 * What was estimated of a kind of work that was done, and how long it took, microseconds: of the
 * last transfers, the older the less. What took much longer than those before it is counted apart:
 * once or twice something went wrong that was put right; more often it is a property of the way.
 */
struct progress_pace {
	enum activity activity;
	uint32_t piece;
	double estimated, spent;
	unsigned transfers, stalls;
	double all_estimated, stalled; /* of all of them; what they took too long */
};

/* All zero at the beginning of a job. */
struct progress {
	/* Kept by progress.c: of the present phase. */
	struct work work;
	uint64_t total, done;		  /* bytes, of all activities */
	uint64_t burst[WORK_KINDS];	  /* what was reported at @burst_ms */
	uint64_t left[WORK_KINDS], known; /* bytes, at @known_ms */
	uint64_t began_ms, known_ms, burst_ms;
	bool measures;

	/* Of the whole job. */
	struct progress_pace pace[WORK_KINDS];
	size_t pace_count;
};

void progress_begin(struct progress *progress, const struct work *work, uint64_t now_ms);
void progress_advance(struct progress *progress, enum activity activity, uint32_t bytes,
		      uint64_t now_ms);

/*
 * Bytes a second since the phase began, and the time that it still takes. False: nothing is known
 * yet.
 */
bool progress_left(const struct progress *progress, uint64_t now_ms, uint64_t *rate,
		   uint64_t *left_ms);

#endif
