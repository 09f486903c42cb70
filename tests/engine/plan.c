/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/plan.h"

#include <stdlib.h>

#include "tests/unit.h"

/* Figures of a CH341A. */
static const struct die_cost cost = {.ns_per_byte = 7320,
				     .ns_per_known_byte = 7320,
				     .ns_per_erased_byte = 7320,
				     .us_per_read = 240,
				     .us_per_program = 269,
				     .us_per_erase = 240};

#define SECTOR 4096u
#define SIZE (2u << 20)
#define QIO 1220464u /* the size of many QIO files, which is no multiple of a sector or a page */

struct die {
	const struct chipdb_part *part;
	uint8_t *present, *file;
	struct plan plan;
};

static int set_up(void **state)
{
	struct die *die = calloc(1, sizeof(*die));

	die->part = chipdb_part_by_name("GD25Q16B");
	die->present = malloc(SIZE);
	die->file = malloc(SIZE);
	for (uint32_t i = 0; i < SIZE; i++) {
		die->present[i] = (uint8_t)(i * 7 + i / 256);
		die->file[i] = (uint8_t)(i * 13 + i / 512 + 1);
	}
	*state = die;
	return 0;
}

static int tear_down(void **state)
{
	struct die *die = *state;

	plan_free(&die->plan);
	free(die->present);
	free(die->file);
	free(die);
	return 0;
}

static void make(struct die *die, uint32_t address, uint32_t length, uint32_t rotation,
		 struct plan_kept *kept, size_t count)
{
	const struct plan_file file = {die->file, address, length, rotation, NULL};

	assert_true(plan_make(&die->plan, die->part, &cost, die->present, &file, kept, count));
}

static void an_equal_content_needs_no_change(void **state)
{
	struct die *die = *state;

	memcpy(die->file, die->present, SIZE);
	make(die, 0, SIZE, 0, NULL, 0);
	assert_int_equal(die->plan.range_count, 0);
	assert_int_equal(die->plan.changed, 0);
	assert_int_equal(die->plan.time.typical_us, 0);
	assert_int_equal(die->plan.time.most_us, 0);
}

static void one_byte_changes_its_sector_and_no_other(void **state)
{
	struct die *die = *state;

	memcpy(die->file, die->present, SIZE);
	die->file[5 * SECTOR + 77] ^= 1;
	make(die, 0, SIZE, 0, NULL, 0);
	assert_int_equal(die->plan.range_count, 1);
	assert_int_equal(die->plan.ranges[0].start, 5 * SECTOR);
	assert_int_equal(die->plan.ranges[0].length, SECTOR);
}

static void neighbours_are_joined_and_others_are_not(void **state)
{
	struct die *die = *state;

	memcpy(die->file, die->present, SIZE);
	die->file[2 * SECTOR] ^= 1;
	die->file[3 * SECTOR] ^= 1;
	die->file[5 * SECTOR] ^= 1;
	die->file[SIZE - 1] ^= 1;
	make(die, 0, SIZE, 0, NULL, 0);
	assert_int_equal(die->plan.range_count, 3);
	assert_int_equal(die->plan.ranges[0].length, 2 * SECTOR);
	assert_int_equal(die->plan.ranges[2].start, SIZE - SECTOR);
	assert_int_equal(die->plan.changed, 4 * SECTOR);
}

static void a_file_that_ends_in_a_sector_leaves_the_rest_of_it(void **state)
{
	struct die *die = *state;
	const struct range *last;

	make(die, 0, QIO, 0, NULL, 0);
	assert_memory_equal(die->plan.wanted, die->file, QIO);
	assert_memory_equal(die->plan.wanted + QIO, die->present + QIO, SIZE - QIO);
	last = &die->plan.ranges[die->plan.range_count - 1];
	assert_int_equal(last->start + last->length, (QIO / SECTOR + 1) * SECTOR);
}

static void what_a_file_does_not_carry_stays(void **state)
{
	struct die *die = *state;
	uint8_t *carried = calloc(SIZE, 1);
	const struct plan_file file = {die->file, SECTOR, 4 * SECTOR, 0, carried};

	memset(carried, 1, SECTOR);
	carried[3 * SECTOR + 8] = 1;
	assert_true(plan_make(&die->plan, die->part, &cost, die->present, &file, NULL, 0));
	assert_memory_equal(die->plan.wanted + SECTOR, die->file, SECTOR);
	assert_int_equal(die->plan.wanted[4 * SECTOR + 8], die->file[3 * SECTOR + 8]);
	assert_int_equal(die->plan.wanted[4 * SECTOR + 9], die->present[4 * SECTOR + 9]);
	assert_int_equal(die->plan.range_count, 2);
	assert_int_equal(die->plan.ranges[0].length, SECTOR);
	assert_int_equal(die->plan.ranges[1].start, 4 * SECTOR);
	free(carried);
}

static void a_whole_content_is_wanted_as_it_is(void **state)
{
	struct die *die = *state;

	memcpy(die->file, die->present, SIZE);
	die->file[7 * SECTOR + 5] ^= 1;
	assert_true(plan_make_whole(&die->plan, die->part, &cost, die->present, die->file));
	assert_memory_equal(die->plan.wanted, die->file, SIZE);
	assert_int_equal(die->plan.range_count, 1);
	assert_int_equal(die->plan.ranges[0].start, 7 * SECTOR);
	/* The plan has its own copy. */
	assert_ptr_not_equal(die->plan.wanted, die->file);
}

static void a_rotated_file_is_turned_round(void **state)
{
	struct die *die = *state;
	uint32_t by = SIZE - 0x11000;

	make(die, 0, SIZE, by, NULL, 0);
	assert_memory_equal(die->plan.wanted, die->file + by, 0x11000);
	assert_memory_equal(die->plan.wanted + 0x11000, die->file, by);
}

static void what_is_kept_stays_and_says_whether_the_file_had_something_else(void **state)
{
	struct die *die = *state;
	struct plan_kept kept[] = {
		{.name = "rf", .range = {0x1d0000, 0x1000}},
		{.name = "same", .range = {0x1e0000, 0x800}},
		{.name = "blank", .range = {0x1f0000, 0x1000}},
	};

	memcpy(die->file + 0x1e0000, die->present + 0x1e0000, 0x800);
	memset(die->present + 0x1f0000, 0xff, 0x1000);
	make(die, 0, SIZE, 0, kept, COUNT_OF(kept));
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		assert_memory_equal(die->plan.wanted + kept[i].range.start,
				    die->present + kept[i].range.start, kept[i].range.length);
	assert_true(kept[0].differs);
	assert_false(kept[0].blank);
	assert_false(kept[1].differs);
	assert_true(kept[2].blank);
	for (size_t i = 0; i < die->plan.range_count; i++)
		assert_true(die->plan.ranges[i].start + die->plan.ranges[i].length <= 0x1d0000 ||
			    die->plan.ranges[i].start >= 0x1d1000);
}

static void what_differs_in_the_first_block_is_told_from_the_rest(void **state)
{
	struct die *die = *state;
	struct range ranges[4];

	make(die, SECTOR, SIZE - SECTOR, 0, NULL, 0);
	assert_int_equal(plan_begin_end(&die->plan), 65536);
	assert_int_equal(plan_between(&die->plan, 65536, SIZE, ranges), 1);
	assert_int_equal(ranges[0].start, 65536);
	assert_int_equal(ranges[0].length, SIZE - 65536);
	assert_int_equal(plan_between(&die->plan, 0, 65536, ranges), 1);
	assert_int_equal(ranges[0].start, SECTOR);
	assert_int_equal(ranges[0].length, 65536 - SECTOR);
	/* The plan is as it was. */
	assert_int_equal(die->plan.range_count, 1);
	assert_int_equal(die->plan.ranges[0].length, SIZE - SECTOR);
}

static void a_gap_in_the_first_block_does_not_end_it(void **state)
{
	struct die *die = *state;
	struct range ranges[4];

	memcpy(die->file + 3 * SECTOR, die->present + 3 * SECTOR, SECTOR);
	make(die, 0, SIZE, 0, NULL, 0);
	assert_int_equal(plan_between(&die->plan, plan_begin_end(&die->plan), SIZE, ranges), 1);
	assert_int_equal(ranges[0].start, 65536);
	assert_int_equal(plan_between(&die->plan, 0, 65536, ranges), 2);
	assert_int_equal(ranges[0].length, 3 * SECTOR);
	assert_int_equal(ranges[1].start, 4 * SECTOR);
	assert_int_equal(ranges[1].length, 65536 - 4 * SECTOR);
}

static void behind_the_first_block_only_the_first_sector_comes_last(void **state)
{
	struct die *die = *state;
	struct range ranges[4];

	make(die, 0x11000, 0x20000, 0, NULL, 0);
	assert_int_equal(plan_begin_end(&die->plan), 0x12000);
	assert_int_equal(plan_between(&die->plan, 0x12000, SIZE, ranges), 1);
	assert_int_equal(ranges[0].start, 0x12000);
	assert_int_equal(plan_between(&die->plan, 0, 0x12000, ranges), 1);
	assert_int_equal(ranges[0].length, SECTOR);
	tear_down(state);
	set_up(state);
	die = *state;
	make(die, SIZE - SECTOR, SECTOR, 0, NULL, 0);
	assert_int_equal(plan_begin_end(&die->plan), SIZE);
	assert_int_equal(plan_between(&die->plan, SIZE, SIZE, ranges), 0);
	assert_int_equal(plan_between(&die->plan, 0, SIZE, ranges), 1);
}

static struct estimate erases_of(struct die *die, uint32_t start, uint32_t length)
{
	const struct range range = {start, length};
	struct estimate time = {0};

	estimate_erase(&time, &cost, die->part, &range, 1, NULL);
	return time;
}

static void a_full_write_takes_as_long_as_the_datasheet_says(void **state)
{
	struct die *die = *state;
	struct estimate time = erases_of(die, 0, SIZE);

	estimate_program(&time, &cost, die->part, SIZE / 256);
	estimate_read(&time, &cost, SIZE);
	make(die, 0, SIZE, 0, NULL, 0);
	assert_int_equal(die->plan.time.typical_us, time.typical_us);
	assert_int_equal(die->plan.time.most_us, time.most_us);
}

static void pages_that_become_blank_are_not_programmed_but_looked_at_once_more(void **state)
{
	struct die *die = *state;
	struct estimate time;

	memset(die->file, 0xff, 65536);
	make(die, 0, 65536, 0, NULL, 0);
	time = erases_of(die, 0, 65536);
	estimate_verify(&time, &cost, 65536);
	estimate_blank(&time, &cost, 65536);
	assert_int_equal(die->plan.time.typical_us, time.typical_us);
}

static void a_blank_die_is_not_erased(void **state)
{
	struct die *die = *state;
	struct estimate time = {0};

	memset(die->present, 0xff, SIZE);
	make(die, 0, 65536, 0, NULL, 0);
	estimate_program(&time, &cost, die->part, 65536 / 256);
	estimate_read(&time, &cost, 65536);
	assert_int_equal(die->plan.time.typical_us, time.typical_us);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_equal_content_needs_no_change),
		CASE(one_byte_changes_its_sector_and_no_other),
		CASE(neighbours_are_joined_and_others_are_not),
		CASE(a_file_that_ends_in_a_sector_leaves_the_rest_of_it),
		CASE(what_a_file_does_not_carry_stays),
		CASE(a_whole_content_is_wanted_as_it_is),
		CASE(a_rotated_file_is_turned_round),
		CASE(what_is_kept_stays_and_says_whether_the_file_had_something_else),
		CASE(what_differs_in_the_first_block_is_told_from_the_rest),
		CASE(a_gap_in_the_first_block_does_not_end_it),
		CASE(behind_the_first_block_only_the_first_sector_comes_last),
		CASE(a_full_write_takes_as_long_as_the_datasheet_says),
		CASE(a_blank_die_is_not_erased),
		CASE(pages_that_become_blank_are_not_programmed_but_looked_at_once_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
