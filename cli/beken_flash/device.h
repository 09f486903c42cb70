/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - the chip on the adapter, for the length of one command of beken-flash.
 *
 * An engine session, the report of what happens, and the options that all such commands share.
 * Signals end whatever can be interrupted.
 */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include "cli/beken_flash/ask.h"
#include "cli/beken_flash/commands.h"
#include "cli/beken_flash/report.h"
#include "engine/session.h"

#define TAKES_ADAPTER (TAKES(PARAMS) | TAKES(USB) | TAKES(PORT) | TAKES(JSON))
#define TAKES_DEVICE (TAKES_ADAPTER | TAKES(SOC) | TAKES(RECORD))
#define DEVICE_PARAMETERS 512

struct device {
	struct report report;
	struct session session; /* begun by device_begin() */
	struct ask ask;
	struct session_options options; /* by the command line */
	/* Running the same command again, with this option, repairs what was cut off. Or NULL. */
	const char *again;
	const char *file;   /* what the job is about, for the record; or NULL */
	const char *record; /* where a line is appended; or NULL */
	char parameters[DEVICE_PARAMETERS];
};

/* @device must not be moved afterwards; @line outlives it. */
void device_begin(struct device *device, const struct command *command,
		  const struct command_line *line);

/*
 * How the session asks, by --yes; with --dry-run it only shows what it would ask. False, and
 * reported, if --yes names something else.
 */
bool device_consents(struct device *device, const struct command_line *line);

/* False, and reported, if both --backup and --no-backup are given. */
bool device_backup_options(const struct device *device, const struct command_line *line);

/* The result of a command that succeeded: as report_result(). */
struct json *device_result(struct device *device);
int device_result_end(struct device *device);

/*
 * Closes the session and makes the result of a command that failed, which has no members of
 * its own. Returns the exit status.
 */
int device_failed(struct device *device);

#endif
