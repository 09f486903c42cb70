/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chipdb/chipdb.h"

static const struct {
	const char *theirs, *ours;
	bool only_reads;
} commands[] = {
	{"fread", "backup", false}, /* backup names its files otherwise */
	{"fwrite", "write", false},
	{"read_flash", "read", true},
	{"write_flash", "write", false},
};

enum meaning {
	BECOMES_OPTION, /* ours=VALUE */
	IS_RENAMED,	/* the same, of a spelling that this program had once */
	IS_RENAMED_ALONE,
	BECOMES_WORD, /* VALUE alone */
	BECOMES_SOC,  /* --soc=VALUE if it is one; the names of adapters are left out */
	BECOMES_PORT, /* --port=VALUE if it is a path or tcp:HOST; COM3 is left out */
	IS_LEFT_OUT,  /* with its value */
	IS_LEFT_OUT_ALONE,
};

static const struct {
	const char *theirs;
	enum meaning meaning;
	const char *ours;
} options[] = {
	{"--addr", BECOMES_OPTION, "--at"},
	{"-addr", BECOMES_OPTION, "--at"},
	{"--ofs", BECOMES_OPTION, "--at"},
	{"-ofs", BECOMES_OPTION, "--at"},
	{"-size", BECOMES_OPTION, "--size"},
	{"--len", BECOMES_OPTION, "--size"},
	{"-len", BECOMES_OPTION, "--size"},
	{"--out", BECOMES_WORD, NULL},
	{"-out", BECOMES_WORD, NULL},
	{"--chip", BECOMES_SOC, NULL},
	{"-chip", BECOMES_SOC, NULL},
	{"--port", BECOMES_PORT, NULL},
	{"-port", BECOMES_PORT, NULL},
	{"--baud", IS_LEFT_OUT, NULL},
	{"-baud", IS_LEFT_OUT, NULL},
	{"--no-stub", IS_LEFT_OUT_ALONE, NULL},
	{"-legacy", IS_LEFT_OUT_ALONE, NULL},
	{"--legacy", IS_LEFT_OUT_ALONE, NULL},
	{"--regions", IS_RENAMED, "--region"},
	{"--yes-clone-mac", IS_RENAMED_ALONE, "--yes=identity-lost,other-module"},
	{"--force-other-die", IS_RENAMED_ALONE, "--yes=other-module"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static void add(struct alias_line *line, const char *first, const char *second, const char *third)
{
	char *word;

	if (!line->argv)
		return;
	if (asprintf(&word, "%s%s%s", first, second, third) < 0) {
		alias_free(line);
		return;
	}
	line->argv[line->argc++] = word;
	line->argv[line->argc] = NULL;
}

static bool is_zero(const char *number)
{
	return number[0] && number[strspn(number, "0xX")] == '\0';
}

static void add_option(struct alias_line *line, size_t option, const char *value)
{
	switch (options[option].meaning) {
	case BECOMES_OPTION:
		/* What is in the file is not known here, and write finds its place. */
		if (!line->only_reads && is_zero(value) &&
		    strcmp(options[option].ours, "--at") == 0)
			return;
		add(line, options[option].ours, "=", value);
		return;
	case IS_RENAMED:
		line->renamed = options[option].theirs;
		line->new_name = options[option].ours;
		add(line, options[option].ours, "=", value);
		return;
	case IS_RENAMED_ALONE:
		line->renamed = options[option].theirs;
		line->new_name = options[option].ours;
		add(line, options[option].ours, "", "");
		return;
	case BECOMES_WORD:
		add(line, value, "", "");
		return;
	case BECOMES_SOC:
		if (chipdb_soc_by_name(value)) {
			add(line, "--soc", "=", value);
			return;
		}
		break;
	case BECOMES_PORT:
		if (value[0] == '/' || strncmp(value, "tcp:", 4) == 0) {
			add(line, "--port", "=", value);
			return;
		}
		break;
	case IS_LEFT_OUT:
	case IS_LEFT_OUT_ALONE:
		break;
	}
	line->left_out = options[option].theirs;
}

/* The option of theirs that @word is; *@value is what follows "=" in it, or NULL. */
static size_t find_option(const char *word, const char **value)
{
	size_t len = strcspn(word, "=");

	*value = word[len] ? word + len + 1 : NULL;
	for (size_t i = 0; i < OPTIONS; i++)
		if (strlen(options[i].theirs) == len && strncmp(options[i].theirs, word, len) == 0)
			return i;
	return OPTIONS;
}

static void translate_command(struct alias_line *line, const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].theirs, name) != 0)
			continue;
		line->other_command = true;
		line->only_reads = commands[i].only_reads;
		name = commands[i].ours;
	}
	add(line, name, "", "");
}

void alias_translate(int argc, char *const *argv, struct alias_line *line)
{
	bool ended = false;

	*line = (struct alias_line){.only_reads = true};
	line->argv = calloc((size_t)argc + 1, sizeof(*line->argv));
	for (int i = 0; i < argc; i++) {
		const char *value;
		size_t option = ended ? OPTIONS : find_option(argv[i], &value);

		ended |= strcmp(argv[i], "--") == 0;
		if (i == 1)
			translate_command(line, argv[i]);
		else if (i == 0 || option == OPTIONS)
			add(line, argv[i], "", "");
		else if (options[option].meaning == IS_LEFT_OUT_ALONE ||
			 options[option].meaning == IS_RENAMED_ALONE || value)
			add_option(line, option, value ? value : "");
		else if (i + 1 < argc)
			add_option(line, option, argv[++i]);
		else
			add(line, argv[i], "", ""); /* getopt complains of it */
	}
}

void alias_free(struct alias_line *line)
{
	for (int i = 0; line->argv && i < line->argc; i++)
		free(line->argv[i]);
	free(line->argv);
	line->argv = NULL;
	line->argc = 0;
}
