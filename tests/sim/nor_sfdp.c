/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"
#include "nor_sfdp.h"

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
	nor_sfdp_make(chipdb_part_by_name("W25Q32"), table);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_describes_the_geometry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
