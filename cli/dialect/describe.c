/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/describe.h"

#include <stdio.h>

#define NAME "beken-flash"

void describe_option(const struct command_option *option, char *text, size_t room)
{
	const char *argument = option->argument ? option->argument : "";
	char letter[] = {'-', option->letter, ',', ' ', '\0'};
	bool optional = argument[0] == '[';

	snprintf(text, room, "%s--%s%s%s%s", option->letter ? letter : "", option->name,
		 optional ? "[" : "", argument[0] ? "=" : "", argument + optional);
}

static void print_options(uint64_t set)
{
	char option[64];

	FOR_EACH_OPTION(id, set) {
		describe_option(&option_table[id], option, sizeof(option));
		printf("  %-22s %s\n", option, option_table[id].help);
	}
}

static void print_statuses(const struct command_status *at)
{
	for (; at && at->meaning; at++)
		printf("  %-22d %s\n", at->status, at->meaning);
}

void describe_command(const struct command *command)
{
	printf("usage: " NAME " %s [OPTIONS]%s%s\n\n%s.\n", command->name,
	       command->words[0] ? " " : "", command->words, command->summary);
	if (command->about)
		printf("\n%s", command->about);
	printf("\nOptions:\n");
	print_options(command->takes);
	printf("\nOptions of every command:\n");
	print_options(TAKES_ALWAYS);
	printf("\nExit status:\n");
	print_statuses(command_statuses);
	print_statuses(command->statuses);
	printf("  %-22s %s\n", "128 + N", "stopped by signal N");
	if (command->examples)
		printf("\nExamples:\n");
	for (const struct command_example *at = command->examples; at && at->what; at++)
		printf("  %s\n    %s\n", at->what, at->line);
}

void describe_all(const struct command *const *table)
{
	printf("usage: " NAME " COMMAND [OPTIONS] ...\n\nCommands:\n");
	for (const struct command *const *at = table; *at; at++)
		printf("  %-10s %s\n", (*at)->name, (*at)->summary);
	printf("\nOptions:\n");
	print_options(TAKES_ALWAYS | TAKES(VERSION));
	printf("\n" NAME " help COMMAND says more about one.\n");
}
