/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whole.h - whether what was read can be the content of a whole flash.
 *
 * A dead bus also reads the same twice: a line that floats or is tied gives one byte or a short
 * pattern throughout, and a flash that is smaller than its ID says, or whose upper address wire is
 * broken, gives its first half again. A flash may really be like that; only the user knows.
 */
#ifndef IMAGE_WHOLE_H
#define IMAGE_WHOLE_H

#include <stddef.h>
#include <stdint.h>

enum whole {
	WHOLE_GOOD,	/* nothing speaks against it; an upper half of FF is normal */
	WHOLE_CONSTANT, /* the same byte everywhere: FF is an erased flash */
	WHOLE_PATTERN,	/* a few bytes repeated throughout */
	WHOLE_TWICE,	/* the second half repeats the first */
	WHOLE_HALF,	/* one half is the same byte everywhere, which is not FF */
};

#define WHOLE_WHY 120

/* @why: what was seen, without a full stop; "" if it is good. */
enum whole whole_judge(const uint8_t *data, size_t size, char why[WHOLE_WHY]);

#endif
