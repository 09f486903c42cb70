/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - what beken-flash can do: one command, one file, one struct.
 *
 * A new command is a file cli/cmd_NAME.c that defines a struct command, a line below,
 * and a line in command_table.c. The struct is all that is known of it: the parser, --help
 * (describe.c), the man page and the completion of shells (make_docs.c) come from it.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_OPTIONS 16

/* Exit status of every command; each may have more of its own. */
#define COMMAND_DONE 0
#define COMMAND_FAILED 1
#define COMMAND_USAGE 2

/* What arguments are called that shells can complete; others may have any name. */
#define ARGUMENT_FILE "FILE"
#define ARGUMENT_SOC "SOC"
#define ARGUMENT_REGION "REGION"
#define ARGUMENT_CONSENT "[WHAT,...]"

struct command_option {
	const char *name; /* without the two dashes; NULL ends the list */
	/* What it is called in the help; in brackets: it may be left away. NULL: it takes none. */
	const char *argument;
	const char *help; /* one line, no full stop */
	bool list;	  /* may be given several times: the values get commas between */
};

struct command_status {
	int status;
	const char *meaning; /* NULL ends the list */
};

/* What refuses has this status of its own. */
extern const struct command_status job_statuses[];

struct command_example {
	const char *what; /* a sentence, ending in a colon; NULL ends the list */
	const char *line;
};

/* A command line after its options were taken out. */
struct command_line {
	/* In the order of the options: NULL if not given, "" if it takes no argument. */
	const char *option[COMMAND_OPTIONS];
	char *const *words;
	size_t word_count;
};

struct command {
	const char *name;
	const char *words; /* what follows the options, as in "FILE..." */
	size_t words_least, words_most;
	bool passes_on;	     /* the words are a command line: no options behind the first */
	const char *summary; /* one line, no full stop */
	const char *about;   /* more: lines of up to 80 characters, ended by \n; or NULL */
	const struct command_option *options;
	const struct command_status *statuses;	     /* its own; or NULL */
	const struct command_example *examples;	     /* or NULL */
	int (*run)(const struct command_line *line); /* returns the exit status */
};

/* All of them, in the order of the help; NULL ends the list. */
extern const struct command *const command_table[];

/* Or NULL. */
const struct command *command_by_name(const char *name);

extern const struct command command_backup;
extern const struct command command_detect;
extern const struct command command_erase;
extern const struct command command_identify;
extern const struct command command_info;
extern const struct command command_protect;
extern const struct command command_read;
extern const struct command command_reset;
extern const struct command command_restore;
extern const struct command command_resume;
extern const struct command command_run;
extern const struct command command_test;
extern const struct command command_unprotect;
extern const struct command command_verify;
extern const struct command command_write;

#endif
