/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - what beken-flash can do: one command, one file, one struct.
 *
 * A new command is a file cli/cmd_NAME.c that defines a struct command, a line below,
 * and a line in the table of beken_flash.c. Its options and its help come from the
 * struct: nothing else parses or lists them.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stddef.h>

#define COMMAND_OPTIONS 16

/* Exit status of every command; each may have more of its own. */
#define COMMAND_DONE 0
#define COMMAND_FAILED 1
#define COMMAND_USAGE 2

struct command_option {
	const char *name;     /* without the two dashes; NULL ends the list */
	const char *argument; /* what it is called in the help; NULL if it takes none */
	const char *help;
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
	const char *summary; /* one line, no full stop */
	const char *status;  /* lines about its own exit status, or NULL */
	const struct command_option *options;
	int (*run)(const struct command_line *line); /* returns the exit status */
};

extern const struct command command_backup;
extern const struct command command_detect;
extern const struct command command_identify;
extern const struct command command_restore;
extern const struct command command_resume;
extern const struct command command_write;

#endif
