/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/spare.h"

#include "tests/engine/place.h"
#include "tests/image/make.h"

/* The rest of a range, and what was taken out of it. */
struct found {
	struct ranges area;
	struct spare spare;
	bool good;
};

static struct found find(struct place *place, struct keep_not without, uint32_t start,
			 uint32_t length)
{
	struct found found = {.area = {.range = {{start, length}}, .count = 1}};

	found.good = spare_find(&found.spare, &place->session, &without, &found.area);
	return found;
}

static void expect_ranges(const struct ranges *area, const struct range *ranges, size_t count)
{
	assert_int_equal(area->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(area->range[i].start, ranges[i].start);
		assert_int_equal(area->range[i].length, ranges[i].length);
	}
}

static void what_is_the_modules_own_is_taken_out(void **state)
{
	struct found found = find(*state, (struct keep_not){.data = true}, 0, PLACE_SIZE);
	const struct range left[] = {{0, PLACE_RF}, {0x1d3000, PLACE_SIZE - 0x1d3000}};
	const struct range kept[] = {{PLACE_RF, 0x3000}};

	assert_true(found.good);
	expect_ranges(&found.area, left, 2);
	expect_ranges(&found.spare.kept, kept, 1);
	assert_false(found.spare.rf_goes);
}

static void of_a_sector_in_part_the_whole_is_taken_out(void **state)
{
	struct place *place = *state;
	struct found found = find(place, (struct keep_not){.net = true, .data = true},
				  PLACE_RF - 16, PLACE_SECTOR + 32);
	const struct range left[] = {{PLACE_RF - 16, 16}, {PLACE_NET, 16}};

	assert_true(found.good);
	expect_ranges(&found.area, left, 2);
}

static void what_is_named_goes_and_that_is_told(void **state)
{
	struct place *place = *state;
	struct found found;

	found = find(place, (struct keep_not){.rf = true, .net = true, .data = true}, 0,
		     PLACE_SIZE);
	assert_int_equal(found.spare.kept.count, 0);
	assert_true(found.spare.rf_goes);
	found = find(place, (struct keep_not){.net = true, .data = true, .named = "rf"}, PLACE_RF,
		     PLACE_SECTOR);
	assert_true(found.good);
	assert_int_equal(found.area.count, 1);
	assert_true(found.spare.rf_goes);
}

static void calibration_that_is_found_is_taken_out(void **state)
{
	struct place *place = *state;
	const struct range kept[] = {{0x140000, PLACE_SECTOR}};
	struct found found;

	memcpy(place->fake.die + 0x140000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	found = find(place, (struct keep_not){.data = true}, 0x130000, 0x20000);
	assert_true(found.good);
	expect_ranges(&found.spare.kept, kept, 1);
	assert_int_equal(found.area.count, 2);
	assert_false(found.spare.rf_goes);
	/* With a range that starts before the one asked for. */
	found = find(place, (struct keep_not){.data = true}, 0x140010, 0x20);
	assert_true(found.good);
	assert_int_equal(found.area.count, 0);
}

static void one_wrong_bit_does_not_hide_it(void **state)
{
	struct place *place = *state;
	struct found found;

	memcpy(place->fake.die + 0x140000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	for (unsigned wrong = 1; wrong <= 2; wrong++) {
		place_open(place, true);
		fake_flip(&place->fake, 0x140001, 4, wrong, wrong);
		found = find(place, (struct keep_not){.data = true}, 0x140000, 0x2000);
		assert_true(found.good);
		assert_int_equal(found.area.range[0].start, 0x141000);
		assert_int_equal(place->fake.seen[0], 2);
	}
}

static void it_is_looked_for_only_in_what_goes(void **state)
{
	struct place *place = *state;

	assert_true(find(place, (struct keep_not){.data = true}, 0x140000, 0x2000).good);
	assert_true(fake_was_read(&place->fake, 0x141000));
	assert_false(fake_was_read(&place->fake, 0x142000));
	assert_false(fake_was_read(&place->fake, 0x13f000));
}

static void where_the_soc_is_unknown_the_places_of_all_are_taken_out(void **state)
{
	struct place *place = *state;
	struct found found;

	place->session.target = make_target(NULL, NULL);
	found = find(place, (struct keep_not){.net = true, .data = true}, 0, PLACE_SIZE);
	assert_true(found.good);
	assert_true(ranges_touch(&found.spare.kept, (struct range){0x1d0000, 1}));
	assert_true(ranges_touch(&found.spare.kept, (struct range){0x1e0000, 1}));
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = 0x140000;
	assert_false(find(place, (struct keep_not){.data = true}, 0x130000, 0x20000).good);
	assert_true(place->notes.errors > 0);
}

/* More holes than the area can hold. */
static void too_many_pieces_are_an_error(void **state)
{
	struct place *place = *state;

	for (uint32_t at = 0x20000; at < 0x120000; at += 2 * PLACE_SECTOR)
		memcpy(place->fake.die + at, place->fake.die + PLACE_RF, PLACE_SECTOR);
	assert_false(find(place, (struct keep_not){.data = true}, 0, PLACE_SIZE).good);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_the_modules_own_is_taken_out),
		CASE(of_a_sector_in_part_the_whole_is_taken_out),
		CASE(what_is_named_goes_and_that_is_told),
		CASE(calibration_that_is_found_is_taken_out),
		CASE(one_wrong_bit_does_not_hide_it),
		CASE(it_is_looked_for_only_in_what_goes),
		CASE(where_the_soc_is_unknown_the_places_of_all_are_taken_out),
		CASE(what_cannot_be_read_is_an_error),
		CASE(too_many_pieces_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
