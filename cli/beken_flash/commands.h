/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - what beken-flash can do: one command, one file, one struct.
 *
 * A new command is a file cmd_NAME.c that defines struct command command_NAME, and a row in
 * COMMANDS below. The struct is all that is known of it: the parser, --help (describe.c), the
 * man page and the completion of shells (cli/docs/) come from it.
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

/*
 * Where only the descriptions are wanted, nothing of what a command does has to be there: the
 * machine that builds may not be able to run it, nor have its libraries. See cli/docs/.
 */
#ifdef COMMANDS_ONLY_DESCRIBED
#define COMMAND_RUN(function) NULL
#else
#define COMMAND_RUN(function) function
#endif

/*
 * All of them, in the order of the help: NAME and the file it is in. A row declares the struct,
 * puts it into the table, and has the file compiled: meson.build reads the rows here.
 */
#define COMMANDS(X)                                                                                \
	X(doctor, cmd_doctor.c)                                                                    \
	X(detect, cmd_detect.c)                                                                    \
	X(info, cmd_info.c)                                                                        \
	X(identify, cmd_identify.c)                                                                \
	X(backup, cmd_backup.c)                                                                    \
	X(write, cmd_write.c)                                                                      \
	X(restore, cmd_restore.c)                                                                  \
	X(resume, cmd_resume.c)                                                                    \
	X(read, cmd_read.c)                                                                        \
	X(verify, cmd_verify.c)                                                                    \
	X(erase, cmd_erase.c)                                                                      \
	X(protect, cmd_protection.c)                                                               \
	X(unprotect, cmd_protection.c)                                                             \
	X(test, cmd_test.c)                                                                        \
	X(reset, cmd_reset.c)                                                                      \
	X(run, cmd_run.c)

#define COMMAND_DECLARE(name, file) extern const struct command command_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* The same as a table; NULL ends it. */
extern const struct command *const command_table[];

/* Or NULL. */
const struct command *command_by_name(const char *name);

#endif
