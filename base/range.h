/* SPDX-License-Identifier: GPL-2.0-or-later */
/* range.h - ranges of bytes of a die or a file, by start and length; and sets of such ranges. */
#ifndef BASE_RANGE_H
#define BASE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes from @start on. A length of 0 is an empty range, and ends a list. */
struct range {
	uint32_t start, length;
};

#define NO_RANGE ((struct range){0, 0})

/* Where it is over: the first byte that it has not. */
static inline uint32_t range_end(struct range range)
{
	return range.start + range.length;
}

bool range_touches(struct range a, struct range b);

#define RANGES_MOST 64

/* Sorted, neither overlapping nor touching; adding and removing keep it so. */
struct ranges {
	struct range range[RANGES_MOST];
	size_t count;
};

/* False, and nothing is changed, if there would be too many. */
bool ranges_add(struct ranges *ranges, struct range range);
bool ranges_remove(struct ranges *ranges, struct range range);

bool ranges_touch(const struct ranges *ranges, struct range range);
uint32_t ranges_bytes(const struct ranges *ranges);

#define RANGE_TEXT 48

/*
 * The one spelling for people, logs and questions: "0x011000-0x129f6f (1124 KiB)", the last
 * byte included. Returns @text.
 */
const char *range_text(struct range range, char text[RANGE_TEXT]);

/* How much it is: "1124 KiB", or, below 64 KiB and not a whole number of KiB, "1000 bytes". */
const char *range_size_text(uint32_t bytes, char text[24]);

#endif
