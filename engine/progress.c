/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/progress.h"

#include <string.h>

/* All pieces of a transfer are reported within this time. */
#define BURST_MS 3

/* Bytes: a shorter reading is a sample that belongs to other work, unless it was estimated. */
#define SAMPLE_MOST 64

void progress_begin(struct progress *progress, const struct work *work, uint64_t now_ms)
{
	progress->work = *work;
	progress->total = progress->done = progress->known = 0;
	for (size_t i = 0; i < work->count; i++) {
		progress->left[i] = work->kind[i].bytes;
		progress->total += work->kind[i].bytes;
	}
	memset(progress->burst, 0, sizeof(progress->burst));
	progress->began_ms = progress->known_ms = progress->burst_ms = now_ms;
	progress->measures = false;
}

/* The estimate for this number of bytes, in microseconds. */
static double estimate(const struct work_kind *kind, uint64_t bytes)
{
	return (double)kind->us * (double)bytes / (double)kind->bytes;
}

static bool is_of(const struct progress_pace *pace, const struct work_kind *kind)
{
	return pace->activity == kind->activity && pace->piece == kind->piece;
}

/*
 * The factor by which a kind of work takes longer than estimated. An erase that was not done yet is
 * assumed to take the die's own time, which the datasheet tells better than shorter erases; other
 * work takes the time of the line.
 */
static double pace_of(const struct progress *progress, const struct work_kind *kind)
{
	double estimated = 0, spent = 0;

	for (size_t i = 0; i < progress->pace_count; i++) {
		const struct progress_pace *pace = &progress->pace[i];

		if (is_of(pace, kind))
			return pace->spent / pace->estimated;
		if (pace->activity != ACTIVITY_ERASE) {
			estimated += pace->estimated;
			spent += pace->spent;
		}
	}
	return kind->activity != ACTIVITY_ERASE && estimated > 0 ? spent / estimated : 1;
}

static void add_pace(struct progress *progress, const struct work_kind *kind, double estimated,
		     double spent)
{
	size_t i = 0;

	while (i < progress->pace_count && !is_of(&progress->pace[i], kind))
		i++;
	if (i == WORK_KINDS)
		return;
	if (i == progress->pace_count)
		progress->pace[progress->pace_count++] =
			(struct progress_pace){.activity = kind->activity, .piece = kind->piece};
	progress->pace[i].estimated += estimated;
	progress->pace[i].spent += spent;
}

/* The time of a burst is that of its kinds of work, as their paces are known so far. */
static void measure(struct progress *progress)
{
	const struct work *work = &progress->work;
	double spent = 1000 * (double)(progress->burst_ms - progress->known_ms), expected = 0;
	double estimated[WORK_KINDS], paces[WORK_KINDS];

	for (size_t i = 0; i < work->count; i++) {
		estimated[i] = estimate(&work->kind[i], progress->burst[i]);
		paces[i] = pace_of(progress, &work->kind[i]);
		expected += estimated[i] * paces[i];
	}
	for (size_t i = 0; i < work->count; i++)
		if (estimated[i] > 0)
			add_pace(progress, &work->kind[i], estimated[i],
				 spent * estimated[i] * paces[i] / expected);
}

static void end_burst(struct progress *progress)
{
	if (progress->measures)
		measure(progress);
	progress->measures = true;
	for (size_t i = 0; i < progress->work.count; i++) {
		uint64_t burst = progress->burst[i], left = progress->left[i];

		progress->left[i] -= burst < left ? burst : left;
		progress->burst[i] = 0;
	}
	progress->known = progress->done;
	progress->known_ms = progress->burst_ms;
}

void progress_advance(struct progress *progress, enum activity activity, uint32_t bytes,
		      uint64_t now_ms)
{
	size_t kind = work_find(&progress->work, activity, bytes);

	if (now_ms > progress->burst_ms + BURST_MS) {
		if (progress->known != progress->done)
			end_burst(progress);
		progress->burst_ms = now_ms;
	}
	/* More than the phase had to do, so something was done again. */
	if (kind == progress->work.count)
		return;
	if (activity == ACTIVITY_READ && bytes < SAMPLE_MOST &&
	    progress->work.kind[kind].piece != bytes)
		return;
	progress->burst[kind] += bytes;
	progress->done += bytes;
	if (progress->done > progress->total)
		progress->done = progress->total;
}

bool progress_left(const struct progress *progress, uint64_t now_ms, uint64_t *rate,
		   uint64_t *left_ms)
{
	bool ends = progress->done == progress->total;
	uint64_t at_ms = ends ? now_ms : progress->known_ms;
	uint64_t done = ends ? progress->done : progress->known;
	double left = 0;

	*rate = *left_ms = 0;
	if (at_ms == progress->began_ms)
		return false;
	*rate = done * 1000 / (at_ms - progress->began_ms);
	for (size_t i = 0; !ends && i < progress->work.count; i++) {
		const struct work_kind *kind = &progress->work.kind[i];

		left += estimate(kind, progress->left[i]) * pace_of(progress, kind);
	}
	if (left / 1000 > (double)(now_ms - at_ms))
		*left_ms = (uint64_t)(left / 1000) - (now_ms - at_ms);
	return true;
}
