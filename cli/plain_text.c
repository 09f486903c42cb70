/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/plain_text.h"

#include <stddef.h>
#include <stdint.h>

static size_t length_by_lead(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Bytes of the character at @text, or 0 for what is none, or a control character. */
static size_t character(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t length = length_by_lead(bytes[0]);

	if (bytes[0] < ' ' || bytes[0] == 0x7f)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	/* U+0080 to U+009F are C1.
	 */
	return length == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 0 : length;
}

char *plain_text(char *text)
{
	for (char *at = text; *at;) {
		size_t length = character(at);

		if (length == 0 && *at != '\n')
			*at = '?';
		at += length ? length : 1;
	}
	return text;
}
