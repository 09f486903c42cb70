/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/shell_word.h"

#include <stdio.h>
#include <string.h>

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    "_./+:=@%,-";

const char *shell_word(const char *text, char *word, size_t room)
{
	size_t len = 0;

	if (text[0] && text[strspn(text, plain)] == '\0') {
		snprintf(word, room, "%s", text);
		return word;
	}
	if (room < 3)
		return "";
	word[len++] = '\'';
	for (; *text && len + 6 < room; text++) {
		if (*text == '\'') {
			memcpy(word + len, "'\\''", 4);
			len += 4;
		} else {
			word[len++] = *text;
		}
	}
	word[len++] = '\'';
	word[len] = '\0';
	return word;
}
