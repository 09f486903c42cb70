/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/say_trouble.h"

#include <stdio.h>
#include <string.h>

/* Questions end a sentence, other facts do not. */
static const char *between(const char *seen, const char *next)
{
	size_t length = strlen(seen);

	if (!next[0])
		return "";
	return length && strchr(".?", seen[length - 1]) ? " " : ". ";
}

const char *say_trouble(const struct trouble *trouble, const char *next,
			const struct spi_pins *pins, char text[SAY_TROUBLE_ROOM])
{
	char words[SAY_TROUBLE_ROOM];

	if (!next)
		next = trouble->next[0] ? trouble->next : trouble_next(trouble->kind);
	snprintf(text, SAY_TROUBLE_ROOM, "%s%s%s", trouble->seen, between(trouble->seen, next),
		 spi_pins_put(pins, next, words, sizeof(words)));
	return text;
}
