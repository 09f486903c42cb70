/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges, sets of them, and how they are written. */
#include "tests/unit.h"

#include "base/range.h"

static struct ranges set_of(const struct range *range, size_t count)
{
	struct ranges ranges = {.count = 0};

	for (size_t i = 0; i < count; i++)
		assert_true(ranges_add(&ranges, range[i]));
	return ranges;
}

#define SET(...)                                                                                   \
	set_of((const struct range[]){__VA_ARGS__},                                                \
	       sizeof((const struct range[]){__VA_ARGS__}) / sizeof(struct range))

static void assert_set(const struct ranges *ranges, const struct range *wanted, size_t count)
{
	assert_int_equal(ranges->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(ranges->range[i].start, wanted[i].start);
		assert_int_equal(ranges->range[i].length, wanted[i].length);
	}
}

static void ranges_that_overlap_or_touch_become_one(void **state)
{
	const struct ranges ranges = SET({0x3000, 0x1000}, {0x1000, 0x1000}, {0x1800, 0x1800});
	const struct range wanted[] = {{0x1000, 0x3000}};

	(void)state;
	assert_set(&ranges, wanted, 1);
}

static void ranges_are_sorted_by_address(void **state)
{
	const struct ranges ranges = SET({0x9000, 1}, {0x1000, 2}, {0x5000, 3});
	const struct range wanted[] = {{0x1000, 2}, {0x5000, 3}, {0x9000, 1}};

	(void)state;
	assert_set(&ranges, wanted, 3);
	assert_int_equal(ranges_bytes(&ranges), 6);
}

static void an_empty_range_adds_nothing(void **state)
{
	const struct ranges ranges = SET({0x1000, 0});

	(void)state;
	assert_int_equal(ranges.count, 0);
}

static void what_is_removed_from_the_middle_leaves_both_ends(void **state)
{
	struct ranges ranges = SET({0x1000, 0x3000});
	const struct range wanted[] = {{0x1000, 0x800}, {0x2800, 0x1800}};

	(void)state;
	assert_true(ranges_remove(&ranges, (struct range){0x1800, 0x1000}));
	assert_set(&ranges, wanted, 2);
}

static void removing_what_is_not_there_changes_nothing(void **state)
{
	struct ranges ranges = SET({0x1000, 0x1000}, {0x3000, 0x1000});
	const struct range wanted[] = {{0x1000, 0x1000}, {0x3000, 0x1000}};

	(void)state;
	assert_true(ranges_remove(&ranges, (struct range){0x2000, 0x1000}));
	assert_true(ranges_remove(&ranges, (struct range){0x1800, 0}));
	assert_set(&ranges, wanted, 2);
}

static void all_can_be_removed(void **state)
{
	struct ranges ranges = SET({0x1000, 0x1000}, {0x3000, 0x1000});

	(void)state;
	assert_true(ranges_remove(&ranges, (struct range){0, UINT32_MAX}));
	assert_int_equal(ranges.count, 0);
}

static void a_set_that_is_full_says_so_and_stays_as_it_was(void **state)
{
	struct ranges ranges = {.count = 0}, before;

	(void)state;
	for (uint32_t i = 0; i < RANGES_MOST; i++)
		assert_true(ranges_add(&ranges, (struct range){i * 0x1000, 0x800}));
	before = ranges;
	assert_false(ranges_add(&ranges, (struct range){RANGES_MOST * 0x1000, 1}));
	assert_false(ranges_remove(&ranges, (struct range){0x100, 0x100}));
	assert_memory_equal(&ranges, &before, sizeof(ranges));
	assert_true(ranges_add(&ranges, (struct range){0x800, 0x800}));
	assert_int_equal(ranges.count, RANGES_MOST - 1);
}

static void a_range_may_end_at_the_last_address_there_is(void **state)
{
	const struct range last = {UINT32_MAX - 0xfff, 0x1000};
	struct ranges ranges = SET({UINT32_MAX - 0x1fff, 0x1000}, {UINT32_MAX - 0xfff, 0x1000});

	(void)state;
	assert_int_equal(ranges.count, 1);
	assert_true(ranges_touch(&ranges, last));
	assert_true(range_touches(last, (struct range){UINT32_MAX, 1}));
	assert_true(ranges_remove(&ranges, last));
	assert_int_equal(ranges_bytes(&ranges), 0x1000);
}

static void neighbours_do_not_touch(void **state)
{
	const struct range a = {0x1000, 0x1000}, b = {0x2000, 0x1000};

	(void)state;
	assert_false(range_touches(a, b));
	assert_false(range_touches(b, a));
	assert_true(range_touches(a, (struct range){0x1fff, 1}));
}

static void a_range_is_written_with_its_last_byte_and_its_size(void **state)
{
	char text[RANGE_TEXT];

	(void)state;
	assert_string_equal(range_text((struct range){0x11000, 0x119000}, text),
			    "0x011000-0x129fff (1124 KiB)");
	assert_string_equal(range_text((struct range){0x11000, 0x118f70}, text),
			    "0x011000-0x129f6f (1124 KiB)");
	assert_string_equal(range_text((struct range){0x11000, 1000}, text),
			    "0x011000-0x0113e7 (1000 bytes)");
	assert_string_equal(range_text((struct range){0, 1}, text), "0x000000-0x000000 (1 bytes)");
	assert_string_equal(range_text((struct range){UINT32_MAX, 1}, text),
			    "0xffffffff-0xffffffff (1 bytes)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_that_overlap_or_touch_become_one),
		cmocka_unit_test(ranges_are_sorted_by_address),
		cmocka_unit_test(an_empty_range_adds_nothing),
		cmocka_unit_test(what_is_removed_from_the_middle_leaves_both_ends),
		cmocka_unit_test(removing_what_is_not_there_changes_nothing),
		cmocka_unit_test(all_can_be_removed),
		cmocka_unit_test(a_set_that_is_full_says_so_and_stays_as_it_was),
		cmocka_unit_test(a_range_may_end_at_the_last_address_there_is),
		cmocka_unit_test(neighbours_do_not_touch),
		cmocka_unit_test(a_range_is_written_with_its_last_byte_and_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
