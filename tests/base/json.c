/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written as JSON, byte by byte; and words for a shell. */
#include "tests/unit.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/shell_word.h"

static struct json json;
static char *written;
static size_t length;

static void begin(void)
{
	free(written);
	written = NULL;
	json = (struct json){.out = open_memstream(&written, &length)};
	assert_non_null(json.out);
}

static void assert_written(const char *wanted)
{
	fclose(json.out);
	assert_string_equal(written, wanted);
	free(written);
	written = NULL;
}

static void an_object_holds_its_members_in_order(void **state)
{
	(void)state;
	begin();
	json_begin(&json, NULL, '{');
	json_text(&json, "name", "value");
	json_number(&json, "number", UINT64_MAX);
	json_bool(&json, "yes", true);
	json_bool(&json, "no", false);
	json_no_value(&json, "nothing");
	json_end(&json, '}');
	assert_written("{\"name\": \"value\", \"number\": 18446744073709551615, \"yes\": true, "
		       "\"no\": false, \"nothing\": null}");
}

static void a_text_that_may_be_missing_is_a_text_or_null(void **state)
{
	(void)state;
	begin();
	json_begin(&json, NULL, '{');
	json_text_or_none(&json, "there", "value");
	json_text_or_none(&json, "empty", "");
	json_text_or_none(&json, "missing", NULL);
	json_end(&json, '}');
	assert_written("{\"there\": \"value\", \"empty\": null, \"missing\": null}");
}

static void ranges_are_start_and_length(void **state)
{
	const struct range ranges[] = {{0, 0x1000}, {0x11000, 16}};

	(void)state;
	begin();
	json_begin(&json, NULL, '{');
	json_ranges(&json, "ranges", ranges, 2);
	json_ranges(&json, "none", ranges, 0);
	json_end(&json, '}');
	assert_written("{\"ranges\": [{\"start\": 0, \"length\": 4096}, "
		       "{\"start\": 69632, \"length\": 16}], \"none\": []}");
}

static void a_text_is_escaped(void **state)
{
	(void)state;
	begin();
	json_begin(&json, NULL, '[');
	json_text(&json, NULL, "a\"b\\c\n\x01\x7f\xc2\x9b");
	json_text(&json, NULL, "\xc3\xa9 \xf0\x9f\x92\xa1");
	json_end(&json, ']');
	assert_written(
		"[\"a\\\"b\\\\c\\u000a\\u0001\\u007f\\u009b\", \"\xc3\xa9 \xf0\x9f\x92\xa1\"]");
}

static void bytes_that_are_no_utf_8_are_told_as_such(void **state)
{
	static const char *const bad[] = {
		"\xff",	    "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"\xe2\x82", "\x80",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		begin();
		json_begin(&json, NULL, '[');
		json_text(&json, NULL, bad[i]);
		json_end(&json, ']');
		fclose(json.out);
		assert_non_null(strstr(written, "\\ufffd"));
		for (const char *at = written; *at; at++)
			assert_true((unsigned char)*at < 0x80);
	}
	free(written);
	written = NULL;
}

static void a_word_is_quoted_only_where_a_shell_would_take_it_for_more(void **state)
{
	char word[64];

	(void)state;
	assert_string_equal(shell_word("backup.bin", word, sizeof(word)), "backup.bin");
	assert_string_equal(shell_word("my backup.bin", word, sizeof(word)), "'my backup.bin'");
	assert_string_equal(shell_word("it's", word, sizeof(word)), "'it'\\''s'");
	assert_string_equal(shell_word("", word, sizeof(word)), "''");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_holds_its_members_in_order),
		cmocka_unit_test(a_text_that_may_be_missing_is_a_text_or_null),
		cmocka_unit_test(ranges_are_start_and_length),
		cmocka_unit_test(a_text_is_escaped),
		cmocka_unit_test(bytes_that_are_no_utf_8_are_told_as_such),
		cmocka_unit_test(a_word_is_quoted_only_where_a_shell_would_take_it_for_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
