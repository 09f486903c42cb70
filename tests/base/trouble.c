/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of trouble, what they carry, and how an observer hears of them. */
#include "tests/unit.h"

#include <ctype.h>

#include "base/observer.h"

static void every_kind_has_a_name_of_its_own_in_small_letters(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TROUBLE_KINDS; i++) {
		const char *name = trouble_name((enum trouble_kind)i);

		assert_true(name && name[0]);
		for (const char *at = name; *at; at++)
			assert_true(islower(*at) || *at == '-');
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(name, trouble_name((enum trouble_kind)j));
	}
}

static void only_no_trouble_ends_with_status_0(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TROUBLE_KINDS; i++) {
		const struct trouble trouble = {.kind = (enum trouble_kind)i};

		assert_int_equal(trouble_status(&trouble) == 0, i == TROUBLE_NONE);
	}
}

static void a_half_written_die_has_a_status_of_its_own(void **state)
{
	struct trouble trouble = {.kind = TROUBLE_ADAPTER_GONE};

	(void)state;
	assert_int_equal(trouble_status(&trouble), 1);
	trouble.die = DIE_HALF;
	assert_int_equal(trouble_status(&trouble), 4);
	trouble.kind = TROUBLE_NONE;
	assert_int_equal(trouble_status(&trouble), 0);
}

static void a_signal_is_told_by_its_number(void **state)
{
	struct trouble trouble = {.kind = TROUBLE_INTERRUPTED, .signal = 15, .die = DIE_HALF};

	(void)state;
	assert_int_equal(trouble_status(&trouble), 128 + 15);
}

static void a_next_step_names_no_option_of_a_program(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TROUBLE_KINDS; i++)
		assert_null(strstr(trouble_next((enum trouble_kind)i), "--"));
}

static void values_are_kept_in_order_and_bounded(void **state)
{
	struct trouble trouble = trouble_seen(TROUBLE_LINE_HIGH, "9Fh answered %02X", 0xffu);

	(void)state;
	trouble_add_number(&trouble, "resets", 3);
	trouble_add_text(&trouble, "id", "%02X%02X%02X", 0xffu, 0xffu, 0xffu);
	for (unsigned i = 0; i < 2 * TROUBLE_VALUES; i++)
		trouble_add_number(&trouble, "more", i);
	trouble_set_next(&trouble, "look at %s", "P23");
	assert_string_equal(trouble.seen, "9Fh answered FF");
	assert_string_equal(trouble.next, "look at P23");
	assert_int_equal(trouble.value_count, TROUBLE_VALUES);
	assert_string_equal(trouble.values[0].name, "resets");
	assert_true(trouble.values[0].is_number);
	assert_int_equal(trouble.values[0].number, 3);
	assert_false(trouble.values[1].is_number);
	assert_string_equal(trouble.values[1].text, "FFFFFF");
	assert_ptr_equal(trouble_value(&trouble, "id"), &trouble.values[1]);
	assert_null(trouble_value(&trouble, "port"));
}

static void a_text_that_is_too_long_is_cut(void **state)
{
	char text[3 * TROUBLE_WORDS];
	struct trouble trouble;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	trouble = trouble_seen(TROUBLE_FILE, "%s", text);
	assert_int_equal(strlen(trouble.seen), TROUBLE_WORDS - 1);
	trouble_add_text(&trouble, "path", "%s", text);
	assert_int_equal(strlen(trouble.values[0].text), sizeof(trouble.values[0].text) - 1);
}

static void an_observer_hears_the_kind_the_range_and_the_words(void **state)
{
	struct notes notes;

	(void)state;
	notes_begin(&notes);
	assert_int_equal(observer_raise(&notes.observer, TROUBLE_DIFFERS,
					(struct range){0x1000, 16}, "%u bytes differ", 5u),
			 TROUBLE_DIFFERS);
	assert_int_equal(notes.trouble.kind, TROUBLE_DIFFERS);
	assert_int_equal(notes.trouble.range.start, 0x1000);
	assert_string_equal(notes.trouble.seen, "5 bytes differ");
}

static void troubles_need_no_observer(void **state)
{
	const struct observer deaf = {.data = NULL};

	(void)state;
	assert_int_equal(observer_raise(NULL, TROUBLE_BUG, NO_RANGE, "x"), TROUBLE_BUG);
	assert_int_equal(observer_raise(&deaf, TROUBLE_BUG, NO_RANGE, "x"), TROUBLE_BUG);
	observer_note(NULL, NOTE_INFO, TROUBLE_NONE, "x");
	observer_note(&deaf, NOTE_INFO, TROUBLE_NONE, "x");
	observer_phase(NULL, "read", &(struct work){0});
	observer_phase(&deaf, "read", &(struct work){0});
	observer_progress(NULL, ACTIVITY_READ, NO_RANGE);
	observer_progress(&deaf, ACTIVITY_READ, NO_RANGE);
	assert_false(observer_cancelled(NULL));
	assert_false(observer_cancelled(&deaf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_of_its_own_in_small_letters),
		cmocka_unit_test(only_no_trouble_ends_with_status_0),
		cmocka_unit_test(a_half_written_die_has_a_status_of_its_own),
		cmocka_unit_test(a_signal_is_told_by_its_number),
		cmocka_unit_test(a_next_step_names_no_option_of_a_program),
		cmocka_unit_test(values_are_kept_in_order_and_bounded),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(an_observer_hears_the_kind_the_range_and_the_words),
		cmocka_unit_test(troubles_need_no_observer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
