/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of pins in texts; see spi.h. */
#include "programmer/bus/spi.h"

#include <stdio.h>
#include <string.h>

/* The replacement of the mark that @text begins with, and the length of the mark; or NULL. */
static const char *pin_at(const struct spi_pins *pins, const char *text, size_t *mark_len)
{
	const struct {
		const char *mark, *name, *else_name;
	} known[] = {
		{"{clock}", pins ? pins->clock : NULL, "the adapter's clock"},
		{"{select}", pins ? pins->select : NULL, "the adapter's chip select"},
		{"{out}", pins ? pins->out : NULL, "the adapter's data output"},
		{"{in}", pins ? pins->in : NULL, "the adapter's data input"},
		{"{cen}", pins && pins->cen[0] ? pins->cen : NULL, "the adapter's pin for CEN"},
		{"{levels}", pins ? pins->levels : NULL, ""},
		{"{again}", pins ? pins->again : NULL,
		 "Plug it in again; try another port or cable"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		*mark_len = strlen(known[i].mark);
		if (strncmp(text, known[i].mark, *mark_len) == 0)
			return known[i].name ? known[i].name : known[i].else_name;
	}
	return NULL;
}

const char *spi_pins_put(const struct spi_pins *pins, const char *text, char *words, size_t room)
{
	size_t len = 0, mark_len;

	while (*text && len + 1 < room) {
		const char *name = *text == '{' ? pin_at(pins, text, &mark_len) : NULL;

		if (!name) {
			words[len++] = *text++;
			continue;
		}
		len += (size_t)snprintf(words + len, room - len, "%s", name);
		text += mark_len;
	}
	words[len < room ? len : room - 1] = '\0';
	return words;
}
