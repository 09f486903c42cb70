/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say_next.h - what to do after a trouble, by the commands and options of this program. */
#ifndef CLI_SAY_NEXT_H
#define CLI_SAY_NEXT_H

#include "cli/say_trouble.h"
#include "image/identity.h"

/* @module: as far as it is known; NULL if it is not. May be "". Returns @next. */
const char *say_next(const struct trouble *trouble, const struct identity *module,
		     char next[SAY_TROUBLE_ROOM]);

#endif
