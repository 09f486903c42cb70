/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doubt.h - two readings agree, and still cannot be the content of a flash (image/whole.h).
 *
 * The job continues only with the user's consent (DOUBTFUL_CONTENT).
 */
#ifndef ENGINE_DOUBT_H
#define ENGINE_DOUBT_H

#include "engine/session.h"

/* @whole: a reading of the whole die. False after a trouble: it must not be trusted. */
bool doubt_reading(const struct session *session, const uint8_t *whole);

#define DOUBT_SAMPLES 64u /* half of them in each half of the die, at the same places there */
#define DOUBT_SAMPLE 16u
#define DOUBT_BYTES (DOUBT_SAMPLES * DOUBT_SAMPLE)

/*
 * The same where only a part of the die is going to be read: samples of all of it, and a whole
 * reading only if they look doubtful. The samples are in @bytes then, one after the other, each
 * from where a 64th of the die begins.
 */
bool doubt_samples(struct session *session, uint8_t bytes[DOUBT_BYTES]);

/* A file of the size of the flash that is going to be its content. */
bool doubt_file(const struct session *session, const char *path, const uint8_t *whole);

#endif
