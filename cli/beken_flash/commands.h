/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - what beken-flash can do: one command, one file, one struct.
 *
 * A new command is a file cmd_NAME.c that defines struct command command_NAME, and a row in
 * COMMANDS below.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/dialect/command.h"

/*
 * Where only the descriptions are wanted, the code of the commands is not needed: the build machine
 * may not be able to run it, nor have its libraries. See cli/docs/.
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
	X(wiring, cmd_wiring.c)                                                                    \
	X(doctor, cmd_doctor.c)                                                                    \
	X(list, cmd_list.c)                                                                        \
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
