/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/describe.h"

#include <stdio.h>

#define NAME "beken-flash"

void describe_option(const struct command_option *option, char *text, size_t room)
{
	const char *argument = option->argument;

	if (!argument)
		snprintf(text, room, "--%s", option->name);
	else if (argument[0] == '[')
		snprintf(text, room, "--%s[=%s", option->name, argument + 1);
	else
		snprintf(text, room, "--%s=%s", option->name, argument);
}

static void print_options(const struct command *command)
{
	char option[64];

	for (const struct command_option *at = command->options; at->name; at++) {
		describe_option(at, option, sizeof(option));
		printf("  %-22s %s\n", option, at->help);
	}
	printf("  %-22s %s\n", "--help", "this text");
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
	print_options(command);
	printf("\nExit status:\n");
	print_statuses(describe_statuses);
	print_statuses(command->statuses);
	printf("  %-22s %s\n", "128 + N", "stopped by signal N");
	if (command->examples)
		printf("\nExamples:\n");
	for (const struct command_example *at = command->examples; at && at->what; at++)
		printf("  %s\n    %s\n", at->what, at->line);
}

void describe_all(void)
{
	printf("usage: " NAME " COMMAND [OPTIONS] ...\n\nCommands:\n");
	for (const struct command *const *at = command_table; *at; at++)
		printf("  %-10s %s\n", (*at)->name, (*at)->summary);
	printf("\n" NAME " COMMAND --help says more about one.\n");
}
