/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"

#define OUT "out.bin"
#define NET_LENGTH 0x2000u /* of the region, as in the chip database */
#define OTHER_RF 0x1e0000u

#define read_with(place, ...) place_run(place, &command_read, __VA_ARGS__, OUT, NULL)

static void expect_file(const uint8_t *die, uint32_t start, uint32_t length)
{
	uint8_t *out = place_get(OUT, length);

	assert_memory_equal(out, die + start, length);
	free(out);
}

/* Leaves calibration data on a chip that shows nothing else about itself. */
static void make_it_unknown(struct place *place)
{
	uint8_t *own = place_new_module(1);

	memset(place->fake.die, 0xff, PLACE_SIZE);
	memcpy(place->fake.die + PLACE_RF, own + PLACE_RF, PLACE_SECTOR);
	free(own);
}

static void a_region_comes_into_the_file_read_twice(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	assert_int_equal(read_with(place, "--region=net"), 0);
	expect_file(own, PLACE_NET, NET_LENGTH);
	assert_true(place->fake.bytes[FAKE_READ] + place->fake.bytes[FAKE_PEEK] >= 2 * NET_LENGTH);
	assert_non_null(strstr(place->output, "read twice"));
	place_expect_untouched(place, own);
}

static void once_is_once(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	assert_int_equal(read_with(place, "--once", "--at=0x1d1003", "--size=7"), 0);
	expect_file(own, PLACE_NET + 3, 7);
	assert_int_equal(place->fake.bytes[FAKE_READ], 7);
	place_expect_untouched(place, own);
}

static void without_an_adapter_there_is_nothing_to_read(void **state)
{
	struct place *place = *state;

	place->fake.missing = true;
	assert_int_not_equal(read_with(place, "--region=net"), 0);
	assert_non_null(strstr(place->output, "there is no adapter"));
	assert_false(place_has(OUT));
}

static void what_the_flash_has_not_is_not_read(void **state)
{
	struct place *place = *state;

	assert_int_not_equal(read_with(place, "--region=nonsense"), 0);
	assert_int_not_equal(read_with(place, "--at=0x1fffff", "--size=2"), 0);
	assert_false(place_has(OUT));
	assert_int_equal(place->fake.bytes[FAKE_READ], 0);
	assert_int_equal(read_with(place, "--at=0x1fffff", "--size=1"), 0);
}

static void a_bit_that_was_read_wrong_does_not_get_into_the_file(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	fake_flip(&place->fake, PLACE_NET + 9, 4, 1, 1);
	assert_int_equal(read_with(place, "--region=net", "--json"), 0);
	expect_file(own, PLACE_NET, NET_LENGTH);
	place_expect_untouched(place, own);
}

static void a_flash_that_cannot_be_read_leaves_no_file(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = PLACE_NET + 9;
	assert_int_not_equal(read_with(place, "--region=net"), 0);
	assert_int_equal(place_count(""), 2 /* . and .. */);
	place_expect_untouched(place, place_new_module(1));
}

static void bad_news_at_the_end_leave_no_file(void **state)
{
	struct place *place = *state;

	place->fake.ends_badly = true;
	assert_int_not_equal(read_with(place, "--region=net"), 0);
	assert_false(place_has(OUT));
}

static void a_file_that_is_there_stays_and_nothing_is_read(void **state)
{
	struct place *place = *state;
	uint8_t *kept;

	place_put(OUT, "mine", 4);
	assert_int_not_equal(read_with(place, "--region=net"), 0);
	kept = place_get(OUT, 4);
	assert_memory_equal(kept, "mine", 4);
	free(kept);
	assert_int_equal(place->fake.opened, 0);
}

static void where_no_file_can_be_made_nothing_is_read(void **state)
{
	struct place *place = *state;

	assert_int_not_equal(place_run(place, &command_read, "--region=net", "no/such/out", NULL),
			     0);
	assert_int_equal(place->fake.bytes[FAKE_READ], 0);
}

static void of_an_unknown_soc_calibration_is_where_it_is_found(void **state)
{
	struct place *place = *state;

	make_it_unknown(place);
	assert_int_equal(read_with(place, "--region=rf"), 0);
	expect_file(place->fake.die, PLACE_RF, PLACE_SECTOR);
	assert_non_null(strstr(place->output, "calibration data was found at 0x1d0000"));
}

static void of_an_unknown_soc_there_is_none_or_one_too_many(void **state)
{
	struct place *place = *state;

	make_it_unknown(place);
	memcpy(place->fake.die + OTHER_RF, place->fake.die + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(read_with(place, "--region=rf"), 3);
	assert_non_null(strstr(place->output, "found at 0x1d0000 and 0x1e0000"));
	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_int_equal(read_with(place, "--region=rf"), 3);
	assert_non_null(strstr(place->output, "no calibration data was found anywhere"));
	assert_false(place_has(OUT));
}

static void of_a_known_soc_calibration_elsewhere_is_told(void **state)
{
	struct place *place = *state;

	memcpy(place->fake.die + OTHER_RF, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_int_equal(read_with(place, "--soc=BK7231N", "--region=rf"), 0);
	assert_non_null(strstr(place->output, "no calibration data at 0x1d0000, where a BK7231N "
					      "has it; it was found at 0x1e0000"));
	expect_file(place->fake.die, PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + OTHER_RF, 0xff, PLACE_SECTOR);
	remove(OUT);
	assert_int_equal(read_with(place, "--soc=BK7231N", "--region=rf"), 0);
	assert_non_null(strstr(place->output, "nor anywhere else"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_region_comes_into_the_file_read_twice),
		CASE(once_is_once),
		CASE(without_an_adapter_there_is_nothing_to_read),
		CASE(what_the_flash_has_not_is_not_read),
		CASE(a_bit_that_was_read_wrong_does_not_get_into_the_file),
		CASE(a_flash_that_cannot_be_read_leaves_no_file),
		CASE(bad_news_at_the_end_leave_no_file),
		CASE(a_file_that_is_there_stays_and_nothing_is_read),
		CASE(where_no_file_can_be_made_nothing_is_read),
		CASE(of_an_unknown_soc_calibration_is_where_it_is_found),
		CASE(of_an_unknown_soc_there_is_none_or_one_too_many),
		CASE(of_a_known_soc_calibration_elsewhere_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
