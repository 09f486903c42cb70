/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <inttypes.h>

/* The range of a second byte: no overlong forms, surrogates, or values beyond 10ffff. */
static bool second_is_good(unsigned char first, unsigned char second)
{
	return second >= (first == 0xe0	  ? 0xa0
			  : first == 0xf0 ? 0x90
					  : 0x80) &&
	       second <= (first == 0xed	  ? 0x9f
			  : first == 0xf4 ? 0x8f
					  : 0xbf);
}

/* The bytes of the UTF-8 character here; 0 if it is none. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = text[0] < 0x80			     ? 1
			: text[0] >= 0xc2 && text[0] <= 0xdf ? 2
			: (text[0] & 0xf0) == 0xe0	     ? 3
			: text[0] >= 0xf0 && text[0] <= 0xf4 ? 4
							     : 0;

	if (length > 1 && !second_is_good(text[0], text[1]))
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static void print_string(FILE *out, const char *string)
{
	const unsigned char *text = (const unsigned char *)string;

	putc('"', out);
	while (*text) {
		size_t length = utf8_length(text);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text < ' ' || *text == 0x7f)
			fprintf(out, "\\u%04x", *text);
		else if (length == 2 && text[0] == 0xc2 && text[1] < 0xa0) /* C1 */
			fprintf(out, "\\u%04x", text[1]);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
	putc('"', out);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->follows)
		fputs(", ", json->out);
	json->follows = true;
	if (key) {
		print_string(json->out, key);
		fputs(": ", json->out);
	}
}

void json_begin(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	putc(bracket, json->out);
	json->follows = false;
}

void json_end(struct json *json, char bracket)
{
	putc(bracket, json->out);
	json->follows = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
	begin_value(json, key);
	print_string(json->out, text);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	begin_value(json, key);
	fprintf(json->out, "%" PRIu64, number);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_no_value(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->out);
}

void json_number_or_none(struct json *json, const char *key, uint64_t number, bool known)
{
	if (known)
		json_number(json, key, number);
	else
		json_no_value(json, key);
}

void json_text_or_none(struct json *json, const char *key, const char *text)
{
	if (text && text[0])
		json_text(json, key, text);
	else
		json_no_value(json, key);
}

void json_range(struct json *json, uint64_t start, uint64_t length)
{
	json_number(json, "start", start);
	json_number(json, "length", length);
}

void json_ranges(struct json *json, const char *key, const struct range *ranges, size_t count)
{
	json_begin(json, key, '[');
	for (size_t i = 0; i < count; i++) {
		json_begin(json, NULL, '{');
		json_range(json, ranges[i].start, ranges[i].length);
		json_end(json, '}');
	}
	json_end(json, ']');
}
