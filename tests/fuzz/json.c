/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written as JSON is valid JSON, whatever texts and numbers are in it. */
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/json.h"

void fuzz_seeds(void)
{
	fuzz_seed_text("lamp \"one\"\\ \b\f\n\r\t");
	fuzz_seed("\x00\x01\x1b[2J\x7f\xc2\x9b", 8);
	fuzz_seed_text("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x92\xa1 \xed\xa0\x80 \xff\xfe \xc0\x80");
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	const uint64_t number = fuzz_word(&input);
	char *text = fuzz_text(&input), *out = NULL;
	struct json json = {NULL, false};
	const char *read_back;
	size_t length;
	json_t *root;

	json.out = open_memstream(&out, &length);
	assert_non_null(json.out);
	json_begin(&json, NULL, '{');
	json_text(&json, "text", text);
	json_text_or_none(&json, "or_none", text);
	json_number(&json, "number", number);
	json_begin(&json, "list", '[');
	json_text(&json, NULL, text);
	json_bool(&json, NULL, number & 1);
	json_no_value(&json, NULL);
	json_end(&json, ']');
	json_end(&json, '}');
	assert_int_equal(fclose(json.out), 0);
	root = json_loadb(out, length, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "number")), number);
	assert_int_equal(json_array_size(json_object_get(root, "list")), 3);
	/* Printable text stays as it is. */
	read_back = json_string_value(json_object_get(root, "text"));
	assert_non_null(read_back);
	if (strspn(text, "abcdefghijklmnopqrstuvwxyz \"\\\n\t") == strlen(text))
		assert_string_equal(read_back, text);
	json_decref(root);
	free(out);
	free(text);
}
