/* SPDX-License-Identifier: GPL-2.0-or-later */
/* translated.h - command lines in one string, and what they become. */
#ifndef TESTS_TRANSLATED_H
#define TESTS_TRANSLATED_H

#include "tests/unit.h"
#include "cli/dialect/aliases.h"

#define WORDS_MOST 16

/* A command line in one string, split at spaces. */
static inline struct alias_line translate(const char *text, char joined[256])
{
	static char copy[256]; /* the line refers to it */
	char *argv[WORDS_MOST + 1], *state, *word;
	struct alias_line line;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		argv[argc++] = word;
	argv[argc] = NULL;
	alias_translate(argc, argv, &line);
	assert_non_null(line.argv);
	joined[0] = '\0';
	for (int i = 0; i < line.argc; i++)
		snprintf(joined + strlen(joined), 256 - strlen(joined), "%s%s", i ? " " : "",
			 line.argv[i]);
	assert_null(line.argv[line.argc]);
	return line;
}

static inline void becomes(const char *theirs, const char *ours, bool may_run)
{
	char joined[256];
	struct alias_line line = translate(theirs, joined);

	assert_string_equal(joined, ours);
	assert_int_equal(line.may_run, may_run);
	alias_free(&line);
}

struct row {
	const char *theirs, *ours;
	bool may_run;
};

static inline void all_become(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		becomes(rows[i].theirs, rows[i].ours, rows[i].may_run);
}

#endif
