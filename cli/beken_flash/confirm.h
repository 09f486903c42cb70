/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm.h - "are you sure?", for what cannot be taken back. */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include <stdbool.h>

#include "base/observer.h"

#define CONFIRM_OPTION                                                                             \
	{                                                                                          \
		"yes", NULL, "do not ask; needed where nobody can answer", false                   \
	}

/* False, with an error, if nobody can be asked and --yes (@yes) was not said. */
bool confirm_possible(bool yes, const struct observer *observer);

/* Asks on the terminal; true at once with @yes. Only "yes" is one. */
bool confirm(bool yes, const char *question, const struct observer *observer);

#endif
