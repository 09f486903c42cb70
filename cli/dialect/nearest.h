/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest.h - what the user may have meant by a misspelled word. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	const char *name; /* the nearest so far, if it is near enough; or NULL */
	size_t steps;
};

/* Begin with {.word = ...}, then try all the names; they must last as long as the struct. */
void nearest_try(struct nearest *nearest, const char *name);

#endif
