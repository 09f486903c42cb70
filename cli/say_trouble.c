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

const char *say_doctor(const struct trouble *trouble)
{
	switch (trouble->kind) {
	case TROUBLE_LINE_LOW:
	case TROUBLE_LINE_HIGH:
	case TROUBLE_NO_ECHO:
	case TROUBLE_NOT_TAKEN:
	case TROUBLE_NO_FLASH:
	case TROUBLE_UNSTEADY:
	case TROUBLE_CEN_UNWIRED:
		/* It has a next step of its own when it comes from there. */
		return trouble->next[0] ? "" : ". To find out which wire it is: beken-flash doctor";
	default:
		return "";
	}
}

const char *say_trouble(const struct trouble *trouble, const char *next,
			const struct spi_pins *pins, char text[SAY_TROUBLE_ROOM])
{
	char words[SAY_TROUBLE_ROOM], with_doctor[SAY_TROUBLE_ROOM];

	if (!next) {
		snprintf(with_doctor, sizeof(with_doctor), "%s%s",
			 trouble->next[0] ? trouble->next : trouble_next(trouble->kind),
			 say_doctor(trouble));
		next = with_doctor;
	}
	snprintf(text, SAY_TROUBLE_ROOM, "%s%s%s", trouble->seen, between(trouble->seen, next),
		 spi_pins_put(pins, next, words, sizeof(words)));
	return text;
}
