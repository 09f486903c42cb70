/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say_trouble.h - a trouble in words, for people. */
#ifndef CLI_SAY_TROUBLE_H
#define CLI_SAY_TROUBLE_H

#include "base/trouble.h"

#define SAY_TROUBLE_ROOM (2 * TROUBLE_WORDS + 8)

/* "What was seen. What to do next"; returns @text. */
const char *say_trouble(const struct trouble *trouble, char text[SAY_TROUBLE_ROOM]);

#endif
