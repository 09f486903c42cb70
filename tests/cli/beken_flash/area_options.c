/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --region, --at and --size: what can be checked before the chip is known. */
#include "tests/unit.h"

#include "cli/beken_flash/area_options.h"

static struct notes notes;
static struct area_wish wish;

static struct command_line line_of(const char *regions, const char *at, const char *size)
{
	return (struct command_line){
		.option = {[OPTION_REGION] = regions, [OPTION_AT] = at, [OPTION_SIZE] = size}};
}

static bool parse(const char *regions, const char *at, const char *size)
{
	struct command_line line = line_of(regions, at, size);

	notes_begin(&notes);
	return area_parse(&line, &notes.observer, &wish);
}

static void assert_usage(bool good)
{
	assert_false(good);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
}

static void numbers_are_bytes(void **state)
{
	(void)state;
	assert_true(parse(NULL, "68K", "0x1000"));
	assert_true(wish.has_at && wish.has_size);
	assert_int_equal(wish.at, 0x11000);
	assert_int_equal(wish.size, 0x1000);
	assert_true(parse(NULL, NULL, NULL));
	assert_false(wish.has_at || wish.has_size);
}

static void a_region_and_an_address_do_not_go_together(void **state)
{
	(void)state;
	assert_true(parse("rf,net", NULL, NULL));
	assert_usage(parse("rf", "0", NULL));
	assert_usage(parse("rf", NULL, "1"));
}

static void what_is_no_number_or_nothing_is_refused(void **state)
{
	(void)state;
	assert_usage(parse(NULL, "11000h", NULL));
	assert_usage(parse(NULL, NULL, "-1"));
	assert_usage(parse(NULL, "0", "0"));
}

static void a_file_holds_one_region(void **state)
{
	struct command_line one = line_of("rf", NULL, NULL), two = line_of("rf,net", NULL, NULL);

	(void)state;
	notes_begin(&notes);
	assert_true(area_parse_one(&one, &notes.observer, &wish));
	assert_usage(area_parse_one(&two, &notes.observer, &wish));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_bytes),
		cmocka_unit_test(a_region_and_an_address_do_not_go_together),
		cmocka_unit_test(what_is_no_number_or_nothing_is_refused),
		cmocka_unit_test(a_file_holds_one_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
