/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/range.h"

#include <stdio.h>
#include <string.h>

/* From this size on the length is rounded: the addresses give the exact one anyway. */
#define ROUNDED_FROM 65536

static uint64_t end_of(struct range range)
{
	return (uint64_t)range.start + range.length;
}

static struct range between(uint64_t start, uint64_t end)
{
	return (struct range){(uint32_t)start, (uint32_t)(end - start)};
}

bool range_touches(struct range a, struct range b)
{
	return a.start < end_of(b) && b.start < end_of(a);
}

bool ranges_add(struct ranges *ranges, struct range range)
{
	uint64_t start = range.start, end = end_of(range);
	size_t from = 0, to;

	if (range.length == 0)
		return true;
	while (from < ranges->count && end_of(ranges->range[from]) < start)
		from++;
	for (to = from; to < ranges->count && ranges->range[to].start <= end; to++) {
		if (ranges->range[to].start < start)
			start = ranges->range[to].start;
		if (end_of(ranges->range[to]) > end)
			end = end_of(ranges->range[to]);
	}
	/* Those from @from up to @to become one. */
	if (ranges->count - (to - from) + 1 > RANGES_MOST)
		return false;
	memmove(ranges->range + from + 1, ranges->range + to,
		(ranges->count - to) * sizeof(ranges->range[0]));
	ranges->count = ranges->count - (to - from) + 1;
	ranges->range[from] = between(start, end);
	return true;
}

bool ranges_remove(struct ranges *ranges, struct range range)
{
	struct ranges left = {.count = 0};

	for (size_t i = 0; i < ranges->count; i++) {
		struct range old = ranges->range[i];
		struct range before = old, behind = NO_RANGE;

		if (range_touches(old, range)) {
			before = old.start < range.start ? between(old.start, range.start)
							 : NO_RANGE;
			if (end_of(old) > end_of(range))
				behind = between(end_of(range), end_of(old));
		}
		if (!ranges_add(&left, before) || !ranges_add(&left, behind))
			return false;
	}
	*ranges = left;
	return true;
}

bool ranges_touch(const struct ranges *ranges, struct range range)
{
	for (size_t i = 0; i < ranges->count; i++)
		if (range_touches(ranges->range[i], range))
			return true;
	return false;
}

uint32_t ranges_bytes(const struct ranges *ranges)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < ranges->count; i++)
		bytes += ranges->range[i].length;
	return bytes;
}

const char *range_size_text(uint32_t bytes, char text[24])
{
	bool by_bytes = bytes % 1024 != 0 && bytes < ROUNDED_FROM;

	snprintf(text, 24, "%u %s",
		 (unsigned)(by_bytes ? bytes : bytes / 1024 + (bytes % 1024 >= 512)),
		 by_bytes ? "bytes" : "KiB");
	return text;
}

const char *range_text(struct range range, char text[RANGE_TEXT])
{
	char size[24];

	snprintf(text, RANGE_TEXT, "0x%06x-0x%06x (%s)", (unsigned)range.start,
		 (unsigned)(end_of(range) - (range.length > 0)),
		 range_size_text(range.length, size));
	return text;
}
