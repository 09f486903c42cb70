/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"

#define AT 0x140000u
#define PLACE_WORDS "--at=0x140000", "--size=8K"

#define test_it(place, ...) place_run(place, &command_test, __VA_ARGS__, NULL)

static void it_is_as_before_and_nothing_stays_in_the_directory(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	assert_int_equal(test_it(place, PLACE_WORDS), 0);
	place_expect(place, own);
	/* The pattern, then the old content, which is blank; no other sector. */
	assert_int_equal(fake_count(&place->fake, FAKE_WRITE), 2);
	assert_int_equal(place->fake.bytes[FAKE_PROGRAM], 2 * PLACE_SECTOR);
	assert_int_equal(place->fake.bytes[FAKE_SECTOR], 2 * PLACE_SECTOR);
	assert_int_equal(fake_nth(&place->fake, FAKE_SECTOR, 0)->range.start, AT);
	assert_int_equal(place_count(".bin"), 0);
	free(own);
}

static void its_phases_are_told_in_their_order(void **state)
{
	static const char *const phases[] = {"read", "pattern", "restore"};
	struct place *place = *state;
	char name[48];
	const char *at;

	assert_int_equal(test_it(place, PLACE_WORDS, "--json"), 0);
	at = place->output;
	for (size_t i = 0; i < COUNT_OF(phases); i++) {
		snprintf(name, sizeof(name), "\"phase\", \"name\": \"%s\"", phases[i]);
		at = strstr(at, name);
		if (!at)
			fail_msg("no %s in: %s", name, place->output);
	}
}

static void the_old_content_is_in_a_file_if_that_is_wished(void **state)
{
	struct place *place = *state;
	uint8_t *saved;

	memset(place->fake.die + AT, 0x12, 100);
	assert_int_equal(test_it(place, PLACE_WORDS, "--save=old.bin", "--json"), 0);
	saved = place_get("old.bin", 8192);
	assert_int_equal(saved[99], 0x12);
	assert_int_equal(saved[100], 0xff);
	free(saved);
	/* An existing file is never overwritten. */
	assert_int_equal(test_it(place, PLACE_WORDS, "--save=old.bin"), 1);
}

static void without_a_place_it_is_where_updates_wait_or_what_belongs_to_no_region(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	/* On a BK7231N every piece of the flash belongs to something. */
	assert_int_equal(test_it(place, "--json"), 0);
	assert_int_equal(fake_nth(&place->fake, FAKE_SECTOR, 0)->range.start, 0x1c0000);
	place_expect(place, own);
	fake_again(&place->fake);
	memset(place->fake.die, 0xff, PLACE_SIZE);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(test_it(place, "--soc=BK7231U"), 0);
	assert_int_equal(place->fake.bytes[FAKE_SECTOR], 65536);
	assert_int_equal(fake_nth(&place->fake, FAKE_SECTOR, 0)->range.start, 0x1f0000);
	place_expect(place, own);
	free(own);
}

static void calibration_is_not_tried(void **state)
{
	struct place *place = *state;

	assert_int_equal(test_it(place, "--at=0x1cf000", "--size=8K"), 3);
	memcpy(place->fake.die + AT, place->fake.die + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(test_it(place, PLACE_WORDS), 3);
	assert_false(fake_changed(&place->fake));
}

static void two_readings_that_differ_end_it_before_a_change(void **state)
{
	struct place *place = *state;

	fake_flip(&place->fake, AT + 100, 1, 1, 1);
	assert_int_equal(test_it(place, PLACE_WORDS), 1);
	place_expect_untouched(place, place_new_module(1));
	assert_int_equal(place_count(".bin"), 0);
}

static void a_pattern_that_fails_is_put_back_in_a_session_of_its_own(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	/* The page was blank before, so the old content needs no program of the page that fails. */
	place->fake.stubborn = AT + 0x200;
	assert_int_equal(test_it(place, PLACE_WORDS), 1);
	assert_int_equal(place->fake.opened, 2);
	assert_int_equal(place->fake.closed, 2);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 0);
	free(own);
}

static void what_could_not_be_put_back_stays_in_the_file(void **state)
{
	struct place *place = *state;
	char path[128];
	uint8_t *saved;

	memset(place->fake.die + AT, 0x12, 100);
	place->fake.steps = 20;
	assert_int_equal(test_it(place, PLACE_WORDS), 4);
	assert_true(place_find(".", "beken-flash-test-TH25Q16HB-0x140000-", path, sizeof(path)));
	saved = place_get(path, 8192);
	assert_int_equal(saved[99], 0x12);
	free(saved);
}

static void a_signal_in_the_middle_waits_until_all_is_put_back(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place->fake.interrupt_step = 5;
	assert_int_equal(test_it(place, PLACE_WORDS), 130);
	assert_int_equal(place->fake.bytes[FAKE_SECTOR], 2 * PLACE_SECTOR);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 0);
	free(own);
}

static void a_signal_before_it_ends_it_at_once(void **state)
{
	struct place *place = *state;

	place->fake.interrupt_at = 2;
	assert_int_equal(test_it(place, PLACE_WORDS), 130);
	place_expect_untouched(place, place_new_module(1));
}

static void the_place_has_to_be_whole_sectors_of_the_flash(void **state)
{
	struct place *place = *state;

	assert_int_equal(test_it(place, "--at=0x140000"), 2);
	assert_int_equal(test_it(place, "--at=0x140000", "--size=none"), 2);
	assert_int_equal(test_it(place, "--at=0x140010", "--size=4K"), 3);
	assert_int_equal(test_it(place, "--at=0x140000", "--size=100"), 3);
	assert_int_equal(test_it(place, "--at=0x200000", "--size=4K"), 3);
	assert_int_equal(test_it(place, PLACE_WORDS, "--soc=BK7231T"), 3);
	assert_false(fake_changed(&place->fake));
}

static void a_dry_run_changes_nothing(void **state)
{
	struct place *place = *state;

	assert_int_equal(test_it(place, PLACE_WORDS, "--dry-run"), 0);
	assert_int_equal(test_it(place, PLACE_WORDS, "--dry-run", "--json"), 0);
	place_expect_untouched(place, place_new_module(1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_as_before_and_nothing_stays_in_the_directory),
		CASE(its_phases_are_told_in_their_order),
		CASE(the_old_content_is_in_a_file_if_that_is_wished),
		CASE(without_a_place_it_is_where_updates_wait_or_what_belongs_to_no_region),
		CASE(calibration_is_not_tried),
		CASE(two_readings_that_differ_end_it_before_a_change),
		CASE(a_pattern_that_fails_is_put_back_in_a_session_of_its_own),
		CASE(what_could_not_be_put_back_stays_in_the_file),
		CASE(a_signal_in_the_middle_waits_until_all_is_put_back),
		CASE(a_signal_before_it_ends_it_at_once),
		CASE(the_place_has_to_be_whole_sectors_of_the_flash),
		CASE(a_dry_run_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
