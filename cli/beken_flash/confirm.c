/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool confirm_possible(bool yes, const struct observer *observer)
{
	if (yes || isatty(STDIN_FILENO))
		return true;
	observer_raise(observer, TROUBLE_NOT_CONFIRMED, NO_RANGE,
		       "nobody can be asked here: say --yes, or --dry-run to see what would be "
		       "done");
	return false;
}

bool confirm(bool yes, const char *question, const struct observer *observer)
{
	char answer[16];

	if (yes)
		return true;
	fprintf(stderr, "%s Type yes: ", question);
	fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) && strcmp(answer, "yes\n") == 0)
		return true;
	observer_raise(observer, TROUBLE_NOT_CONFIRMED, NO_RANGE,
		       "not confirmed; nothing was changed");
	return false;
}
