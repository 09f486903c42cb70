/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/command.h"

const struct command_option option_table[OPTION_COUNT] = {
#define X(id, name, letter, argument, list, help) {name, letter, argument, list, help},
	OPTION_TABLE(X)
#undef X
};

const struct command_status command_statuses[] = {
	{COMMAND_DONE, "done"},
	{COMMAND_FAILED, "failed; a message says why"},
	{COMMAND_USAGE, "the command line is wrong; nothing was done"},
	{0, NULL},
};

const struct command_status job_statuses[] = {
	{3, "refused; nothing was changed"},
	{4, "the flash is half written; see resume"},
	{0, NULL},
};
