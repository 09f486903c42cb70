/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/progress.h"

#include <string.h>

/* All pieces of a transfer are reported within this time. */
#define BURST_MS 3

/* Of about so many transfers a pace is the average. */
#define PACE_BURSTS 8

/* Of a phase: less of a kind of work is no measure of it. */
#define TELLING_SHARE 0.02

/* What takes so many times as long as it did on average, behind so many, is a stall. */
#define STALL_TIMES 1.5
#define STALL_AFTER 4
#define STALLS_FEW 2

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

/* Which kind a reading is of: where something is read twice the second time compares. */
static size_t kind_of(const struct progress *progress, enum activity activity, uint32_t bytes)
{
	const struct work *work = &progress->work;
	size_t kind = work_find(work, activity, bytes);
	size_t later = work_find(work, ACTIVITY_COMPARE, bytes);

	if (activity == ACTIVITY_READ && kind < work->count && later < work->count &&
	    progress->burst[kind] >= progress->left[kind])
		return later;
	return kind;
}

static bool is_of(const struct progress_pace *pace, const struct work_kind *kind)
{
	return pace->activity == kind->activity && pace->piece == kind->piece;
}

/* Of what is @alike to a kind of work, as far as there was any. */
static bool was_measured(const struct progress *progress, const struct work_kind *kind,
			 bool (*alike)(const struct progress_pace *, const struct work_kind *),
			 double *times)
{
	double estimated = 0, spent = 0;

	for (size_t i = 0; i < progress->pace_count; i++) {
		const struct progress_pace *pace = &progress->pace[i];

		if (alike(pace, kind)) {
			estimated += pace->estimated;
			spent += pace->spent;
			if (pace->stalls > STALLS_FEW)
				spent += pace->stalled * pace->estimated / pace->all_estimated;
		}
	}
	*times = estimated > 0 ? spent / estimated : 1;
	return estimated > 0;
}

static bool is_akin(const struct progress_pace *pace, const struct work_kind *kind)
{
	return pace->activity == kind->activity && pace->piece != kind->piece;
}

static bool is_reading(const struct progress_pace *pace, const struct work_kind *kind)
{
	(void)kind;
	return pace->activity == ACTIVITY_READ;
}

static bool is_other_line(const struct progress_pace *pace, const struct work_kind *kind)
{
	return pace->activity != ACTIVITY_ERASE && !is_of(pace, kind);
}

/*
 * Of a kind that was not done yet. An erase takes the die's own time, of which the datasheet tells
 * more than shorter ones do. What is compared in other pieces, or read, tells of a look at what is
 * known; and the line of all else.
 */
static double pace_of_others(const struct progress *progress, const struct work_kind *kind)
{
	double times;

	if (kind->activity == ACTIVITY_ERASE)
		return 1;
	if (was_measured(progress, kind, is_akin, &times) ||
	    (kind->activity == ACTIVITY_COMPARE &&
	     was_measured(progress, kind, is_reading, &times)) ||
	    was_measured(progress, kind, is_other_line, &times))
		return times;
	return 1;
}

/*
 * How many times as long as estimated a kind of work takes. A little of it tells little: what was
 * before it may have left it something to wait for.
 */
static double pace_of(const struct progress *progress, const struct work_kind *kind)
{
	double times, done = 0, all = 0;

	for (size_t i = 0; i < progress->work.count; i++)
		all += (double)progress->work.kind[i].us;
	for (size_t i = 0; i < progress->pace_count; i++)
		if (is_of(&progress->pace[i], kind))
			done = progress->pace[i].all_estimated / (TELLING_SHARE * all + 1);
	if (!was_measured(progress, kind, is_of, &times))
		return pace_of_others(progress, kind);
	return done < 1 ? done * times + (1 - done) * pace_of_others(progress, kind) : times;
}

static struct progress_pace *pace_for(struct progress *progress, const struct work_kind *kind)
{
	size_t i = 0;

	while (i < progress->pace_count && !is_of(&progress->pace[i], kind))
		i++;
	if (i == WORK_KINDS)
		return NULL;
	if (i == progress->pace_count)
		progress->pace[progress->pace_count++] =
			(struct progress_pace){.activity = kind->activity, .piece = kind->piece};
	return &progress->pace[i];
}

static void add_pace(struct progress *progress, const struct work_kind *kind, double estimated,
		     double spent)
{
	struct progress_pace *pace = pace_for(progress, kind);

	if (!pace)
		return;
	pace->all_estimated += estimated;
	if (pace->transfers++ >= STALL_AFTER) {
		double most = STALL_TIMES * estimated * pace->spent / pace->estimated;

		if (spent > most) {
			pace->stalls++;
			pace->stalled += spent - most;
			spent = most;
		}
	}
	pace->estimated += estimated - pace->estimated / PACE_BURSTS;
	pace->spent += spent - pace->spent / PACE_BURSTS;
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

static bool is_sample(const struct progress *progress, size_t kind, enum activity activity,
		      uint32_t bytes)
{
	return (activity == ACTIVITY_READ || activity == ACTIVITY_COMPARE) && bytes < SAMPLE_MOST &&
	       progress->work.kind[kind].piece != bytes;
}

void progress_advance(struct progress *progress, enum activity activity, uint32_t bytes,
		      uint64_t now_ms)
{
	size_t kind = kind_of(progress, activity, bytes);

	if (now_ms > progress->burst_ms + BURST_MS) {
		if (progress->known != progress->done)
			end_burst(progress);
		progress->burst_ms = now_ms;
	}
	/* More than the phase had to do, so something was done again. */
	if (kind == progress->work.count)
		return;
	if (is_sample(progress, kind, activity, bytes))
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
