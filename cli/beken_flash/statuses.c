/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the exit statuses mean. Apart from the commands, whose tests take one and not all. */
#include "cli/beken_flash/describe.h"

const struct command_status describe_statuses[] = {
	{COMMAND_DONE, "done"},
	{COMMAND_FAILED, "failed, as a message says"},
	{COMMAND_USAGE, "the command line is wrong; nothing was done"},
	{0, NULL},
};

const struct command_status job_statuses[] = {
	{3, "refused; nothing was changed"},
	{4, "the flash is half written; see resume"},
	{0, NULL},
};
