/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SBIN "/usr/local/sbin:/usr/sbin:/sbin"

/*
 * Resolved with readlink() and not stat(): an emulator handles the link, but would itself be found
 * by stat().
 */
static bool is_self(const char *path)
{
	struct stat self, other;
	char own[PATH_MAX];

	return realpath("/proc/self/exe", own) && stat(own, &self) == 0 &&
	       stat(path, &other) == 0 && self.st_dev == other.st_dev &&
	       self.st_ino == other.st_ino;
}

/*
 * Directories in PATH may hold this program under the name flashrom, this copy or another one; two
 * copies that took each other for flashrom would run each other for ever.
 */
static bool is_bridge(const char *path)
{
	char target[PATH_MAX];
	const char *name;

	if (is_self(path))
		return true;
	if (!realpath(path, target))
		return false;
	name = strrchr(target, '/');
	return name && strcmp(name + 1, "flashrom-beken") == 0;
}

static bool usable(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0 &&
	       !is_bridge(path);
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

	if (getenv(FLASHROM_MARK))
		return search(SBIN, path);
	if (named && named[0]) {
		int wrote = snprintf(path, PATH_MAX, "%s", named);

		return wrote < PATH_MAX && usable(path);
	}
	return (directories && search(directories, path)) || search(SBIN, path);
}
