/* SPDX-License-Identifier: GPL-2.0-or-later */
/* new_home.h - a test in a new directory of its own, which is the user's home and must be empty at
 * its end. */
#ifndef TESTS_NEW_HOME_H
#define TESTS_NEW_HOME_H

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit.h"

static char here[PATH_MAX];
static struct notes notes;

/* Set-up and tear-down of a test. */
static inline int new_home_begin(void **state)
{
	char directory[] = "/tmp/beken-home-XXXXXX";

	(void)state;
	notes_begin(&notes);
	unsetenv("XDG_STATE_HOME");
	if (!mkdtemp(directory) || chdir(directory) || !getcwd(here, sizeof(here)))
		return 1;
	return setenv("HOME", here, 1);
}

static inline int new_home_end(void **state)
{
	(void)state;
	return chdir("/") || rmdir(here);
}

#endif
