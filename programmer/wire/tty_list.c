/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/tty_list.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/class/tty"
#define DEVICES "/dev/"
#define NAME_MOST (TTY_PATH - (int)sizeof(DEVICES))

/* The kernel's names for them; a ttyS is in many computers, with nothing at it. */
static bool is_usb(const char *name)
{
	return strncmp(name, "ttyUSB", 6) == 0 || strncmp(name, "ttyACM", 6) == 0;
}

static int compare(const void *a, const void *b)
{
	size_t length = strlen(a), other = strlen(b);

	return length == other ? strcmp(a, b) : (length > other) - (length < other);
}

size_t tty_list(char (*paths)[TTY_PATH], size_t room)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	size_t count = 0;

	if (!folder)
		return 0;
	while (count < room && (entry = readdir(folder)))
		if (is_usb(entry->d_name) && strlen(entry->d_name) <= NAME_MOST)
			snprintf(paths[count++], TTY_PATH, DEVICES "%.*s", NAME_MOST,
				 entry->d_name);
	closedir(folder);
	qsort(paths, count, sizeof(*paths), compare);
	return count;
}
