/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.h - the help of beken-flash, on standard output. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "cli/beken_flash/commands.h"

/* Every exit status that all commands share; a meaning of NULL ends the list. */
extern const struct command_status describe_statuses[];

void describe_all(void);
void describe_command(const struct command *command);

/* "--at=ADDRESS", "--yes[=WHAT,...]" */
void describe_option(const struct command_option *option, char *text, size_t room);

#endif
