/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/dialect/nearest.h"

#define FIRST_LONG 256 /* beyond all letters */
#define ROOM 256

static uint64_t takes(const struct command *command)
{
	return TAKES_ALWAYS | (command ? command->takes : TAKES(VERSION));
}

static int argument_of(const struct command_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->argument[0] == '[' ? optional_argument : required_argument;
}

/* The value of an option that may be repeated: "a" and then "b" give "a,b". */
static bool join(struct command_line *line, enum option_id id, const char *value)
{
	const char *before = line->option[id];
	char *joined;

	if (asprintf(&joined, "%s%s%s", before ? before : "", before ? "," : "", value) < 0)
		return false;
	free(line->joined[id]);
	line->joined[id] = joined;
	line->option[id] = joined;
	return true;
}

static enum parse_end take(struct command_line *line, enum option_id id, const char *value,
			   const struct observer *observer)
{
	/* From a script whose variable was empty: its intention is not guessed. */
	if (value && !value[0]) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--%s needs a value: %s",
			       option_table[id].name, option_table[id].argument);
		return PARSE_WRONG;
	}
	if (option_table[id].list)
		return join(line, id, value ? value : "") ? PARSED : PARSE_NO_MEMORY;
	line->option[id] = value ? value : "";
	return PARSED;
}

/* "--at, --size or --all", of a set; those that begin with the @length letters of @name. */
static size_t say_those(uint64_t set, const char *name, size_t length, char text[ROOM])
{
	size_t count = 0;

	text[0] = '\0';
	FOR_EACH_OPTION(id, set) {
		if (strncmp(option_table[id].name, name, length) != 0)
			continue;
		snprintf(text + strlen(text), ROOM - strlen(text), "%s--%s", count ? ", " : "",
			 option_table[id].name);
		count++;
	}
	return count;
}

/* The option belongs to other commands only. */
static bool say_others(const struct command *const *table, const struct command *command,
		       const char *name, const struct observer *observer)
{
	char others[ROOM] = "";
	size_t count = 0;

	for (const struct command *const *at = table; *at; at++)
		FOR_EACH_OPTION(id, (*at)->takes) {
			if (strcmp(option_table[id].name, name) != 0)
				continue;
			snprintf(others + strlen(others), ROOM - strlen(others), "%s%s",
				 count ? ", " : "", (*at)->name);
			count++;
		}
	if (!count)
		return false;
	if (command)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "%s has no option --%s; %s %s it",
			       command->name, name, others, count > 1 ? "have" : "has");
	else
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--%s goes after its command: %s",
			       name, others);
	return true;
}

static void say_unknown(const struct command *const *table, const struct command *command,
			const char *word, const struct observer *observer)
{
	struct nearest nearest = {.word = word};
	size_t length = strcspn(word, "=");
	char name[ROOM], those[ROOM];

	snprintf(name, sizeof(name), "%.*s", (int)(length < ROOM ? length : ROOM - 1), word);
	nearest.word = name;
	if (say_those(takes(command), name, strlen(name), those) > 1) {
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--%s is ambiguous: %s", name,
			       those);
		return;
	}
	if (say_others(table, command, name, observer))
		return;
	FOR_EACH_OPTION(id, takes(command))
		nearest_try(&nearest, option_table[id].name);
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "unknown option --%s%s%s%s", name,
		       nearest.name ? "; did you mean --" : "", nearest.name ? nearest.name : "",
		       nearest.name ? "?" : "");
}

void parse_no_command(const struct command *const *table, const char *name,
		      const struct observer *observer)
{
	struct nearest nearest = {.word = name};

	for (const struct command *const *at = table; *at; at++)
		nearest_try(&nearest, (*at)->name);
	observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "unknown command %s%s%s%s", name,
		       nearest.name ? "; did you mean " : "", nearest.name ? nearest.name : "",
		       nearest.name ? "?" : "");
}

/* The argument at which getopt_long() stopped. */
static enum parse_end wrong(const struct command *const *table, const struct command *command,
			    int chosen, char **argv, const struct observer *observer)
{
	const struct command_option *option =
		optopt >= FIRST_LONG ? &option_table[optopt - FIRST_LONG] : NULL;

	if (option && chosen == ':')
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--%s needs a value: %s",
			       option->name, option->argument);
	else if (option)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "--%s takes no value",
			       option->name);
	else if (optopt)
		observer_raise(observer, TROUBLE_USAGE, NO_RANGE, "unknown option -%c", optopt);
	else
		say_unknown(table, command, argv[optind - 1] + strlen("--"), observer);
	return PARSE_WRONG;
}

/* What getopt_long() chose. */
static enum option_id option_of(int chosen)
{
	enum option_id id = 0;

	if (chosen >= FIRST_LONG)
		return (enum option_id)(chosen - FIRST_LONG);
	while (option_table[id].letter != chosen)
		id++;
	return id;
}

/* "--backup --dry-run": the next option is not its value, or it would have no effect. */
static enum parse_end no_value(enum option_id id, const char *next, const struct observer *observer)
{
	const char *name = option_table[id].name;

	observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
		       "--%s needs a value: %s; if it is %s, use --%s=%s", name,
		       option_table[id].argument, next, name, next);
	return PARSE_WRONG;
}

enum parse_end parse(const struct command *const *table, const struct command *command, int argc,
		     char **argv, struct command_line *line, const struct observer *observer)
{
	struct option options[OPTION_COUNT + 1] = {{0}};
	/*
	 * A command line that is passed on belongs to another program; so does a line without a
	 * command.
	 */
	char letters[OPTION_COUNT + 2] = "+:";
	enum parse_end end = PARSED;
	size_t count = 0;
	int chosen;

	if (command && !command->passes_on)
		strcpy(letters, ":");
	FOR_EACH_OPTION(id, takes(command)) {
		const struct command_option *option = &option_table[id];

		options[count++] = (struct option){option->name, argument_of(option), NULL,
						   FIRST_LONG + (int)id};
		if (option->letter)
			strncat(letters, &option->letter, 1);
	}
	optind = 0; /* start again */
	opterr = 0;
	while (end == PARSED && (chosen = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (chosen == '?' || chosen == ':')
			end = wrong(table, command, chosen, argv, observer);
		else if (optarg && optarg == argv[optind - 1] && optarg[0] == '-' && optarg[1])
			end = no_value(option_of(chosen), optarg, observer);
		else
			end = take(line, option_of(chosen), optarg, observer);
	}
	line->words = argv + optind;
	line->word_count = (size_t)(argc - optind);
	return end;
}

void parse_free(struct command_line *line)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		free(line->joined[i]);
	*line = (struct command_line){.word_count = 0};
}
