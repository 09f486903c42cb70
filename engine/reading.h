/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading.h - the content of the die in memory, as sure as it is wanted. */
#ifndef ENGINE_READING_H
#define ENGINE_READING_H

#include "engine/session.h"

/* The most readings until two of them have to agree. */
#define READINGS_MOST 4

#define READING_PIECE 4096 /* bytes that are compared at a time */

/* One reading of the whole die, to be freed; NULL after an error. @phase: for the report. */
uint8_t *reading_once(struct session *session, const char *phase);

/*
 * Until two readings agree. If that never happens, or it ends early, what was read is kept
 * aside (backup_keep_aside()). To be freed; NULL after an error. @readings: how many it took.
 */
uint8_t *reading_confirmed(struct session *session, const char *wish, unsigned *readings);

enum reading_same {
	READING_SAME,
	READING_DIFFERS, /* a warning says where; what it means is the caller's to say */
	READING_FAILED,	 /* could not be read, which is a trouble, or a signal came */
};

/* Whether the die holds what @die has in these ranges, to the last byte. */
enum reading_same reading_compare(struct session *session, const uint8_t *die,
				  const struct range *ranges, size_t count);

/* A look at a few bytes of the range, which @state, not 0, chooses and changes. */
enum reading_same reading_sample(struct session *session, const uint8_t *die, struct range range,
				 uint32_t *state);

/* Samples all over the die: of each sector, of large dies of some. */
enum reading_same reading_samples(struct session *session, const uint8_t *die, uint32_t seed);

#endif
