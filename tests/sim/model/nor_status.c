/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/die.h"

static void a_protected_page_stays_and_wel_falls(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x4004}, "XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die_status(die, 0x05), 0x04);
	die_enable(die);
	DIE_SEND(die, 0x02, 0x1F, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0x1F0000], 0x33);
	die_wait_ready(die);
	die_enable(die);
	DIE_SEND(die, 0xC7);
	assert_int_equal(die->stats.ignored_protected, 2);
	assert_int_equal(die->stats.erase_chip, 0);
	die_free(die);
}

static void clearing_sr1_alone_under_cmp_locks_everything(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x4004}, "XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x01, 0x00);
	die_wait_ready(die);
	assert_int_equal(die_status(die, 0x35), 0x40);
	die_enable(die);
	DIE_SEND(die, 0x20, 0x1F, 0xF0, 0);
	assert_int_equal(die->stats.ignored_protected, 1);
	die_free(die);
}

static void a_one_byte_01_does_to_sr2_what_the_part_or_the_option_says(void **state)
{
	const struct {
		const char *part;
		enum one_byte_01 option;
		uint8_t sr2;
	} cases[] = {
		{"XT25F16B", ONE_BYTE_01_PART, 0x4A},
		{"XT25F16B", ONE_BYTE_01_CLEARS_SR2, 0x08},
		{"GD25Q16B", ONE_BYTE_01_PART, 0x08},
		{"GD25Q16B", ONE_BYTE_01_KEEPS_SR2, 0x4A},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct die *die = die_with((struct board_options){.sr_given = true,
								  .sr = 0x4A04,
								  .one_byte_01 = cases[i].option},
					   cases[i].part);
		die_enable(die);
		DIE_SEND(die, 0x01, 0x1C);
		die_wait_ready(die);
		assert_int_equal(die_status(die, 0x05), 0x1C);
		assert_int_equal(die_status(die, 0x35), cases[i].sr2);
		die_free(die);
	}
}

static void joint_parts_take_two_bytes_and_split_parts_one(void **state)
{
	struct die *joint = die_of("XT25F16B"), *split = die_of("P25Q16HB");

	(void)state;
	die_enable(joint);
	DIE_SEND(joint, 0x01, 0x04, 0x42);
	die_wait_ready(joint);
	assert_int_equal(nor_status(&joint->nor, joint->ns), 0x4204);
	die_enable(joint);
	DIE_SEND(joint, 0x01, 0, 0, 0);
	DIE_SEND(joint, 0x31, 0);
	assert_int_equal(nor_status(&joint->nor, joint->ns), 0x4206);

	die_enable(split);
	DIE_SEND(split, 0x01, 0x04, 0x40);
	assert_int_equal(nor_status(&split->nor, split->ns), 0x0002);
	DIE_SEND(split, 0x01, 0x04);
	die_wait_ready(split);
	die_enable(split);
	DIE_SEND(split, 0x31, 0x40);
	die_wait_ready(split);
	assert_int_equal(nor_status(&split->nor, split->ns), 0x4004);
	assert_int_equal(split->stats.sr_writes, 2);
	die_free(joint);
	die_free(split);
}

static void a_volatile_write_lasts_until_power_is_cycled(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x4004}, "XT25F16B");

	(void)state;
	DIE_SEND(die, 0x50);
	DIE_SEND(die, 0x01, 0x00, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	DIE_SEND(die, 0x01, 0x1C, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	DIE_SEND(die, 0x50);
	DIE_SEND(die, 0x04);
	DIE_SEND(die, 0x01, 0x1C, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	nor_power_cycle(&die->nor);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x4004);
	die_free(die);
}

static void a_wren_with_a_byte_too_many_is_none(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	DIE_SEND(die, 0x06, 0x00);
	assert_int_equal(die_status(die, 0x05), 0x00);
	die_free(die);
}

static void wip_and_wel_are_never_written(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x01, 0x03, 0x80);
	die_wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	die_free(die);
}

static void srp0_with_wp_low_locks_the_registers(void **state)
{
	const struct board_options low = {.sr_given = true, .sr = 0x0084, .wp_low = true};
	const struct board_options high = {.sr_given = true, .sr = 0x0084};
	struct die *locked = die_with(low, "XT25F16B"), *open = die_with(high, "XT25F16B");

	(void)state;
	die_enable(locked);
	DIE_SEND(locked, 0x01, 0, 0);
	assert_int_equal(nor_status(&locked->nor, 0), 0x0084);
	die_enable(open);
	DIE_SEND(open, 0x01, 0, 0);
	die_wait_ready(open);
	assert_int_equal(nor_status(&open->nor, open->ns), 0);
	die_free(locked);
	die_free(open);
}

static void srp1_locks_until_power_is_cycled(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x0104}, "XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x01, 0, 0);
	assert_int_equal(nor_status(&die->nor, 0), 0x0104);
	nor_power_cycle(&die->nor);
	die_enable(die);
	DIE_SEND(die, 0x01, 0, 0);
	die_wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	die_free(die);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_protected_page_stays_and_wel_falls),
		cmocka_unit_test(clearing_sr1_alone_under_cmp_locks_everything),
		cmocka_unit_test(a_one_byte_01_does_to_sr2_what_the_part_or_the_option_says),
		cmocka_unit_test(joint_parts_take_two_bytes_and_split_parts_one),
		cmocka_unit_test(a_volatile_write_lasts_until_power_is_cycled),
		cmocka_unit_test(a_wren_with_a_byte_too_many_is_none),
		cmocka_unit_test(wip_and_wel_are_never_written),
		cmocka_unit_test(srp0_with_wp_low_locks_the_registers),
		cmocka_unit_test(srp1_locks_until_power_is_cycled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
