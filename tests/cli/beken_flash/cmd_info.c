/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"

static void who_it_is_is_told_from_a_small_part_of_the_flash(void **state)
{
	struct place *place = *state;

	assert_int_equal(place_run(place, &command_info, NULL), 0);
	assert_non_null(strstr(place->output, "BK7231N"));
	assert_non_null(strstr(place->output, place_mac(1)));
	assert_in_range(place->fake.bytes[FAKE_READ] + place->fake.bytes[FAKE_PEEK], 1,
			PLACE_SIZE / 2);
	place_expect_untouched(place, place_new_module(1));
}

static void all_of_it_is_read_where_that_is_asked_for(void **state)
{
	struct place *place = *state;

	assert_int_equal(place_run(place, &command_info, "--map", NULL), 0);
	assert_in_range(place->fake.bytes[FAKE_READ], PLACE_SIZE, 3 * PLACE_SIZE);
	assert_non_null(strstr(place->output, place_mac(1)));
	place_expect_untouched(place, place_new_module(1));
}

static void calibration_that_is_elsewhere_is_found(void **state)
{
	struct place *place = *state;

	memcpy(place->fake.die + 0x1e0000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_int_equal(place_run(place, &command_info, NULL), 0);
	assert_non_null(strstr(place->output, "0x1e0000"));
	assert_non_null(strstr(place->output, place_mac(1)));
}

static void a_flash_that_is_blank_has_no_module(void **state)
{
	struct place *place = *state;

	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_int_equal(place_run(place, &command_info, NULL), 0);
	assert_null(strstr(place->output, "c8:47:8c"));
	assert_int_equal(place_run(place, &command_info, "--map", NULL), 0);
	assert_null(strstr(place->output, "c8:47:8c"));
}

/* Either the bootloader, the end of the application, or a region cannot be read. */
static void what_cannot_be_read_is_not_told_as_if_it_had_been(void **state)
{
	static const uint32_t places[] = {0x100, PLACE_RF + 20, PLACE_NET};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		fake_again(&place->fake);
		place->fake.unreadable = places[i];
		assert_int_not_equal(place_run(place, &command_info, NULL), 0);
		assert_null(strstr(place->output, "calibration:"));
		assert_int_not_equal(place_run(place, &command_info, "--map", NULL), 0);
		assert_int_equal(place->fake.opened, place->fake.closed);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_it_is_is_told_from_a_small_part_of_the_flash),
		CASE(all_of_it_is_read_where_that_is_asked_for),
		CASE(calibration_that_is_elsewhere_is_found),
		CASE(a_flash_that_is_blank_has_no_module),
		CASE(what_cannot_be_read_is_not_told_as_if_it_had_been),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
