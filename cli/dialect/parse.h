/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse.h - the options of one command, taken out of its line. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "base/observer.h"
#include "cli/dialect/command.h"

enum parse_end {
	PARSED,
	PARSE_WRONG, /* TROUBLE_USAGE was raised */
	PARSE_NO_MEMORY,
};

/*
 * @table: all commands; NULL ends it. @argv[0] is not a word of the line. @command NULL: parses
 * what precedes the command, whose name is then the first of the words. @line is zeroed, or holds
 * what preceded it; its words point into @argv, whose words may be reordered. Needs parse_free() in
 * any case.
 */
enum parse_end parse(const struct command *const *table, const struct command *command, int argc,
		     char **argv, struct command_line *line, const struct observer *observer);
void parse_free(struct command_line *line);

/* Raises that there is no such command, and which one may be meant. */
void parse_no_command(const struct command *const *table, const char *name,
		      const struct observer *observer);

#endif
