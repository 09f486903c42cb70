/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/estimate.h"

#include "tests/unit.h"

#define KIB 1024u

/* Figures of a CH341A. */
static const struct die_cost cost = {.ns_per_byte = 7320,
				     .ns_per_known_byte = 7320,
				     .ns_per_erased_byte = 7320,
				     .us_per_read = 240,
				     .us_per_program = 269,
				     .us_per_erase = 240};

/* Figures of a GD25Q16B: 4, 32 and 64 KiB, typical and longest, in microseconds. */
#define E4 50000u
#define E32 200000u
#define E64 280000u
#define E4_MOST 300000u
#define E64_MOST 1200000u

static const struct chipdb_part *part(void)
{
	return chipdb_part_by_name("GD25Q16B");
}

static struct estimate erase(uint32_t start, uint32_t length)
{
	const struct range range = {start, length};
	struct estimate time = {0};

	estimate_erase(&time, &cost, part(), &range, 1, NULL);
	return time;
}

static void a_reading_takes_what_was_measured(void **state)
{
	struct estimate time = {0};

	(void)state;
	/* ch341prog takes 63 s for 8 MiB, see docs/calibration.md. */
	estimate_read(&time, &cost, 8192 * KIB);
	assert_in_range(time.typical_us, 60000000, 63000000);
	assert_int_equal(time.typical_us, time.most_us);
}

static void erases_are_the_largest_that_fit(void **state)
{
	(void)state;
	assert_int_equal(erase(0, 2048 * KIB).typical_us, 32 * (E64 + cost.us_per_erase));
	assert_int_equal(erase(0, 2048 * KIB).most_us, 32 * (E64_MOST + cost.us_per_erase));
	assert_int_equal(erase(4 * KIB, 60 * KIB).typical_us, 7 * E4 + E32 + 8 * cost.us_per_erase);
	assert_int_equal(erase(36 * KIB, 64 * KIB).typical_us,
			 8 * E4 + E32 + 9 * cost.us_per_erase);
}

static void a_part_of_a_sector_costs_all_of_it(void **state)
{
	(void)state;
	assert_int_equal(erase(100, 1).typical_us, E4 + cost.us_per_erase);
	assert_int_equal(erase(4 * KIB - 1, 2).most_us, 2 * (E4_MOST + cost.us_per_erase));
	assert_int_equal(erase(1, 64 * KIB - 2).typical_us, E64 + cost.us_per_erase);
}

static void what_is_blank_is_not_erased_again(void **state)
{
	static uint8_t present[256 * KIB];
	const struct range all = {0, sizeof(present)};
	struct estimate time = {0};

	(void)state;
	memset(present, 0xff, sizeof(present));
	present[70 * KIB] = 0;
	present[256 * KIB - 1] = 0;
	estimate_erase(&time, &cost, part(), &all, 1, present);
	assert_int_equal(time.typical_us, 2 * (E64 + cost.us_per_erase));
}

static void each_kind_of_work_is_told_apart(void **state)
{
	const struct range range = {4 * KIB, 60 * KIB};
	struct estimate time = {0};
	uint64_t us = 0;

	(void)state;
	estimate_erase(&time, &cost, part(), &range, 1, NULL);
	estimate_program(&time, &cost, part(), 3);
	estimate_verify(&time, &cost, 100);
	estimate_samples(&time, &cost, 16, 5);
	assert_int_equal(time.work.count, 5);
	assert_int_equal(time.work.kind[work_find(&time.work, ACTIVITY_ERASE, 4 * KIB)].bytes,
			 28 * KIB);
	assert_int_equal(time.work.kind[work_find(&time.work, ACTIVITY_PROGRAM, 0)].bytes, 768);
	assert_int_equal(time.work.kind[work_find(&time.work, ACTIVITY_READ, 16)].bytes, 80);
	assert_int_equal(time.work.kind[work_find(&time.work, ACTIVITY_READ, 0)].bytes, 100);
	for (size_t i = 0; i < time.work.count; i++)
		us += time.work.kind[i].us;
	assert_int_equal(us, time.typical_us);
}

static void a_large_erase_that_is_slower_is_not_taken(void **state)
{
	const struct range range = {0, 64 * KIB};
	struct chipdb_part slow = *part();
	struct estimate time = {0};

	(void)state;
	slow.erase[1].typ_us = 8 * E4 + 1;
	slow.erase[2].typ_us = 16 * E4 + 1;
	estimate_erase(&time, &cost, &slow, &range, 1, NULL);
	assert_int_equal(time.typical_us, 16 * (E4 + cost.us_per_erase));
	/* If a large erase takes as long as the small ones together, it still saves commands. */
	slow.erase[1].typ_us = 8 * E4;
	slow.erase[2].typ_us = 16 * E4;
	time = (struct estimate){0};
	estimate_erase(&time, &cost, &slow, &range, 1, NULL);
	assert_int_equal(time.typical_us, 16 * E4 + cost.us_per_erase);
}

static void a_page_takes_the_die_and_the_wires(void **state)
{
	struct estimate time = {0}, wires = {0};

	(void)state;
	estimate_program(&time, &cost, part(), 10);
	estimate_read(&wires, &cost, 10 * (256 + 4));
	assert_in_range(time.typical_us, 10 * 700 + wires.typical_us, 10 * 1000 + wires.typical_us);
	assert_int_equal(time.most_us - time.typical_us,
			 10 * (part()->program_max_us - part()->program_typ_us));
}

/* A bootloader, which sends sectors, or sums them up, and programs while the next page comes. */
static void a_way_with_other_prices_is_estimated_by_them(void **state)
{
	const struct die_cost uart = {.ns_per_byte = 10000,
				      .ns_per_known_byte = 500,
				      .us_per_read = 2000,
				      .us_per_known_read = 2000,
				      .us_per_page = 3000,
				      .read_unit = 4 * KIB};
	struct estimate time = {0};

	(void)state;
	estimate_search(&time, &uart, 16, 10, 2);
	assert_int_equal(time.typical_us, 10 * (40960 + 2048 + 2 * 2000));
	assert_int_equal(time.work.kind[0].bytes, 10 * 2 * 16);
	time = (struct estimate){0};
	estimate_samples(&time, &uart, 16, 10);
	assert_int_equal(time.typical_us, 10 * (2048 + 2000));
	time = (struct estimate){0};
	estimate_compare(&time, &uart, 64 * KIB);
	assert_int_equal(time.typical_us, 16 * (2048 + 2000));
	time = (struct estimate){0};
	estimate_blank(&time, &uart, 64 * KIB);
	assert_int_equal(time.typical_us, 0);
	assert_int_equal(time.work.kind[0].bytes, 64 * KIB);
	estimate_program(&time, &uart, part(), 10);
	assert_int_equal(time.typical_us, 10 * 3000);
}

static void a_register_write_takes_what_the_datasheet_says(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	struct estimate time = {.typical_us = 10, .most_us = 20};

	(void)state;
	estimate_register_write(&time, part);
	assert_int_equal(time.typical_us, 10 + part->sr_write_typ_us);
	assert_int_equal(time.most_us, 20 + part->sr_write_max_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reading_takes_what_was_measured),
		cmocka_unit_test(erases_are_the_largest_that_fit),
		cmocka_unit_test(a_part_of_a_sector_costs_all_of_it),
		cmocka_unit_test(what_is_blank_is_not_erased_again),
		cmocka_unit_test(each_kind_of_work_is_told_apart),
		cmocka_unit_test(a_large_erase_that_is_slower_is_not_taken),
		cmocka_unit_test(a_page_takes_the_die_and_the_wires),
		cmocka_unit_test(a_way_with_other_prices_is_estimated_by_them),
		cmocka_unit_test(a_register_write_takes_what_the_datasheet_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
