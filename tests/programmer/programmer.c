/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all programmers have in common: names and parameters. */
#include "tests/unit.h"
#include "programmer/programmer.h"

static struct notes notes;

static bool check(const char *parameters, struct link_intent *intent)
{
	const struct beken_options options = {.parameters = parameters,
					      .observer = &notes.observer};

	notes_begin(&notes);
	return beken_check(&options, intent);
}

static void common_parameters_stand_among_those_of_the_link(void **state)
{
	static const char *const good[] = {NULL,
					   "",
					   ",",
					   "unprotect=auto",
					   "unprotect=no",
					   "unprotect=restore",
					   "chip=GD25Q16B",
					   "chip=size:2M",
					   "tries=3,chip=size:2M,reset_ms=20"};
	struct link_intent intent;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		if (!check(good[i], &intent))
			fail_msg("\"%s\" was refused: %s", good[i], notes.text);
		assert_int_equal(notes.errors, 0);
	}
}

static void bad_values_are_refused_and_all_that_there_is_is_named(void **state)
{
	static const char *const bad[][2] = {
		{"unprotect=", "unprotect"},	{"unprotect=yes", "yes"},
		{"unprotect=NO", "NO"},		{"chip=", "chip"},
		{"chip=GD25Q17", "GD25Q17"},	{"chip=size:3M", "size:3M"},
		{"chip=size", "size"},		{"chip", "\"chip\""},
		{"unprotect", "\"unprotect\""}, {"tries=0,chip=x", "tries"},
	};
	static const char *const all[] = {
		"enter=", "reset_ms=", "tries=", "leave=", "usb=", "unprotect=", "chip="};
	struct link_intent intent;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (check(bad[i][0], &intent))
			fail_msg("\"%s\" was taken", bad[i][0]);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
		assert_mentions(&notes, bad[i][1]);
		for (size_t word = 0; word < COUNT_OF(all); word++)
			assert_mentions(&notes, all[word]);
	}
}

static void what_is_meant_to_happen_to_the_chip_is_known_beforehand(void **state)
{
	struct link_intent intent;

	(void)state;
	assert_true(check("reset_ms=250,chip=size:2M", &intent));
	assert_int_equal(intent.reset_ms, 250);
	assert_false(intent.stays);
	assert_true(check("unprotect=no,leave=spi", &intent));
	assert_true(intent.stays);
	assert_true(check("enter=never", &intent));
	assert_true(intent.stays);
}

static void a_programmer_that_there_is_not_is_refused(void **state)
{
	const struct beken_options options = {.programmer = "beken_i2c",
					      .observer = &notes.observer};
	struct link_intent intent;

	(void)state;
	notes_begin(&notes);
	assert_false(beken_check(&options, &intent));
	assert_int_equal(beken_reset(&options), TROUBLE_USAGE);
	assert_null(beken_open(&options));
	assert_int_equal(notes.errors, 3);
	assert_mentions(&notes, "beken_i2c");
}

static void every_programmer_can_be_found_by_its_name(void **state)
{
	struct link_intent intent;

	(void)state;
	notes_begin(&notes);
	assert_non_null(programmers[0]);
	for (size_t i = 0; programmers[i]; i++) {
		const struct beken_options options = {.programmer = programmers[i]->name,
						      .parameters = i ? "port=/dev/ttyUSB0" : NULL,
						      .observer = &notes.observer};

		assert_true(beken_check(&options, &intent));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_parameters_stand_among_those_of_the_link),
		cmocka_unit_test(bad_values_are_refused_and_all_that_there_is_is_named),
		cmocka_unit_test(what_is_meant_to_happen_to_the_chip_is_known_beforehand),
		cmocka_unit_test(a_programmer_that_there_is_not_is_refused),
		cmocka_unit_test(every_programmer_can_be_found_by_its_name),
	};

	return cmocka_run_group_tests_name("programmer", tests, NULL, NULL);
}
