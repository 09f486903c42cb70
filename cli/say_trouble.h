/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say_trouble.h - a trouble in words, for people. */
#ifndef CLI_SAY_TROUBLE_H
#define CLI_SAY_TROUBLE_H

#include "base/trouble.h"
#include "programmer/bus/spi.h"

#define SAY_TROUBLE_ROOM (2 * TROUBLE_WORDS + 8)

/* What else helps with a trouble on the wires, to be added to its next step; "" for any other. */
const char *say_doctor(const struct trouble *trouble);

/*
 * "What was seen. What to do next", with the adapter's names of its pins; returns @text. @next:
 * this program's own next step, in place of that of the trouble or its kind; or NULL. @pins: NULL,
 * or names that are NULL, if no adapter is known.
 */
const char *say_trouble(const struct trouble *trouble, const char *next,
			const struct spi_pins *pins, char text[SAY_TROUBLE_ROOM]);

#endif
