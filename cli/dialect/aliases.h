/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aliases.h - a command line in the spelling of another tool for these chips, or in one that this
 * program had in the release before.
 *
 * Sources: the command lines of BK7231GUIFlashTool (CommandLineRunner.cs), bk7231tools
 * (__main__.py), ltchiptool (commands/flash/), hid_download_py (uartprogram, spiprogram, whose
 * numbers are hexadecimal), and the words of esptool.
 */
#ifndef CLI_ALIASES_H
#define CLI_ALIASES_H

#include <stdbool.h>

#define ALIAS_LEFT_OUT 160

struct alias_line {
	char **argv; /* in the present spelling; NULL after the last; NULL if memory ran out */
	int argc;
	bool other;	   /* another tool's: a command or an option of it had another name */
	/*
	 * Whether it may be run. What changes the flash has to be typed again, if the command is
	 * another tool's, or if an option was left out or its meaning is not certain.
	 */
	bool may_run;
	bool for_flashrom; /* it is a command line for flashrom-beken */
	char left_out[ALIAS_LEFT_OUT];	/* options that are not needed here: "-u, -b"; or "" */
	const char *nothing_like;	/* what cannot be done here; or NULL */
	const char *no_count;		/* what is no number of sectors; or NULL */
	const char *renamed, *new_name; /* an option that had another name; or NULL */
};

/*
 * @argv[1] is the command; with some tools it is an option, and may stand anywhere. Anything else
 * stays as it is, as does everything after "--".
 */
void alias_translate(int argc, char *const *argv, struct alias_line *line);
void alias_free(struct alias_line *line);

/* Whether it begins with another tool's option, and one of them is its command. */
bool alias_has_flags(int argc, char *const *argv);

#endif
