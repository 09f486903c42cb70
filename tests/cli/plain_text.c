/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/plain_text.h"

#include "tests/unit.h"

static void expect(const char *text, const char *plain)
{
	char got[64];

	snprintf(got, sizeof(got), "%s", text);
	assert_string_equal(plain_text(got), plain);
}

static void what_a_terminal_shows_stays(void **state)
{
	(void)state;
	expect("", "");
	expect("0x1d0000: it's \"good\" ~", "0x1d0000: it's \"good\" ~");
	expect("Gr\xc3\xb6\xc3\x9f"
	       "e \xe2\x82\xac \xf0\x9f\x92\xa1",
	       "Gr\xc3\xb6\xc3\x9f"
	       "e \xe2\x82\xac \xf0\x9f\x92\xa1");
	expect("\xc2\xa0", "\xc2\xa0");
}

static void control_characters_are_replaced(void **state)
{
	(void)state;
	expect("a\x1b[2Jb", "a?[2Jb");
	expect("a\rb\nc\td\be\x7f", "a?b\nc?d?e?");
	/* CSI as one byte of Latin-1, and in UTF-8. */
	expect("a\x9b"
	       "2Jb",
	       "a?2Jb");
	expect("a\xc2\x9b"
	       "2Jb",
	       "a??2Jb");
	for (int byte = 1; byte < 256; byte++) {
		char text[] = {(char)byte, '\0'};

		plain_text(text);
		assert_true(byte == '\n' || (text[0] >= ' ' && text[0] <= '~'));
	}
}

static void what_ends_in_the_middle_of_a_character_is_none(void **state)
{
	(void)state;
	expect("a\xe2\x82", "a??");
	expect("\xf0\x9f", "??");
	expect("\xc0\x9b\xf8", "???");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_shows_stays),
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(what_ends_in_the_middle_of_a_character_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
