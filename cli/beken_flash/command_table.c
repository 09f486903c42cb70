/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/commands.h"

#include <string.h>

const struct command *const command_table[] = {
	&command_detect, &command_info,	   &command_identify, &command_backup,
	&command_write,	 &command_restore, &command_resume,   &command_read,
	&command_verify, &command_erase,   &command_protect,  &command_unprotect,
	&command_test,	 &command_reset,   &command_run,      NULL,
};

const struct command *command_by_name(const char *name)
{
	for (const struct command *const *at = command_table; *at; at++)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	return NULL;
}
