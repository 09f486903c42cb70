/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - writes one JSON value to a stream, member by member.
 *
 *	struct json json = {stdout};
 *	json_begin(&json, NULL, '{');
 *	json_text(&json, "name", "value");
 *	json_end(&json, '}');
 *
 * Inside an array, the key is NULL. Bytes of a text that are not UTF-8, which a file name may
 * contain, become U+FFFD. No name here collides with jansson.h, which is used for reading.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/range.h"

struct json {
	FILE *out;
	bool follows; /* a comma is due before the next value */
};

void json_begin(struct json *json, const char *key, char bracket);
void json_end(struct json *json, char bracket);
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t number);
void json_bool(struct json *json, const char *key, bool value);
void json_no_value(struct json *json, const char *key);

/* No value where nothing is known. */
void json_number_or_none(struct json *json, const char *key, uint64_t number, bool known);

/* No value where there is no text: NULL, or empty. */
void json_text_or_none(struct json *json, const char *key, const char *text);

/* Into an object: the start and the length of a range of bytes, in the one form used everywhere. */
void json_range(struct json *json, uint64_t start, uint64_t length);

/* A list of such objects. */
void json_ranges(struct json *json, const char *key, const struct range *ranges, size_t count);

#endif
