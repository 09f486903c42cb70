/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* strtoull() accepts signs and blanks, so the first digit is checked before. */
static bool digits(const char *text, int radix, unsigned long long *value, const char **end)
{
	char *behind;

	if (!text[0] || !strchr(radix == 16 ? "0123456789abcdefABCDEF" : "0123456789", text[0]))
		return false;
	errno = 0;
	*value = strtoull(text, &behind, radix);
	*end = behind;
	return errno == 0;
}

bool number_bytes(const char *text, uint32_t *number)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned long long value;
	unsigned shift = 0;
	const char *end;

	if (!digits(is_hex ? text + 2 : text, is_hex ? 16 : 10, &value, &end))
		return false;
	if (*end == 'K' || *end == 'k')
		shift = 10;
	else if (*end == 'M' || *end == 'm')
		shift = 20;
	if (end[shift != 0] || value > UINT32_MAX >> shift)
		return false;
	*number = (uint32_t)value << shift;
	return true;
}

bool number_looks_hexadecimal(const char *text, uint32_t step)
{
	unsigned long long value;
	const char *end;

	if (text[strspn(text, "0123456789")])
		return text[0] && !text[strspn(text, "0123456789abcdefABCDEF")];
	return digits(text, 10, &value, &end) && value % step != 0;
}

bool number_plain(const char *text, unsigned least, unsigned most, unsigned *number)
{
	unsigned long long value;
	const char *end;

	if (!digits(text, 10, &value, &end) || *end || value < least || value > most)
		return false;
	*number = (unsigned)value;
	return true;
}

bool number_hexadecimal(const char *text, uint32_t most, uint32_t *number)
{
	unsigned long long value;
	const char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	/* strtoull() accepts a second 0x. */
	if (strpbrk(text, "xX") || !digits(text, 16, &value, &end) || *end || value > most)
		return false;
	*number = (uint32_t)value;
	return true;
}
