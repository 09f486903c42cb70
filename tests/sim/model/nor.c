/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/die.h"

#include <string.h>

static void the_id_is_the_parts(void **state)
{
	struct die *die = die_of("EN25QH16B");
	uint8_t opcode = 0x9F, id[6];

	(void)state;
	die_op(die, &opcode, 1, id, 6);
	assert_memory_equal(id, ((const uint8_t[]){0x1C, 0x70, 0x15, 0x1C, 0x70, 0x15}), 6);
	die_free(die);
}

static void reads_wrap_at_the_end_of_the_die(void **state)
{
	struct die *die = die_of("XT25F16B");
	const uint8_t read[] = {0x03, 0x1F, 0xFF, 0xFF}, fast[] = {0x0B, 0x1F, 0xFF, 0xFF, 0};
	uint8_t data[2];

	(void)state;
	die->nor.memory[0x1FFFFF] = 0x12;
	die->nor.memory[0] = 0x34;
	die_op(die, read, sizeof(read), data, 2);
	assert_memory_equal(data, ((const uint8_t[]){0x12, 0x34}), 2);
	die_op(die, fast, sizeof(fast), data, 2);
	assert_memory_equal(data, ((const uint8_t[]){0x12, 0x34}), 2);
	die_free(die);
}

static void a_page_program_wraps_inside_its_page(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0x01, 0xFE, 1, 2, 3, 4);
	assert_memory_equal(die->nor.memory + 0x1FE, ((const uint8_t[]){1, 2}), 2);
	assert_memory_equal(die->nor.memory + 0x100, ((const uint8_t[]){3, 4}), 2);
	assert_int_equal(die->nor.memory[0x200], 0xFF);
	assert_int_equal(die->stats.page_programs, 1);
	die_free(die);
}

static void more_than_a_page_keeps_the_last_bytes(void **state)
{
	struct die *die = die_of("XT25F16B");
	uint8_t data[4 + 258] = {0x02};

	(void)state;
	memset(data + 4, 0xAA, 256);
	data[4 + 256] = 1;
	data[4 + 257] = 2;
	die_enable(die);
	die_op(die, data, sizeof(data), NULL, 0);
	assert_memory_equal(die->nor.memory, ((const uint8_t[]){1, 2, 0xAA}), 3);
	assert_int_equal(die->nor.memory[255], 0xAA);
	assert_int_equal(die->nor.memory[256], 0xFF);
	die_free(die);
}

static void programs_only_clear_bits(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die->nor.memory[0] = 0x0F;
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0x03);
	die_free(die);
}

static void without_wel_nothing_is_written(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	DIE_SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	die_enable(die);
	DIE_SEND(die, 0x04);
	DIE_SEND(die, 0x01, 0x1C);
	assert_int_equal(die_status(die, 0x05), 0);
	assert_int_equal(die->stats.sr_writes, 0);
	die_free(die);
}

static void wel_is_cleared_when_the_write_is_done(void **state)
{
	struct die *die = die_of("XT25F16B");
	const uint8_t page[4 + 256] = {0x02};

	(void)state;
	die_enable(die);
	assert_int_equal(die_status(die, 0x05), 0x02);
	die_op(die, page, sizeof(page), NULL, 0);
	assert_int_equal(die_status(die, 0x05), 0x03);
	die->ns += 399 * BENCH_US;
	assert_int_equal(die_status(die, 0x05), 0x03);
	die->ns += 1 * BENCH_US;
	assert_int_equal(die_status(die, 0x05), 0x00);
	die_free(die);
}

static void a_write_inside_a_byte_is_not_executed(void **state)
{
	struct die *die = die_of("XT25F16B");
	const uint8_t program[] = {0x02, 0, 0, 0, 0x33};
	uint8_t ignored[5];

	(void)state;
	die_enable(die);
	nor_select(&die->nor);
	nor_shift(&die->nor, program, ignored, 5, 0xFF, die->ns, 0);
	nor_deselect(&die->nor, false, die->ns);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die_status(die, 0x05), 0x02);
	die_free(die);
}

static void an_erase_with_a_wrong_number_of_address_bytes_is_ignored(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die->nor.memory[0] = 0;
	die_enable(die);
	DIE_SEND(die, 0x20, 0, 0);
	DIE_SEND(die, 0x20, 0, 0, 0, 0);
	DIE_SEND(die, 0xC7, 0);
	assert_int_equal(die->nor.memory[0], 0);
	assert_int_equal(die_status(die, 0x05), 0x02);
	DIE_SEND(die, 0x20, 0, 0x0F, 0xFF);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->stats.erase_4k, 1);
	die_free(die);
}

static void each_erase_clears_its_own_block_and_is_counted(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	memset(die->nor.memory, 0, 0x200000);
	die_enable(die);
	DIE_SEND(die, 0x52, 0x01, 0x80, 0x05);
	assert_int_equal(die->nor.memory[0x17FFF], 0);
	assert_int_equal(die->nor.memory[0x18000], 0xFF);
	assert_int_equal(die->nor.memory[0x1FFFF], 0xFF);
	assert_int_equal(die->nor.memory[0x20000], 0);
	die_wait_ready(die);
	die_enable(die);
	DIE_SEND(die, 0xD8, 0x03, 0, 0);
	die_wait_ready(die);
	die_enable(die);
	DIE_SEND(die, 0x60);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->stats.erase_32k, 1);
	assert_int_equal(die->stats.erase_64k, 1);
	assert_int_equal(die->stats.erase_chip, 1);
	die_free(die);
}

static void a_busy_die_answers_its_status_only(void **state)
{
	struct die *die = die_of("XT25F16B");
	uint8_t opcode = 0x9F, id[3];

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x20, 0, 0, 0);
	die_op(die, &opcode, 1, id, 3);
	assert_memory_equal(id, ((const uint8_t[]){0xFF, 0xFF, 0xFF}), 3);
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->stats.ignored_while_busy, 3);
	assert_int_equal(die_status(die, 0x05) & 1, 1);
	die_free(die);
}

static void busy_times_follow_the_option(void **state)
{
	const struct {
		enum busy_times times;
		uint64_t least_us, most_us;
	} cases[] = {
		{BUSY_TYPICAL, 400, 400}, {BUSY_MAXIMUM, 3000, 3000}, {BUSY_VARYING, 280, 600}};
	const uint8_t page[4 + 256] = {0x02};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct die *die = die_with(
			(struct board_options){.busy = cases[i].times, .seed = 7}, "XT25F16B");
		die_enable(die);
		die_op(die, page, sizeof(page), NULL, 0);
		die_wait_ready(die);
		assert_in_range(die->ns / BENCH_US, cases[i].least_us, cases[i].most_us);
		die_free(die);
	}
}

static void a_short_program_takes_a_share_of_a_pages_time(void **state)
{
	const uint8_t line[4 + 32] = {0x02};
	struct die *die = die_of("XT25F16B");

	(void)state;
	die_enable(die);
	die_op(die, line, sizeof(line), NULL, 0);
	die_wait_ready(die);
	assert_in_range(die->ns / BENCH_US, 60, 70);
	die_free(die);
}

static void the_table_is_read_only_where_there_is_one(void **state)
{
	struct die *with = die_of("XT25F16B"), *without = die_of("GD25Q16B");
	const uint8_t read[] = {0x5A, 0, 0, 0, 0};
	uint8_t data[4];

	(void)state;
	die_op(with, read, sizeof(read), data, 4);
	assert_memory_equal(data, "SFDP", 4);
	die_op(without, read, sizeof(read), data, 4);
	assert_memory_equal(data, "\xFF\xFF\xFF\xFF", 4);
	die_free(with);
	die_free(without);
}

static void power_down_answers_nothing_until_it_is_released(void **state)
{
	struct die *die = die_of("XT25F16B");
	uint8_t opcode = 0x9F, id[3];

	(void)state;
	DIE_SEND(die, 0xB9);
	die_op(die, &opcode, 1, id, 3);
	assert_int_equal(id[0], 0xFF);
	DIE_SEND(die, 0xAB);
	die_op(die, &opcode, 1, id, 3);
	assert_int_equal(id[0], 0x0B);
	die_free(die);
}

static void unknown_opcodes_do_nothing(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die_enable(die);
	for (unsigned opcode = 0xD2; opcode < 0xD8; opcode++)
		DIE_SEND(die, (uint8_t)opcode, (uint8_t)opcode, 0, 0);
	DIE_SEND(die, 0x00);
	assert_int_equal(die_status(die, 0x05), 0x02);
	die_free(die);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_is_the_parts),
		cmocka_unit_test(reads_wrap_at_the_end_of_the_die),
		cmocka_unit_test(a_page_program_wraps_inside_its_page),
		cmocka_unit_test(more_than_a_page_keeps_the_last_bytes),
		cmocka_unit_test(programs_only_clear_bits),
		cmocka_unit_test(without_wel_nothing_is_written),
		cmocka_unit_test(wel_is_cleared_when_the_write_is_done),
		cmocka_unit_test(a_write_inside_a_byte_is_not_executed),
		cmocka_unit_test(an_erase_with_a_wrong_number_of_address_bytes_is_ignored),
		cmocka_unit_test(each_erase_clears_its_own_block_and_is_counted),
		cmocka_unit_test(a_busy_die_answers_its_status_only),
		cmocka_unit_test(busy_times_follow_the_option),
		cmocka_unit_test(a_short_program_takes_a_share_of_a_pages_time),
		cmocka_unit_test(the_table_is_read_only_where_there_is_one),
		cmocka_unit_test(power_down_answers_nothing_until_it_is_released),
		cmocka_unit_test(unknown_opcodes_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
