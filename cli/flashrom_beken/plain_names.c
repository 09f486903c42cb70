/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/plain_names.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_blank(const char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			return true;
	return false;
}

/* The file's part of REGION:FILE; NULL if it is a plain name, or there is none. */
static const char *odd_file(const char *include)
{
	const char *colon = strchr(include, ':');

	return colon && colon[1] && has_blank(colon + 1) ? colon + 1 : NULL;
}

static bool make_directory(struct plain_names *names)
{
	const char *place = getenv("TMPDIR");

	if (!place || place[0] != '/' || has_blank(place))
		place = "/tmp";
	if (snprintf(names->directory, sizeof(names->directory), "%s/flashrom-beken.XXXXXX",
		     place) < (int)sizeof(names->directory) &&
	    mkdtemp(names->directory))
		return true;
	names->directory[0] = '\0';
	return false;
}

static void name_link(const struct plain_names *names, unsigned number, char path[PATH_MAX + 16])
{
	snprintf(path, PATH_MAX + 16, "%s/%u", names->directory, number);
}

static bool make_link(const struct plain_names *names, unsigned number, const char *file)
{
	char path[PATH_MAX + 16], target[PATH_MAX] = "";
	size_t room = sizeof(target);

	name_link(names, number, path);
	if (file[0] != '/' && (!getcwd(target, room - 1) || !strcat(target, "/")))
		return false;
	if (strlen(target) + strlen(file) >= room) {
		errno = ENAMETOOLONG;
		return false;
	}
	return symlink(strcat(target, file), path) == 0;
}

/* The argument of which @include is the end, with the link in place of @file. */
static bool replace(struct plain_names *names, const char *include, const char *file)
{
	char path[PATH_MAX + 16];
	unsigned number = names->count;

	for (char **argument = names->argv + 1; *argument; argument++) {
		size_t kept = (size_t)(file - *argument), room;

		if (include < *argument || include > *argument + strlen(*argument))
			continue;
		if (!make_link(names, number, file))
			return false;
		name_link(names, number, path);
		room = kept + strlen(path) + 1;
		names->arguments[number] = malloc(room);
		names->count++;
		if (!names->arguments[number])
			return false;
		memcpy(names->arguments[number], *argument, kept);
		strcpy(names->arguments[number] + kept, path);
		*argument = names->arguments[number];
		return true;
	}
	return true;
}

bool plain_names_make(struct plain_names *names, int argc, char **argv,
		      const struct flashrom_args *args)
{
	bool good = true;

	*names = (struct plain_names){.argv = argv};
	for (unsigned i = 0; good && i < args->include_count && i < FLASHROM_ARGS_INCLUDES; i++) {
		const char *file = odd_file(args->includes[i]);

		if (!file)
			continue;
		if (!names->directory[0]) {
			names->argv = calloc((size_t)argc + 1, sizeof(*argv));
			if (names->argv)
				memcpy(names->argv, argv, (size_t)argc * sizeof(*argv));
			names->made = names->argv;
			good = names->argv && make_directory(names);
		}
		good = good && replace(names, args->includes[i], file);
	}
	if (!good) {
		int saved = errno;

		plain_names_remove(names);
		errno = saved;
	}
	return good;
}

void plain_names_remove(struct plain_names *names)
{
	for (unsigned i = 0; i < names->count; i++) {
		char path[PATH_MAX + 16];

		name_link(names, i, path);
		unlink(path);
		free(names->arguments[i]);
	}
	if (names->directory[0])
		rmdir(names->directory);
	free(names->made);
	*names = (struct plain_names){0};
}
