/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading.h - the content of the die in memory, as reliable as needed. */
#ifndef ENGINE_READING_H
#define ENGINE_READING_H

#include "engine/session.h"
#include "engine/steady.h"

#define READING_PIECE STEADY_PIECE /* bytes that are compared at a time */

/* One reading of the whole die, to be freed; NULL after an error. @phase: for the report. */
uint8_t *reading_once(struct session *session, const char *phase);

/* The same for callers that read all of it again, or some of each sector (second_reading.h). */
uint8_t *reading_first(struct session *session);

/*
 * Reads again what @die has of @range from one reading; what differs is read until it is clear what
 * is there (steady.h), which @die has then. @steadiness, begun: what it took. False after a
 * trouble, and, with none, as soon as the clock is lower: then @die is to be read anew.
 */
bool reading_again(struct session *session, struct range range, uint8_t *die,
		   struct steadiness *steadiness);

/*
 * Reads @range of the die into its place in @die, and again; anew where that lowers the clock.
 * False after a trouble. @steadiness: what it took.
 */
bool reading_twice(struct session *session, struct range range, uint8_t *die,
		   struct steadiness *steadiness);

/*
 * The whole die, read and read again. If that fails, what was read is kept aside
 * (backup_keep_aside()). To be freed; NULL after an error. @steadiness: what it took.
 */
uint8_t *reading_confirmed(struct session *session, const char *wish,
			   struct steadiness *steadiness);

enum reading_same {
	READING_SAME,
	READING_DIFFERS, /* a warning says where; the caller says what it means */
	READING_FAILED,	 /* could not be read, which is a trouble, or a signal came */
};

/*
 * Whether the die holds what @die has in these ranges, to the last byte. Where it reads differently
 * it is read until it is clear what is there.
 */
enum reading_same reading_compare(struct session *session, const uint8_t *die,
				  const struct range *ranges, size_t count);

#define READING_SAMPLE 16 /* bytes */

/* A few bytes of the range, which @state, not 0, chooses and changes. */
struct range reading_sample(struct range range, uint32_t *state);

/*
 * Samples throughout the die: of each sector, on large dies of some. They are sent together, each
 * with the one at the same place of the other half. One across a boundary is of both sectors, where
 * both have something there; else each has its own somewhere.
 */
enum reading_same reading_samples(struct session *session, const uint8_t *die, uint32_t seed);

#endif
