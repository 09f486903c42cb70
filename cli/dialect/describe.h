/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.h - the help of beken-flash, on standard output. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "cli/dialect/command.h"

/* @table: all commands; NULL ends it. */
void describe_all(const struct command *const *table);
void describe_command(const struct command *command);

/* "--at=ADDRESS", "--yes[=WHAT,...]", "-q, --quiet" */
void describe_option(const struct command_option *option, char *text, size_t room);

#endif
