/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/commands.h"

#include <string.h>

#define ROW(name, file) &command_##name,
const struct command *const command_table[] = {COMMANDS(ROW) NULL};

const struct command *command_by_name(const char *name)
{
	for (const struct command *const *at = command_table; *at; at++)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	return NULL;
}
