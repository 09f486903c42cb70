/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"

#include <stdlib.h>

#include "engine/flash_map.h"

#define SIZE 0x200000u

static struct flash_map map;
static uint8_t *die;

static void make(const struct chipdb_soc *soc, const struct rf *rf, size_t rf_count)
{
	flash_map_make(&map, die, SIZE, soc, rf, rf_count);
	assert_int_equal(map.count, SIZE / FLASH_MAP_SECTOR);
}

static unsigned use_at(uint32_t at)
{
	return map.use[at / FLASH_MAP_SECTOR];
}

static int set_up(void **state)
{
	(void)state;
	die = malloc(SIZE);
	assert_non_null(die);
	memset(die, 0xff, SIZE);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(die);
	return 0;
}

static void a_sector_is_blank_only_if_every_byte_is(void **state)
{
	(void)state;
	die[0x12fff] = 0xfe;
	make(chipdb_soc_by_name("BK7231N"), NULL, 0);
	assert_int_equal(use_at(0x11000), SECTOR_BLANK);
	assert_int_equal(use_at(0x12000), SECTOR_USED);
	assert_int_equal(use_at(0x13000), SECTOR_BLANK);
}

static void what_a_write_keeps_is_told_apart_from_code(void **state)
{
	(void)state;
	memset(die, 0, SIZE);
	make(chipdb_soc_by_name("BK7231N"), NULL, 0);
	assert_int_equal(use_at(0), SECTOR_USED);
	assert_int_equal(use_at(0x1d0000), SECTOR_KEPT);
	assert_int_equal(use_at(0x1ff000), SECTOR_KEPT);
}

static void calibration_is_kept_wherever_it_was_found(void **state)
{
	const struct rf rf = {.offset = 0x100200, .length = 0x200};

	(void)state;
	memset(die, 0, SIZE);
	make(NULL, &rf, 1);
	assert_int_equal(use_at(0x100000), SECTOR_KEPT);
	assert_int_equal(use_at(0x101000), SECTOR_USED);
}

static void what_lies_in_no_region_is_foreign_if_the_soc_is_known(void **state)
{
	const struct chipdb_soc *soc = chipdb_soc_by_name("BK7231T");

	(void)state;
	memset(die, 0, SIZE);
	make(soc, NULL, 0);
	for (uint32_t at = 0; at < SIZE; at += FLASH_MAP_SECTOR) {
		bool inside = false;

		for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
			inside |= soc->regions[i].start < at + FLASH_MAP_SECTOR &&
				  at < soc->regions[i].start + soc->regions[i].length;
		assert_int_equal(use_at(at) == SECTOR_FOREIGN, !inside);
	}
}

static void of_a_flash_that_is_larger_than_a_map_its_begin_is_drawn(void **state)
{
	const uint32_t size = (FLASH_MAP_SECTORS + 1) * FLASH_MAP_SECTOR;
	uint8_t *large = calloc(1, size);

	(void)state;
	assert_non_null(large);
	memset(large + FLASH_MAP_SECTOR, 0xff, FLASH_MAP_SECTOR);
	flash_map_make(&map, large, size, NULL, NULL, 0);
	free(large);
	assert_int_equal(map.count, FLASH_MAP_SECTORS);
	assert_int_equal(use_at(0), SECTOR_USED);
	assert_int_equal(use_at(FLASH_MAP_SECTOR), SECTOR_BLANK);
	assert_int_equal(map.use[FLASH_MAP_SECTORS - 1], SECTOR_USED);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_sector_is_blank_only_if_every_byte_is),
		CASE(what_a_write_keeps_is_told_apart_from_code),
		CASE(calibration_is_kept_wherever_it_was_found),
		CASE(what_lies_in_no_region_is_foreign_if_the_soc_is_known),
		CASE(of_a_flash_that_is_larger_than_a_map_its_begin_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
