/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain_text.h - text that may come from a file, a flash or a device, for a terminal.
 *
 * A control character moves the cursor, hides what was said, or types for the user. So there are
 * none: each one but the end of a line, and what is no UTF-8 and so may be one, becomes a '?'.
 */
#ifndef CLI_PLAIN_TEXT_H
#define CLI_PLAIN_TEXT_H

/* Changes @text in place, and returns it. */
char *plain_text(char *text);

#endif
