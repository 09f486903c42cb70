/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own_words.h - what a message says to type, as this program's command line wants it.
 *
 * Next steps of troubles name parameters of the programmer (trouble.h), "tries=200", and commands,
 * "beken-flash doctor". Here the first are options, and the second need the adapter that was named.
 * What has no room stays as it was.
 */
#ifndef CLI_OWN_WORDS_H
#define CLI_OWN_WORDS_H

#include "cli/dialect/command.h"

#define OWN_WHERE_ROOM 400

/* " --usb=1-2", and whatever else says which adapter it is, and how; or "". */
void own_where(const struct command_line *line, char where[OWN_WHERE_ROOM]);

/*
 * "tries=200" becomes "--params=tries=200", usb= and port= have options of their own. Those that
 * have a value are added to @tries, after a comma.
 */
void own_params(char *text, size_t room, char *tries, size_t tries_room);

/* @where goes behind each command of the table that has such options. */
void own_commands(char *text, size_t room, const struct command *const *table, const char *where);

#endif
