/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/work.h"

#include "tests/unit.h"

static void the_same_kind_is_added_up(void **state)
{
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_ERASE, 4096, 4096, 50);
	work_add(&work, ACTIVITY_ERASE, 65536, 65536, 280);
	work_add(&work, ACTIVITY_ERASE, 4096, 8192, 100);
	assert_int_equal(work.count, 2);
	assert_int_equal(work.kind[0].bytes, 12288);
	assert_int_equal(work.kind[0].us, 150);
}

static void work_of_zero_bytes_is_not_added(void **state)
{
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_READ, 0, 0, 0);
	assert_int_equal(work.count, 0);
}

static void a_piece_is_found_by_its_length_or_else_among_those_of_any_length(void **state)
{
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_READ, 16, 16, 1);
	work_add(&work, ACTIVITY_READ, 0, 4096, 1);
	work_add(&work, ACTIVITY_ERASE, 4096, 4096, 1);
	assert_int_equal(work_find(&work, ACTIVITY_READ, 16), 0);
	assert_int_equal(work_find(&work, ACTIVITY_READ, 17), 1);
	assert_int_equal(work_find(&work, ACTIVITY_ERASE, 65536), 2);
	assert_int_equal(work_find(&work, ACTIVITY_PROGRAM, 256), work.count);
}

static void what_has_no_room_counts_with_others_of_its_activity(void **state)
{
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_PROGRAM, 0, 256, 700);
	for (uint32_t i = 1; i < WORK_KINDS; i++)
		work_add(&work, ACTIVITY_READ, i, i, 1);
	work_add(&work, ACTIVITY_PROGRAM, 1, 1, 3);
	work_add(&work, ACTIVITY_ERASE, 4096, 4096, 1);
	assert_int_equal(work.count, WORK_KINDS);
	assert_int_equal(work.kind[0].bytes, 257);
	assert_int_equal(work.kind[0].us, 703);
}

static void readings_and_looks_at_what_is_known_stand_in_for_each_other(void **state)
{
	struct work reads = {.count = 0}, looks = {.count = 0};

	(void)state;
	work_add(&reads, ACTIVITY_READ, 0, 4096, 1);
	assert_int_equal(work_find(&reads, ACTIVITY_COMPARE, 0), 0);
	work_add(&reads, ACTIVITY_COMPARE, 0, 4096, 1);
	assert_int_equal(work_find(&reads, ACTIVITY_COMPARE, 0), 1);
	work_add(&looks, ACTIVITY_COMPARE, 0, 4096, 1);
	assert_int_equal(work_find(&looks, ACTIVITY_READ, 0), 0);
	assert_int_equal(work_find(&looks, ACTIVITY_ERASE, 0), looks.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readings_and_looks_at_what_is_known_stand_in_for_each_other),
		cmocka_unit_test(the_same_kind_is_added_up),
		cmocka_unit_test(work_of_zero_bytes_is_not_added),
		cmocka_unit_test(a_piece_is_found_by_its_length_or_else_among_those_of_any_length),
		cmocka_unit_test(what_has_no_room_counts_with_others_of_its_activity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
