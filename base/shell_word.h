/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_word.h - a text as one word of a command line that is shown to the user. */
#ifndef BASE_SHELL_WORD_H
#define BASE_SHELL_WORD_H

#include <stddef.h>

/*
 * Quoted if a shell would take it for anything else. What does not fit into @room bytes is cut off.
 */
const char *shell_word(const char *text, char *word, size_t room);

#endif
