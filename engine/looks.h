/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * looks.h - many short reads of the die, compared with what they should be.
 *
 * A read of a few bytes costs the host as much as one of thousands, so they are sent together. What
 * does not read as it should is passed to a callback, after the batch was read.
 */
#ifndef ENGINE_LOOKS_H
#define ENGINE_LOOKS_H

#include "engine/estimate.h"
#include "engine/session.h"

#define LOOKS_MOST 128	   /* of a batch */
#define LOOKS_BYTES 65536u /* the same */

struct looks {
	/* To be set by the user. */
	struct session *session;
	const uint8_t *die; /* what it should hold; of the size of the part */
	/* @seen was read at @range, and @die has something else there. False ends everything. */
	bool (*differs)(void *data, struct range range, uint8_t *seen);
	void *data;

	/* Kept by looks.c. */
	struct proxy_piece pieces[LOOKS_MOST];
	size_t count, used;
	uint8_t seen[LOOKS_BYTES];
};

/* All of @range, now or later; cut to pieces. False after a trouble, or if differs() says so. */
bool looks_add(struct looks *looks, struct range range);

/* What was deferred. */
bool looks_end(struct looks *looks);

#endif
