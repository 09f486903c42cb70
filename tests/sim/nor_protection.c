/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"
#include "nor_protection.h"

#define KIB 1024U

static const struct chipdb_part *part(const char *name)
{
	const struct chipdb_part *found = chipdb_part_by_name(name);

	assert_non_null(found);
	return found;
}

static void assert_protected(const char *name, uint32_t sr, uint32_t start, uint32_t length)
{
	struct nor_range range = nor_protected(part(name), sr);

	assert_int_equal(range.length, length);
	if (length)
		assert_int_equal(range.start, start);
}

static void bp_counts_blocks_from_the_top(void **state)
{
	(void)state;
	assert_protected("GD25Q16B", 0x0000, 0, 0);
	assert_protected("GD25Q16B", 0x0004, 0x1F0000, 64 * KIB);
	assert_protected("GD25Q16B", 0x0010, 0x180000, 512 * KIB);
	assert_protected("GD25Q16B", 0x0018, 0, 2048 * KIB);
	assert_protected("GD25Q16B", 0x001C, 0, 2048 * KIB);
	assert_protected("W25Q32", 0x0018, 0x200000, 2048 * KIB);
}

static void tb_counts_from_the_bottom(void **state)
{
	(void)state;
	assert_protected("GD25Q16B", 0x0024, 0, 64 * KIB);
	assert_protected("GD25Q16B", 0x0034, 0, 1024 * KIB);
}

static void sec_counts_sectors_and_stops_at_32_kib(void **state)
{
	(void)state;
	assert_protected("GD25Q16B", 0x0044, 0x1FF000, 4 * KIB);
	assert_protected("GD25Q16B", 0x0050, 0x1F8000, 32 * KIB);
	assert_protected("GD25Q16B", 0x0054, 0x1F8000, 32 * KIB);
	assert_protected("GD25Q16B", 0x0074, 0, 32 * KIB);
	assert_protected("GD25Q16B", 0x007C, 0, 2048 * KIB);
}

static void cmp_turns_the_selection_around(void **state)
{
	(void)state;
	assert_protected("GD25Q16B", 0x4000, 0, 2048 * KIB);
	assert_protected("GD25Q16B", 0x401C, 0, 0);
	assert_protected("GD25Q16B", 0x4004, 0, 2048 * KIB - 64 * KIB);
	assert_protected("GD25Q16B", 0x4024, 64 * KIB, 2048 * KIB - 64 * KIB);
}

static void eons_firmware_value_protects_the_low_32_kib(void **state)
{
	(void)state;
	assert_protected("EN25QH16B", 0x7C, 0, 32 * KIB);
	assert_protected("EN25QH16B", 0x40, 0, 0);
	assert_protected("EN25QH16B", 0x3C, 0, 2048 * KIB);
}

static void ranges_hit_when_they_share_a_byte(void **state)
{
	struct nor_range range = {0x1000, 0x1000};

	(void)state;
	assert_false(nor_range_hit(range, 0, 0x1000));
	assert_true(nor_range_hit(range, 0, 0x1001));
	assert_true(nor_range_hit(range, 0x1FFF, 1));
	assert_false(nor_range_hit(range, 0x2000, 1));
	assert_false(nor_range_hit((struct nor_range){0, 0}, 0, 0x200000));
}

static void one_time_bits_are_never_cleared(void **state)
{
	const struct chipdb_part *gd = part("GD25Q16B");

	(void)state;
	assert_int_equal(nor_sr_merge(gd, 0x0000, 0x0800, 0xFFFF), 0x0800);
	assert_int_equal(nor_sr_merge(gd, 0x0800, 0x0000, 0xFFFF), 0x0800);
	assert_int_equal(nor_sr_merge(gd, 0x0000, 0xA003, 0xFFFF), 0x0000);
}

static void srp_bits_lock_the_registers(void **state)
{
	const struct chipdb_part *gd = part("GD25Q16B");

	(void)state;
	assert_false(nor_sr_locked(gd, 0x0080, false));
	assert_true(nor_sr_locked(gd, 0x0080, true));
	assert_false(nor_sr_locked(gd, 0x0280, true));
	assert_true(nor_sr_locked(gd, 0x0100, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bp_counts_blocks_from_the_top),
		cmocka_unit_test(tb_counts_from_the_bottom),
		cmocka_unit_test(sec_counts_sectors_and_stops_at_32_kib),
		cmocka_unit_test(cmp_turns_the_selection_around),
		cmocka_unit_test(eons_firmware_value_protects_the_low_32_kib),
		cmocka_unit_test(ranges_hit_when_they_share_a_byte),
		cmocka_unit_test(one_time_bits_are_never_cleared),
		cmocka_unit_test(srp_bits_lock_the_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
