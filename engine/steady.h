/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steady.h - bytes of the die that are read until it is clear what they are.
 *
 * A bad contact flips a bit now and then, and no adapter notices. So what is kept is read twice,
 * and a piece whose readings differ is read again until for each byte one value leads by two
 * readings: two of two, three of four ... A bit that is read wrong each time looks right; no number
 * of readings helps against that.
 */
#ifndef ENGINE_STEADY_H
#define ENGINE_STEADY_H

#include "base/json.h"
#include "engine/session.h"

#define STEADY_PIECE 4096 /* bytes that are compared at a time */

/* The most readings of one piece. */
#define STEADY_READINGS 8

/*
 * The most pieces of one die of which two readings may differ, or half of them on a small die: at
 * one wrong bit in 64 KiB that is all there is time for, and two readings of 2 MiB have the same
 * bit wrong once in ten thousand times.
 */
#define STEADY_PIECES 64

/*
 * What is recorded about a reading that is kept, beside its bytes. Zeroed, and begun, at the start.
 */
struct steadiness {
	uint64_t bits;		 /* of all readings of what was read more than once */
	uint64_t wrong;		 /* of these, the ones that were wrong */
	uint32_t clock_hz;	 /* of the way to the die, when it was read */
	uint32_t first_clock_hz; /* higher, if readings at this one differed too often */
	size_t count;		 /* pieces of which two readings differed */
	struct {
		struct range range;
		unsigned readings;
	} pieces[STEADY_PIECES];
};

/* "one bit in 5000000 was read wrong", or "". Returns @text. */
#define STEADY_TEXT 64
const char *steady_rate(const struct steadiness *steadiness, char text[STEADY_TEXT]);

/* Its members of an object: docs/json.md, backup. */
void steady_json(const struct steadiness *steadiness, struct json *json);

/* Before all of it is read, and each time that it is because of steady_is_slower(). */
void steady_begin(const struct session *session, struct steadiness *steadiness);

/* Whether the clock was lowered since: then nothing that was read before counts. */
bool steady_is_slower(const struct session *session, const struct steadiness *steadiness);

/* This many bytes were read once more, and were the same. */
void steady_count(struct steadiness *steadiness, uint64_t bytes);

/*
 * Reads again until it is clear what the piece holds, at most STEADY_PIECE bytes. @read is one
 * reading, and gets what it holds; @second another one, or NULL. That any differed is noted as a
 * warning, and counts as a piece of @steadiness, which may be NULL. False after a trouble:
 * UNSTEADY_READ, TOO_NOISY, or what reading led to.
 */
bool steady_settle(struct session *session, struct steadiness *steadiness, struct range piece,
		   uint8_t *read, const uint8_t *second);

/* Some bytes of the die, until it is clear what they are. False after a trouble. */
bool steady_read(struct session *session, uint32_t at, uint8_t *bytes, size_t count);

#define STEADY_PLACES 20

/* The same for several places together: STEADY_PLACES and STEADY_PIECE bytes in all at most. */
bool steady_read_all(struct session *session, const struct proxy_piece *places, size_t count);

#endif
