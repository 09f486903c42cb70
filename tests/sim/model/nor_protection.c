/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"
#include "sim/model/nor_protection.h"
#include "tests/sim/model/parts.h"

#define KIB 1024U

static const struct chipdb_part *part(const char *name)
{
	const struct chipdb_part *found = chipdb_part_by_name(name);

	assert_non_null(found);
	return found;
}

static void assert_range(const struct chipdb_part *die, uint32_t sr, uint32_t start,
			 uint32_t length)
{
	struct nor_range range = nor_protected(die, sr);

	assert_int_equal(range.length, length);
	if (length)
		assert_int_equal(range.start, start);
}

static void assert_protected(const char *name, uint32_t sr, uint32_t start, uint32_t length)
{
	assert_range(part(name), sr, start, length);
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

static void a_die_above_4_mib_counts_in_64ths(void **state)
{
	(void)state;
	assert_range(&part_8_mib, 0x0004, 0x7E0000, 128 * KIB);
	assert_range(&part_8_mib, 0x0018, 0x400000, 4096 * KIB);
	assert_range(&part_8_mib, 0x0038, 0, 4096 * KIB);
	assert_range(&part_8_mib, 0x001C, 0, 8192 * KIB);
	assert_range(&part_8_mib, 0x0044, 0x7FF000, 4 * KIB);
	assert_range(&part_8_mib, 0x4004, 0, 0x7E0000);
}

static void four_bp_bits_count_blocks_up_to_the_die(void **state)
{
	(void)state;
	assert_range(&part_macronix, 0x0000, 0, 0);
	assert_range(&part_macronix, 0x0004, 0x1F0000, 64 * KIB);
	assert_range(&part_macronix, 0x0014, 0x100000, 1024 * KIB);
	assert_range(&part_macronix, 0x001C, 0, 2048 * KIB);
	assert_range(&part_macronix, 0x0020, 0, 2048 * KIB);
	assert_range(&part_macronix, 0x003C, 0, 2048 * KIB);
	assert_range(&part_32_mib, 0x001C, 0x1C00000, 4096 * KIB);
	assert_range(&part_32_mib, 0x0024, 0x1000000, 16384 * KIB);
	assert_range(&part_32_mib, 0x0064, 0, 16384 * KIB);
	assert_range(&part_32_mib, 0x003C, 0, 32768 * KIB);
}

static void tb_otp_counts_from_the_bottom(void **state)
{
	(void)state;
	assert_range(&part_macronix, 0x0804, 0, 64 * KIB);
	assert_range(&part_macronix, 0x1004, 0x1F0000, 64 * KIB);
}

static void bits_that_a_part_lacks_mean_nothing(void **state)
{
	(void)state;
	assert_range(&part_plain, 0x0064, 0x1F0000, 64 * KIB);
	assert_range(&part_plain, 0x4000, 0, 0);
	assert_range(&part_plain, 0x001C, 0, 2048 * KIB);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bp_counts_blocks_from_the_top),
		cmocka_unit_test(tb_counts_from_the_bottom),
		cmocka_unit_test(sec_counts_sectors_and_stops_at_32_kib),
		cmocka_unit_test(cmp_turns_the_selection_around),
		cmocka_unit_test(eons_firmware_value_protects_the_low_32_kib),
		cmocka_unit_test(a_die_above_4_mib_counts_in_64ths),
		cmocka_unit_test(four_bp_bits_count_blocks_up_to_the_die),
		cmocka_unit_test(tb_otp_counts_from_the_bottom),
		cmocka_unit_test(bits_that_a_part_lacks_mean_nothing),
		cmocka_unit_test(ranges_hit_when_they_share_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
