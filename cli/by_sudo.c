/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/by_sudo.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SCRIPT_MOST 65536
#define LINE_MOST 1024

/* What was read of a command so far. */
enum seen { SEEN_NOTHING, SEEN_SUDO, SEEN_VALUE_NEXT };

static bool is_sudo(const char *word, size_t length)
{
	return length >= 4 && memcmp(word + length - 4, "sudo", 4) == 0 &&
	       (length == 4 || word[length - 5] == '/');
}

/* True with the word that sudo is to run, if that is flashrom. */
static bool take(enum seen *seen, const char *word, size_t length)
{
	const bool value = *seen == SEEN_VALUE_NEXT;

	if (*seen == SEEN_NOTHING) {
		*seen = is_sudo(word, length) ? SEEN_SUDO : SEEN_NOTHING;
		return false;
	}
	*seen = SEEN_SUDO;
	if (value || memchr(word, '=', length))
		return false;
	if (word[0] == '-') {
		*seen = length == 2 && strchr("ugpCT", word[1]) ? SEEN_VALUE_NEXT : SEEN_SUDO;
		return false;
	}
	*seen = SEEN_NOTHING;
	return length == 8 && memcmp(word, "flashrom", 8) == 0;
}

static bool is_by_sudo(const char *line)
{
	static const char blanks[] = " \t\r\n\"'()`", commands[] = ";|&";
	enum seen seen = SEEN_NOTHING;

	for (line += strspn(line, blanks); *line && *line != '#'; line += strspn(line, blanks)) {
		size_t length = strcspn(line, " \t\r\n\"'()`;|&");

		if (length && take(&seen, line, length))
			return true;
		line += length;
		if (*line && strchr(commands, *line)) {
			seen = SEEN_NOTHING;
			line++;
		}
	}
	return false;
}

static bool script_is_by_sudo(const char *path)
{
	char line[LINE_MOST];
	bool found = false;
	struct stat info;
	FILE *file = NULL;
	size_t seen = 0;

	if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
		file = fopen(path, "r");
	while (file && !found && seen < SCRIPT_MOST && fgets(line, sizeof(line), file)) {
		seen += strlen(line);
		found = is_by_sudo(line);
	}
	if (file)
		fclose(file);
	return found;
}

bool by_sudo(char *const *words)
{
	enum seen seen = SEEN_NOTHING;

	for (size_t i = 0; words[i]; i++)
		if (take(&seen, words[i], strlen(words[i])) || is_by_sudo(words[i]) ||
		    (i < 2 && script_is_by_sudo(words[i])))
			return true;
	return false;
}
