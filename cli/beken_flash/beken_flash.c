/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beken-flash - what one wants to do with the flash of a Beken SoC, in commands.
 *
 * This file finds the command and parses its options; the commands have files of
 * their own, see commands.h.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/beken_flash/aliases.h"
#include "cli/beken_flash/commands.h"
#include "cli/beken_flash/describe.h"

#define NAME "beken-flash"

static int usage_error(const char *command)
{
	fprintf(stderr, NAME ": see " NAME " %s%s--help\n", command, command[0] ? " " : "");
	return COMMAND_USAGE;
}

/* Of a script whose variable was empty: not what it meant, and not to be guessed. */
static int empty_value(const char *command, const struct command_option *option)
{
	fprintf(stderr, NAME ": --%s needs a %s, and has nothing behind it\n", option->name,
		option->argument);
	return usage_error(command);
}

/* A value of an option that may come again: "a", then "b", gives "a,b". */
static bool add_value(char **list, const char *value)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", *list ? *list : "", *list ? "," : "", value) < 0)
		return false;
	free(*list);
	*list = joined;
	return true;
}

static int run_line(const struct command *command, const struct command_line *line)
{
	if (line->word_count < command->words_least || line->word_count > command->words_most) {
		fprintf(stderr, NAME ": %s %s %s\n", command->name,
			line->word_count < command->words_least ? "needs"
			: command->words_most			? "takes only"
								: "takes no words behind it",
			command->words);
		return usage_error(command->name);
	}
	return command->run(line);
}

static int takes_argument(const struct command_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->argument[0] == '[' ? optional_argument : required_argument;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct option options[COMMAND_OPTIONS + 2] = {{0}};
	char *lists[COMMAND_OPTIONS] = {NULL};
	struct command_line line = {.words = NULL};
	int count = 0, chosen, index, status = -1;

	for (; command->options[count].name; count++)
		options[count] =
			(struct option){command->options[count].name,
					takes_argument(&command->options[count]), NULL, 'o'};
	options[count] = (struct option){"help", no_argument, NULL, 'h'};
	while (status < 0 && (chosen = getopt_long(argc, argv, command->passes_on ? "+" : "",
						   options, &index)) != -1) {
		if (chosen == 'h') {
			describe_command(command);
			status = COMMAND_DONE;
		} else if (chosen != 'o') {
			status = usage_error(command->name);
		} else if (optarg && !optarg[0]) {
			status = empty_value(command->name, &command->options[index]);
		} else if (!command->options[index].list) {
			line.option[index] = optarg ? optarg : "";
		} else if (add_value(&lists[index], optarg ? optarg : "")) {
			line.option[index] = lists[index];
		} else {
			perror(NAME);
			status = COMMAND_FAILED;
		}
	}
	line.words = argv + optind;
	line.word_count = (size_t)(argc - optind);
	if (status < 0)
		status = run_line(command, &line);
	for (int i = 0; i < count; i++)
		free(lists[i]);
	return status;
}

static void print_line(const struct alias_line *line)
{
	fprintf(stderr, NAME);
	for (int i = 1; i < line->argc; i++)
		fprintf(stderr, " %s", line->argv[i]);
	fprintf(stderr, "\n");
}

/* The line as this program spells it. */
static int run_ours(const struct alias_line *line)
{
	const struct command *command = command_by_name(line->argv[1]);
	char *name = line->argv[1];
	int status;

	if (line->left_out)
		fprintf(stderr, NAME ": %s is left out: it has no meaning here\n", line->left_out);
	if (line->renamed)
		fprintf(stderr, NAME ": %s is called %s now\n", line->renamed, line->new_name);
	if (line->other_command) {
		fprintf(stderr, NAME ": here this is: ");
		print_line(line);
	}
	if (!line->only_reads)
		return COMMAND_USAGE;
	if (!command) {
		fprintf(stderr, NAME ": there is no command %s\n", name);
		return usage_error("");
	}
	/* getopt prints the name in front of its complaints. */
	line->argv[1] = line->argv[0];
	status = run(command, line->argc - 1, line->argv + 1);
	line->argv[1] = name;
	return status;
}

/* getopt moves words about, which a line that is freed word by word does not mind. */
int main(int argc, char **argv)
{
	struct alias_line line;
	const struct command *command = argc > 1 ? command_by_name(argv[1]) : NULL;
	int status;

	if (argc < 2)
		return usage_error("");
	if (strcmp(argv[1], "--help") == 0) {
		describe_all();
		return COMMAND_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", NAME, BEKEN_FLASH_VERSION);
		return COMMAND_DONE;
	}
	/* A command line that is passed on is another program's. */
	if (command && command->passes_on) {
		argv[1] = argv[0];
		return run(command, argc - 1, argv + 1);
	}
	alias_translate(argc, argv, &line);
	if (!line.argv) {
		perror(NAME);
		return COMMAND_FAILED;
	}
	status = run_ours(&line);
	alias_free(&line);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == COMMAND_DONE) {
		perror(NAME ": standard output");
		status = COMMAND_FAILED;
	}
	return status;
}
