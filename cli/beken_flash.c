/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beken-flash - what one wants to do with the flash of a Beken SoC, in commands.
 *
 * This file finds the command and parses its options; the commands have files of
 * their own, see commands.h.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

#define NAME "beken-flash"

static const struct command *const commands[] = {
	&command_detect,
	&command_identify,
	&command_backup,
	&command_write,
	&command_restore,
	&command_resume,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_options(const struct command *command)
{
	char option[64];

	for (const struct command_option *at = command->options; at->name; at++) {
		snprintf(option, sizeof(option), "--%s%s%s", at->name, at->argument ? "=" : "",
			 at->argument ? at->argument : "");
		printf("  %-22s %s\n", option, at->help);
	}
	printf("  %-22s %s\n", "--help", "this text");
}

static void print_command_help(const struct command *command)
{
	printf("usage: " NAME " %s [OPTIONS] %s\n\n%s.\n\nOptions:\n", command->name,
	       command->words, command->summary);
	print_options(command);
	printf("\nExit status: 0 done, 1 failed, 2 wrong usage");
	printf("%s.\n", command->status ? command->status : "");
}

static void print_help(void)
{
	printf("usage: " NAME " COMMAND [OPTIONS] ...\n\nCommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n" NAME " COMMAND --help says more about one.\n");
}

static int usage_error(const char *command)
{
	fprintf(stderr, NAME ": see " NAME " %s%s--help\n", command, command[0] ? " " : "");
	return COMMAND_USAGE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct option options[COMMAND_OPTIONS + 2] = {{0}};
	struct command_line line = {.words = NULL};
	int count = 0, chosen, index;

	for (; command->options[count].name; count++)
		options[count] = (struct option){
			command->options[count].name,
			command->options[count].argument ? required_argument : no_argument, NULL,
			'o'};
	options[count] = (struct option){"help", no_argument, NULL, 'h'};
	while ((chosen = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (chosen == 'h') {
			print_command_help(command);
			return COMMAND_DONE;
		}
		if (chosen != 'o')
			return usage_error(command->name);
		line.option[index] = optarg ? optarg : "";
	}
	line.words = argv + optind;
	line.word_count = (size_t)(argc - optind);
	if (line.word_count < command->words_least || line.word_count > command->words_most) {
		fprintf(stderr, NAME ": %s %s %s\n", command->name,
			line.word_count < command->words_least ? "needs" : "takes only",
			command->words);
		return usage_error(command->name);
	}
	return command->run(&line);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		print_help();
		return COMMAND_DONE;
	}
	for (size_t i = 0; argc > 1 && i < COMMAND_COUNT; i++)
		if (strcmp(argv[1], commands[i]->name) == 0) {
			/* getopt prints the name in front of its complaints. */
			argv[1] = argv[0];
			return run(commands[i], argc - 1, argv + 1);
		}
	if (argc > 1)
		fprintf(stderr, NAME ": there is no command %s\n", argv[1]);
	return usage_error("");
}
