/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain_text.h - text that may come from a file, a flash or a device, for a terminal.
 *
 * A control character can move the cursor, hide output, or type for the user. So each one except
 * the end of a line becomes a '?', as does what is not UTF-8 and so may be one.
 */
#ifndef CLI_PLAIN_TEXT_H
#define CLI_PLAIN_TEXT_H

/* Changes @text in place, and returns it. */
char *plain_text(char *text);

#endif
