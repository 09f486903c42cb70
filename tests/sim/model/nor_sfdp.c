/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"
#include "sim/model/nor_sfdp.h"
#include "tests/sim/model/parts.h"

static uint32_t word(const uint8_t *table, unsigned index)
{
	const uint8_t *at = table + 16 + 4 * index;

	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void the_table_describes_the_geometry(void **state)
{
	uint8_t table[SFDP_BYTES];

	(void)state;
	nor_sfdp_make(chipdb_part_by_name("W25Q32"), 0x400000, table);
	assert_memory_equal(table, "SFDP", 4);
	assert_int_equal(table[5], 1);
	assert_int_equal(table[11], 9);
	assert_int_equal(table[12], 16);
	assert_int_equal(word(table, 1), 32 * 1024 * 1024 - 1);
	assert_int_equal(word(table, 0) & 3, 1);
	assert_int_equal((word(table, 0) >> 8) & 0xFF, 0x20);
	assert_int_equal(word(table, 7), 0x520F200C);
	assert_int_equal(word(table, 8), 0x0000D810);
}

static void above_16_mib_the_table_tells_of_both_address_forms(void **state)
{
	uint8_t table[SFDP_BYTES];

	(void)state;
	nor_sfdp_make(&part_32_mib, part_32_mib.size, table);
	assert_int_equal(word(table, 0) >> 17 & 3, 1);
	assert_int_equal((word(table, 0) >> 8) & 0xFF, 0x20);
	assert_int_equal(word(table, 1), 256 * 1024 * 1024 - 1);
	assert_int_equal(word(table, 7), 0x520F200C);
	assert_int_equal(word(table, 8), 0x0000D810);
	nor_sfdp_make(&part_8_mib, part_8_mib.size, table);
	assert_int_equal(word(table, 0) >> 17 & 3, 0);
}

static void a_claimed_size_changes_density_and_addresses(void **state)
{
	const struct {
		uint32_t size, density, addresses;
	} cases[] = {
		{0x80000, 0x3FFFFF, 0},
		{0x1000000, 0x7FFFFFF, 0},
		{0x10000000, 0x7FFFFFFF, 1},
		{0x20000000, 0x80000020, 1},
	};
	uint8_t table[SFDP_BYTES];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		nor_sfdp_make(&part_plain, cases[i].size, table);
		assert_int_equal(word(table, 1), cases[i].density);
		assert_int_equal(word(table, 0) >> 17 & 3, cases[i].addresses);
		assert_int_equal(word(table, 7), 0x520F200C);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_describes_the_geometry),
		cmocka_unit_test(above_16_mib_the_table_tells_of_both_address_forms),
		cmocka_unit_test(a_claimed_size_changes_density_and_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
