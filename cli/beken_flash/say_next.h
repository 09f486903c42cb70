/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say_next.h - what to do after a trouble, by the commands and options of this program. */
#ifndef CLI_SAY_NEXT_H
#define CLI_SAY_NEXT_H

#include "cli/say_trouble.h"
#include "image/identity.h"

#define NEXT_TRY_ROOM 200

struct next {
	char text[SAY_TROUBLE_ROOM]; /* for people; may be "" */
	/*
	 * For programs: alternatives, separated by commas, as they are typed. With two dashes it is
	 * an option of the same command, else another command.
	 */
	char try[NEXT_TRY_ROOM];
};

/* @module: as far as it is known; NULL if it is not. */
void next_of(const struct trouble *trouble, const struct identity *module, struct next *next);

#endif
