/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steady.h - bytes of the die that are read until two readings agree. */
#ifndef ENGINE_STEADY_H
#define ENGINE_STEADY_H

#include "engine/session.h"

#define STEADY_PIECE 4096 /* bytes that are compared at a time */

/* The most readings until two of them have to agree. */
#define STEADY_READINGS 4

/*
 * Some bytes of the die, read twice, which have to agree: what is said of a module rests on
 * no flipped bit. False after a trouble.
 */
bool steady_read(struct session *session, uint32_t at, uint8_t *bytes, size_t count);

/*
 * Reads again what @die has at @piece, STEADY_PIECE bytes at the most, until two readings agree,
 * which @die has then. That the first was another one is noted as a warning. False after a
 * trouble; so it is if no two agree.
 */
bool steady_settle(struct session *session, uint8_t *die, struct range piece);

#endif
