/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/dialect/nearest.h"

static const char *meant_by(const char *word)
{
	static const char *const names[] = {"backup", "read", "reset", "restore", "resume",
					    "run",    "at",   "as",    "region"};
	struct nearest nearest = {.word = word};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		nearest_try(&nearest, names[i]);
	return nearest.name ? nearest.name : "";
}

static void a_letter_that_is_missing_added_wrong_or_swapped_is_seen(void **state)
{
	(void)state;
	assert_string_equal(meant_by("bakup"), "backup");
	assert_string_equal(meant_by("backupp"), "backup");
	assert_string_equal(meant_by("beckup"), "backup");
	assert_string_equal(meant_by("raed"), "read");
	assert_string_equal(meant_by("erad"), "read");
	assert_string_equal(meant_by("regoin"), "region");
}

static void a_longer_word_may_have_two_mistakes_and_a_short_one_not(void **state)
{
	(void)state;
	assert_string_equal(meant_by("restroer"), "restore");
	assert_string_equal(meant_by("rx"), "");
	assert_string_equal(meant_by("raxd"), "");
	/* Two letters are swapped twice. */
	assert_string_equal(meant_by("erda"), "");
	assert_string_equal(meant_by("abckpu"), "backup");
}

static void what_is_another_word_is_not_guessed(void **state)
{
	(void)state;
	assert_string_equal(meant_by("format"), "");
	assert_string_equal(meant_by("x"), "");
	assert_string_equal(meant_by(""), "");
}

static void a_word_of_32_letters_may_be_a_name(void **state)
{
	struct nearest nearest = {.word = "an-option-of-which-the-name-is-l"};

	(void)state;
	nearest_try(&nearest, "an-option-of-which-the-name-is-k");
	assert_string_equal(nearest.name, "an-option-of-which-the-name-is-k");
	assert_int_equal(nearest.steps, 1);
}

static void a_word_without_end_is_no_name(void **state)
{
	char word[200];

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_string_equal(meant_by(word), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_that_is_missing_added_wrong_or_swapped_is_seen),
		cmocka_unit_test(a_longer_word_may_have_two_mistakes_and_a_short_one_not),
		cmocka_unit_test(what_is_another_word_is_not_guessed),
		cmocka_unit_test(a_word_of_32_letters_may_be_a_name),
		cmocka_unit_test(a_word_without_end_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
