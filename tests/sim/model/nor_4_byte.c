/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts above 16 MiB. */
#include <string.h>

#include "tests/sim/model/die.h"
#include "tests/sim/model/parts.h"

static struct die *big(void)
{
	return die_with((struct board_options){.part = &part_32_mib}, NULL);
}

static uint8_t read_byte(struct die *die, const uint8_t *command, size_t length)
{
	uint8_t byte;

	die_op(die, command, length, &byte, 1);
	return byte;
}

#define READ(die, ...)                                                                             \
	read_byte(die, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void the_4_byte_opcodes_reach_everything_in_either_mode(void **state)
{
	struct die *die = big();

	(void)state;
	for (int round = 0; round < 2; round++) {
		die->nor.memory[0x1234567] = 0x5A;
		assert_int_equal(READ(die, 0x13, 0x01, 0x23, 0x45, 0x67), 0x5A);
		assert_int_equal(READ(die, 0x0C, 0x01, 0x23, 0x45, 0x67, 0), 0x5A);
		die_enable(die);
		DIE_SEND(die, 0x12, 0x01, 0x23, 0x45, 0x67, 0x0F);
		die_wait_ready(die);
		assert_int_equal(die->nor.memory[0x1234567], 0x0A);
		die_enable(die);
		DIE_SEND(die, 0x21, 0x01, 0x23, 0x45, 0x67);
		die_wait_ready(die);
		assert_int_equal(die->nor.memory[0x1234567], 0xFF);
		DIE_SEND(die, 0xB7);
	}
	assert_int_equal(die->stats.page_programs, 2);
	assert_int_equal(die->stats.erase_4k, 2);
	die_free(die);
}

static void the_larger_erases_have_4_byte_forms(void **state)
{
	struct die *die = big();

	(void)state;
	memset(die->nor.memory + 0x1000000, 0, 0x30000);
	die_enable(die);
	DIE_SEND(die, 0x5C, 0x01, 0x00, 0x80, 0x00);
	die_wait_ready(die);
	die_enable(die);
	DIE_SEND(die, 0xDC, 0x01, 0x01, 0x00, 0x00);
	assert_int_equal(die->nor.memory[0x1007FFF], 0);
	assert_int_equal(die->nor.memory[0x1008000], 0xFF);
	assert_int_equal(die->nor.memory[0x101FFFF], 0xFF);
	assert_int_equal(die->nor.memory[0x1020000], 0);
	assert_int_equal(die->stats.erase_32k, 1);
	assert_int_equal(die->stats.erase_64k, 1);
	die_free(die);
}

static void three_bytes_reach_the_lowest_16_mib_only(void **state)
{
	const uint8_t read[] = {0x03, 0xFF, 0xFF, 0xFF};
	struct die *die = big();
	uint8_t data[2];

	(void)state;
	die->nor.memory[0xFFFFFF] = 1;
	die->nor.memory[0x1000000] = 2;
	die->nor.memory[0] = 3;
	die_op(die, read, sizeof(read), data, 2);
	assert_memory_equal(data, "\x01\x03", 2);
	die_enable(die);
	DIE_SEND(die, 0x20, 0, 0, 0);
	die_wait_ready(die);
	assert_int_equal(die->nor.memory[0], 0xFF);
	die_free(die);
}

static void b7_makes_the_usual_opcodes_take_four_bytes_until_e9(void **state)
{
	struct die *die = big();

	(void)state;
	die->nor.memory[0x1000002] = 7;
	DIE_SEND(die, 0xB7);
	assert_int_equal(READ(die, 0x03, 0x01, 0x00, 0x00, 0x02), 7);
	assert_int_equal(READ(die, 0x0B, 0x01, 0x00, 0x00, 0x02, 0), 7);
	die_enable(die);
	DIE_SEND(die, 0x02, 0x01, 0x00, 0x00, 0x02, 0x05);
	die_wait_ready(die);
	assert_int_equal(die->nor.memory[0x1000002], 5);
	die_enable(die);
	DIE_SEND(die, 0xD8, 0x01, 0x00, 0x00);
	assert_int_equal(die_status(die, 0x05), 0x02);
	DIE_SEND(die, 0xD8, 0x01, 0x00, 0x00, 0x00);
	die_wait_ready(die);
	assert_int_equal(die->nor.memory[0x1000002], 0xFF);
	DIE_SEND(die, 0xE9);
	die->nor.memory[2] = 9;
	assert_int_equal(READ(die, 0x03, 0x00, 0x00, 0x02), 9);
	die_free(die);
}

static void power_ends_the_4_byte_mode(void **state)
{
	struct die *die = big();

	(void)state;
	die->nor.memory[2] = 9;
	DIE_SEND(die, 0xB7);
	nor_power_cycle(&die->nor);
	assert_int_equal(READ(die, 0x03, 0x00, 0x00, 0x02), 9);
	die_free(die);
}

static void sfdp_takes_three_bytes_in_either_mode(void **state)
{
	struct die *die = big();

	(void)state;
	DIE_SEND(die, 0xB7);
	assert_int_equal(READ(die, 0x5A, 0, 0, 1, 0), 'F');
	die_free(die);
}

static void smaller_parts_know_none_of_it(void **state)
{
	struct die *die = die_with((struct board_options){.part = &part_8_mib}, NULL);

	(void)state;
	die->nor.memory[0] = 0;
	die->nor.memory[2] = 9;
	DIE_SEND(die, 0xB7);
	assert_int_equal(READ(die, 0x03, 0x00, 0x00, 0x02), 9);
	assert_int_equal(READ(die, 0x13, 0, 0, 0, 2), 0xFF);
	die_enable(die);
	DIE_SEND(die, 0x21, 0, 0, 0, 0);
	DIE_SEND(die, 0x12, 0, 0, 0, 2, 0);
	assert_int_equal(die->nor.memory[0], 0);
	assert_int_equal(die->nor.memory[2], 9);
	die_free(die);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_4_byte_opcodes_reach_everything_in_either_mode),
		cmocka_unit_test(the_larger_erases_have_4_byte_forms),
		cmocka_unit_test(three_bytes_reach_the_lowest_16_mib_only),
		cmocka_unit_test(b7_makes_the_usual_opcodes_take_four_bytes_until_e9),
		cmocka_unit_test(power_ends_the_4_byte_mode),
		cmocka_unit_test(sfdp_takes_three_bytes_in_either_mode),
		cmocka_unit_test(smaller_parts_know_none_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
