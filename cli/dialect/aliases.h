/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aliases.h - a command line in the spelling of the Windows tool for these chips, or in one
 * that this program had in the release before.
 *
 * People know fread, fwrite, read_flash and write_flash, and --addr, -ofs, -len and --out.
 * Source: the command line of BK7231GUIFlashTool (CommandLineRunner.cs).
 */
#ifndef CLI_ALIASES_H
#define CLI_ALIASES_H

#include <stdbool.h>

struct alias_line {
	char **argv; /* in the present spelling; NULL after the last; NULL if memory ran out */
	int argc;
	bool other_command; /* its command had another name */
	bool only_reads; /* it may be run; a command that changes the die has to be typed again */
	const char *left_out;		/* an option that has no meaning here; or NULL */
	const char *renamed, *new_name; /* an option that had another name; or NULL */
};

/* @argv[1] is the command. Anything else stays as it is, as does everything after "--". */
void alias_translate(int argc, char *const *argv, struct alias_line *line);
void alias_free(struct alias_line *line);

#endif
