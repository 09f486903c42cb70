/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether one of the links in this folder leads to @path. */
static bool has_open(const char *folder, const char *path)
{
	char link[PATH_MAX], target[PATH_MAX];
	DIR *open = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (open && !found && (entry = readdir(open))) {
		ssize_t length;

		if (snprintf(link, sizeof(link), "%s/%s", folder, entry->d_name) >=
		    (int)sizeof(link))
			continue;
		length = readlink(link, target, sizeof(target) - 1);
		target[length < 0 ? 0 : length] = '\0';
		found = strcmp(target, path) == 0;
	}
	if (open)
		closedir(open);
	return found;
}

static void name_of(pid_t pid, char name[HOLDER_NAME])
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(name, HOLDER_NAME, file))
		snprintf(name, HOLDER_NAME, "a program");
	name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
}

bool holder_find(const char *path, pid_t *pid, char name[HOLDER_NAME])
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	while (proc && !found && (entry = readdir(proc))) {
		char folder[300];

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		*pid = (pid_t)strtol(entry->d_name, NULL, 10);
		snprintf(folder, sizeof(folder), "/proc/%s/fd", entry->d_name);
		found = *pid != getpid() && has_open(folder, path);
	}
	if (found)
		name_of(*pid, name);
	if (proc)
		closedir(proc);
	return found;
}

void holder_add(struct trouble *trouble, const char *path)
{
	size_t length = strlen(trouble->seen);
	char name[HOLDER_NAME];
	pid_t pid;

	if (!holder_find(path, &pid, name))
		return;
	snprintf(trouble->seen + length, sizeof(trouble->seen) - length,
		 "; %.31s (process %d) is using it", name, (int)pid);
	trouble_add_text(trouble, "program", "%s", name);
	trouble_add_number(trouble, "process", (uint64_t)pid);
	trouble_set_next(trouble, "End it, or use another adapter");
}

bool holder_driver(const char *link, char name[HOLDER_NAME])
{
	char target[PATH_MAX], *last;
	ssize_t length = readlink(link, target, sizeof(target) - 1);

	target[length < 0 ? 0 : length] = '\0';
	last = strrchr(target, '/');
	if (!last || strcmp(last + 1, "usbfs") == 0)
		return false;
	snprintf(name, HOLDER_NAME, "%.31s", last + 1);
	return true;
}
