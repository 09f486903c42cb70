/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/whole.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PERIOD_MOST 4096 /* a sector: what a bad bus produces repeats much sooner */

/* The end first: if the start is mostly blank, the end shows a difference sooner. */
static bool repeats(const uint8_t *data, size_t size, size_t period)
{
	size_t tail = size - period < PERIOD_MOST ? size - period : PERIOD_MOST;

	return memcmp(data + size - tail, data + size - tail - period, tail) == 0 &&
	       memcmp(data, data + period, size - period) == 0;
}

static size_t find_period(const uint8_t *data, size_t size)
{
	for (size_t period = 1; period <= PERIOD_MOST && period <= size / 2; period++)
		if (repeats(data, size, period))
			return period;
	return 0;
}

enum whole whole_judge(const uint8_t *data, size_t size, char why[WHOLE_WHY])
{
	size_t half = size / 2, period = find_period(data, size);

	why[0] = '\0';
	if (period == 1) {
		snprintf(why, WHOLE_WHY, "every byte is %02x", data[0]);
		return WHOLE_CONSTANT;
	}
	if (period) {
		snprintf(why, WHOLE_WHY, "the same %zu bytes repeat throughout", period);
		return WHOLE_PATTERN;
	}
	if (half < 2)
		return WHOLE_GOOD;
	if (memcmp(data, data + half, half) == 0) {
		snprintf(why, WHOLE_WHY, "its second half, from 0x%zx on, repeats the first", half);
		return WHOLE_TWICE;
	}
	for (size_t start = 0; start <= half; start += half)
		if (data[start] != 0xff && repeats(data + start, half, 1)) {
			snprintf(why, WHOLE_WHY, "from 0x%zx to 0x%zx every byte is %02x", start,
				 start + half, data[start]);
			return WHOLE_HALF;
		}
	return WHOLE_GOOD;
}
