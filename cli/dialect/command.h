/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - one command of a program, as far as its line, help, man page and completion go.
 *
 * The struct is all that is known about it: the parser (parse.h), the help (describe.h), the man
 * page and the completion of shells (cli/docs/) come from it and from the table of options.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/dialect/option_table.h"

/* Exit status of every command; each may have more of its own. */
#define COMMAND_DONE 0
#define COMMAND_FAILED 1
#define COMMAND_USAGE 2

struct command_status {
	int status;
	const char *meaning; /* NULL ends the list */
};

/* Shared by all commands; and by those that can refuse, or leave the flash half written. */
extern const struct command_status command_statuses[], job_statuses[];

struct command_example {
	const char *what; /* a sentence, ending in a colon; NULL ends the list */
	const char *line;
};

/* A command line after its options were taken out; see parse.h. */
struct command_line {
	const char *option[OPTION_COUNT]; /* NULL: not given; "": without an argument */
	char *const *words;
	size_t word_count;
	char *joined[OPTION_COUNT]; /* memory allocated for it */
};

struct command {
	const char *name;
	const char *words; /* what follows the options, as in "FILE..." */
	size_t words_least, words_most;
	bool passes_on;	     /* the words are a command line: no options after the first */
	const char *summary; /* one line, no full stop */
	const char *about;   /* more: lines of up to 80 characters, ended by \n; or NULL */
	uint64_t takes;	     /* which options, besides TAKES_ALWAYS */
	const struct command_status *statuses;	     /* its own; or NULL */
	const struct command_example *examples;	     /* or NULL */
	int (*run)(const struct command_line *line); /* returns the exit status */
};

#endif
