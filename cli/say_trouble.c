/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/say_trouble.h"

#include <stdio.h>

const char *say_trouble(const struct trouble *trouble, const struct spi_pins *pins,
			char text[SAY_TROUBLE_ROOM])
{
	const char *next = trouble->next[0] ? trouble->next : trouble_next(trouble->kind);
	char words[TROUBLE_WORDS];

	snprintf(text, SAY_TROUBLE_ROOM, "%s%s%s", trouble->seen, next[0] ? ". " : "",
		 spi_pins_put(pins, next, words, sizeof(words)));
	return text;
}
