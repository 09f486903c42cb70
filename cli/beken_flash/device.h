/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - the chip on the adapter, for the length of one command of beken-flash.
 *
 * A session of the engine's, the report of what happens, and the options that all such
 * commands share. Signals end what may be ended.
 */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include "cli/beken_flash/ask.h"
#include "cli/beken_flash/commands.h"
#include "cli/beken_flash/report.h"
#include "engine/session.h"

/* To stand first in a command's options, and in its enum. */
#define DEVICE_OPTIONS                                                                             \
	{"params", "NAME=VALUE,...",                                                               \
	 "parameters of the programmer, as behind -p beken_spi:", false},                          \
		{"soc", ARGUMENT_SOC, "the SoC, if it cannot be told from the flash", false},      \
	{                                                                                          \
		"json", NULL, "events and the result as JSON, one object a line", false            \
	}
/* Of what changes the flash, after a backup. */
#define BACKUP_OPTION                                                                              \
	{                                                                                          \
		"backup", "FILE",                                                                  \
			"the backup: made there, or, if it exists, taken as the present content",  \
			false                                                                      \
	}
#define NO_BACKUP_OPTION                                                                           \
	{                                                                                          \
		"no-backup", NULL, "make none: what is overwritten is gone", false                 \
	}
enum { DEVICE_PARAMS, DEVICE_SOC, DEVICE_JSON, DEVICE_OPTION_COUNT };

struct device {
	struct report report;
	struct session session; /* begun by device_begin() */
	struct ask ask;
	struct session_options options; /* by the command line */
	/* The same command again puts right what was cut off; with this in it. Or NULL. */
	const char *again;
};

/*
 * By the options params, soc and json, if the command has them. @device must not be moved
 * afterwards.
 */
void device_begin(struct device *device, const struct command *command,
		  const struct command_line *line);

/*
 * Who the session asks: @yes is the argument of --yes, or NULL; @dry: nothing is asked, but
 * said. False, and reported, if @yes names something else.
 */
bool device_consents(struct device *device, const char *yes, bool dry);

/* False, and reported, if both are said. */
bool device_backup_options(const struct device *device, const char *backup, bool no_backup);

/* The result of a command that succeeded: as report_result(). */
struct json *device_result(struct device *device);
int device_result_end(struct device *device);

/*
 * Closes the session and makes the result of a command that failed, which has no members of
 * its own. Returns the exit status.
 */
int device_failed(struct device *device);

#endif
