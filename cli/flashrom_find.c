/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flashrom_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SBIN "/usr/local/sbin:/usr/sbin:/sbin"

/* A directory in PATH may hold this very program under the name flashrom. */
static bool is_this_program(const char *path)
{
	struct stat self, other;

	return stat("/proc/self/exe", &self) == 0 && stat(path, &other) == 0 &&
	       self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

static bool usable(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0 &&
	       !is_this_program(path);
}

static bool search(const char *directories, char path[PATH_MAX])
{
	while (*directories) {
		int len = (int)strcspn(directories, ":");
		int wrote = snprintf(path, PATH_MAX, "%.*s/flashrom", len, directories);

		if (len > 0 && wrote < PATH_MAX && usable(path))
			return true;
		directories += len;
		directories += *directories == ':';
	}
	return false;
}

bool flashrom_find(char path[PATH_MAX])
{
	const char *named = getenv("FLASHROM"), *directories = getenv("PATH");

	if (named && named[0]) {
		int wrote = snprintf(path, PATH_MAX, "%s", named);

		return wrote < PATH_MAX && usable(path);
	}
	return (directories && search(directories, path)) || search(SBIN, path);
}
