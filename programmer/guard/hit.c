/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/hit.h"

#include <string.h>

/* A misdirected program clears, on average, half of the bits that are set in a page. */
#define BITS_LEAST 8

/*
 * Size of a piece; two places are compared, since a page that is filled from its middle wraps
 * around.
 */
#define PIECE 64
#define PLACE 24

bool hit_blank(const uint8_t *bytes, size_t len)
{
	return bytes[0] == 0xff && memcmp(bytes, bytes + 1, len - 1) == 0;
}

bool hit_was(const uint8_t *before, const uint8_t *now, size_t len)
{
	unsigned set = 0, cleared = 0;

	for (size_t i = 0; i < len; i++) {
		set += (unsigned)__builtin_popcount(now[i] & ~before[i] & 0xff);
		cleared += (unsigned)__builtin_popcount(before[i] & ~now[i] & 0xff);
	}
	return (set >= BITS_LEAST && hit_blank(now, len)) || (cleared >= BITS_LEAST && !set);
}

/* Pieces of one value are found in pages of that value, and prove nothing. */
static bool is_constant(const uint8_t *bytes)
{
	return memcmp(bytes, bytes + 1, PIECE - 1) == 0;
}

bool hit_is_of(const uint8_t *now, const uint8_t *sent, size_t len)
{
	for (size_t at = PLACE; at + PIECE <= len; at += len / 2)
		if (!is_constant(now + at) && memmem(sent, len, now + at, PIECE))
			return true;
	return false;
}
