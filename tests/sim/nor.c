/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "nor.h"

struct die {
	struct nor nor;
	struct board_stats stats;
	uint64_t ns;
};

static struct die *die_with(struct board_options options, const char *part)
{
	struct die *die = calloc(1, sizeof(*die));

	assert_non_null(die);
	options.part = chipdb_part_by_name(part);
	assert_non_null(options.part);
	assert_true(nor_init(&die->nor, &options, &die->stats));
	return die;
}

static struct die *die_of(const char *part)
{
	return die_with((struct board_options){0}, part);
}

static void die_free(struct die *die)
{
	nor_fini(&die->nor);
	free(die);
}

static void op(struct die *die, const uint8_t *out, size_t out_length, uint8_t *in,
	       size_t in_length)
{
	uint8_t zero[600] = {0}, ignored[600];

	nor_select(&die->nor);
	nor_shift(&die->nor, out, ignored, out_length, 0xFF, die->ns, 1000);
	if (in_length)
		nor_shift(&die->nor, zero, in, in_length, 0xFF, die->ns, 1000);
	nor_deselect(&die->nor, true, die->ns);
}

#define SEND(die, ...)                                                                             \
	do {                                                                                       \
		const uint8_t bytes_[] = {__VA_ARGS__};                                            \
		op(die, bytes_, sizeof(bytes_), NULL, 0);                                          \
	} while (0)

static uint8_t status(struct die *die, uint8_t opcode)
{
	uint8_t value;

	op(die, &opcode, 1, &value, 1);
	return value;
}

static void wait_ready(struct die *die)
{
	while (status(die, 0x05) & 1)
		die->ns += BENCH_US;
}

static void enable(struct die *die)
{
	SEND(die, 0x06);
}

static void the_id_is_the_parts(void **state)
{
	struct die *die = die_of("EN25QH16B");
	uint8_t opcode = 0x9F, id[6];

	(void)state;
	op(die, &opcode, 1, id, 6);
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
	op(die, read, sizeof(read), data, 2);
	assert_memory_equal(data, ((const uint8_t[]){0x12, 0x34}), 2);
	op(die, fast, sizeof(fast), data, 2);
	assert_memory_equal(data, ((const uint8_t[]){0x12, 0x34}), 2);
	die_free(die);
}

static void a_page_program_wraps_inside_its_page(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	enable(die);
	SEND(die, 0x02, 0, 0x01, 0xFE, 1, 2, 3, 4);
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
	enable(die);
	op(die, data, sizeof(data), NULL, 0);
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
	enable(die);
	SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0x03);
	die_free(die);
}

static void without_wel_nothing_is_written(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	enable(die);
	SEND(die, 0x04);
	SEND(die, 0x01, 0x1C);
	assert_int_equal(status(die, 0x05), 0);
	assert_int_equal(die->stats.sr_writes, 0);
	die_free(die);
}

static void wel_is_cleared_when_the_write_is_done(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	enable(die);
	assert_int_equal(status(die, 0x05), 0x02);
	SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(status(die, 0x05), 0x03);
	die->ns += 399 * BENCH_US;
	assert_int_equal(status(die, 0x05), 0x03);
	die->ns += 1 * BENCH_US;
	assert_int_equal(status(die, 0x05), 0x00);
	die_free(die);
}

static void a_write_inside_a_byte_is_not_executed(void **state)
{
	struct die *die = die_of("XT25F16B");
	const uint8_t program[] = {0x02, 0, 0, 0, 0x33};
	uint8_t ignored[5];

	(void)state;
	enable(die);
	nor_select(&die->nor);
	nor_shift(&die->nor, program, ignored, 5, 0xFF, die->ns, 0);
	nor_deselect(&die->nor, false, die->ns);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(status(die, 0x05), 0x02);
	die_free(die);
}

static void an_erase_with_a_wrong_number_of_address_bytes_is_ignored(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	die->nor.memory[0] = 0;
	enable(die);
	SEND(die, 0x20, 0, 0);
	SEND(die, 0x20, 0, 0, 0, 0);
	SEND(die, 0xC7, 0);
	assert_int_equal(die->nor.memory[0], 0);
	assert_int_equal(status(die, 0x05), 0x02);
	SEND(die, 0x20, 0, 0x0F, 0xFF);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->stats.erase_4k, 1);
	die_free(die);
}

static void each_erase_clears_its_own_block_and_is_counted(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	memset(die->nor.memory, 0, 0x200000);
	enable(die);
	SEND(die, 0x52, 0x01, 0x80, 0x05);
	assert_int_equal(die->nor.memory[0x17FFF], 0);
	assert_int_equal(die->nor.memory[0x18000], 0xFF);
	assert_int_equal(die->nor.memory[0x1FFFF], 0xFF);
	assert_int_equal(die->nor.memory[0x20000], 0);
	wait_ready(die);
	enable(die);
	SEND(die, 0xD8, 0x03, 0, 0);
	wait_ready(die);
	enable(die);
	SEND(die, 0x60);
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
	enable(die);
	SEND(die, 0x20, 0, 0, 0);
	op(die, &opcode, 1, id, 3);
	assert_memory_equal(id, ((const uint8_t[]){0xFF, 0xFF, 0xFF}), 3);
	enable(die);
	SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->stats.ignored_while_busy, 3);
	assert_int_equal(status(die, 0x05) & 1, 1);
	die_free(die);
}

static void busy_times_follow_the_option(void **state)
{
	const struct {
		enum busy_times times;
		uint64_t least_us, most_us;
	} cases[] = {
		{BUSY_TYPICAL, 400, 400}, {BUSY_MAXIMUM, 3000, 3000}, {BUSY_VARYING, 280, 600}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct die *die = die_with(
			(struct board_options){.busy = cases[i].times, .seed = 7}, "XT25F16B");
		enable(die);
		SEND(die, 0x02, 0, 0, 0, 0x33);
		wait_ready(die);
		assert_in_range(die->ns / BENCH_US, cases[i].least_us, cases[i].most_us);
		die_free(die);
	}
}

static void a_protected_page_stays_and_wel_falls(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x4004}, "XT25F16B");

	(void)state;
	enable(die);
	SEND(die, 0x02, 0, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(status(die, 0x05), 0x04);
	enable(die);
	SEND(die, 0x02, 0x1F, 0, 0, 0x33);
	assert_int_equal(die->nor.memory[0x1F0000], 0x33);
	wait_ready(die);
	enable(die);
	SEND(die, 0xC7);
	assert_int_equal(die->stats.ignored_protected, 2);
	assert_int_equal(die->stats.erase_chip, 0);
	die_free(die);
}

static void clearing_sr1_alone_under_cmp_locks_everything(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x4004}, "XT25F16B");

	(void)state;
	enable(die);
	SEND(die, 0x01, 0x00);
	wait_ready(die);
	assert_int_equal(status(die, 0x35), 0x40);
	enable(die);
	SEND(die, 0x20, 0x1F, 0xF0, 0);
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
		enable(die);
		SEND(die, 0x01, 0x1C);
		wait_ready(die);
		assert_int_equal(status(die, 0x05), 0x1C);
		assert_int_equal(status(die, 0x35), cases[i].sr2);
		die_free(die);
	}
}

static void joint_parts_take_two_bytes_and_split_parts_one(void **state)
{
	struct die *joint = die_of("XT25F16B"), *split = die_of("P25Q16HB");

	(void)state;
	enable(joint);
	SEND(joint, 0x01, 0x04, 0x42);
	wait_ready(joint);
	assert_int_equal(nor_status(&joint->nor, joint->ns), 0x4204);
	enable(joint);
	SEND(joint, 0x01, 0, 0, 0);
	SEND(joint, 0x31, 0);
	assert_int_equal(nor_status(&joint->nor, joint->ns), 0x4206);

	enable(split);
	SEND(split, 0x01, 0x04, 0x40);
	assert_int_equal(nor_status(&split->nor, split->ns), 0x0002);
	SEND(split, 0x01, 0x04);
	wait_ready(split);
	enable(split);
	SEND(split, 0x31, 0x40);
	wait_ready(split);
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
	SEND(die, 0x50);
	SEND(die, 0x01, 0x00, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	SEND(die, 0x01, 0x1C, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	SEND(die, 0x50);
	SEND(die, 0x04);
	SEND(die, 0x01, 0x1C, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	nor_power_cycle(&die->nor);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x4004);
	die_free(die);
}

static void wip_and_wel_are_never_written(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	enable(die);
	SEND(die, 0x01, 0x03, 0x80);
	wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	die_free(die);
}

static void srp0_with_wp_low_locks_the_registers(void **state)
{
	const struct board_options low = {.sr_given = true, .sr = 0x0084, .wp_low = true};
	const struct board_options high = {.sr_given = true, .sr = 0x0084};
	struct die *locked = die_with(low, "XT25F16B"), *open = die_with(high, "XT25F16B");

	(void)state;
	enable(locked);
	SEND(locked, 0x01, 0, 0);
	assert_int_equal(nor_status(&locked->nor, 0), 0x0084);
	enable(open);
	SEND(open, 0x01, 0, 0);
	wait_ready(open);
	assert_int_equal(nor_status(&open->nor, open->ns), 0);
	die_free(locked);
	die_free(open);
}

static void srp1_locks_until_power_is_cycled(void **state)
{
	struct die *die =
		die_with((struct board_options){.sr_given = true, .sr = 0x0104}, "XT25F16B");

	(void)state;
	enable(die);
	SEND(die, 0x01, 0, 0);
	assert_int_equal(nor_status(&die->nor, 0), 0x0104);
	nor_power_cycle(&die->nor);
	enable(die);
	SEND(die, 0x01, 0, 0);
	wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	die_free(die);
}

static void the_table_is_read_only_where_there_is_one(void **state)
{
	struct die *with = die_of("XT25F16B"), *without = die_of("GD25Q16B");
	const uint8_t read[] = {0x5A, 0, 0, 0, 0};
	uint8_t data[4];

	(void)state;
	op(with, read, sizeof(read), data, 4);
	assert_memory_equal(data, "SFDP", 4);
	op(without, read, sizeof(read), data, 4);
	assert_memory_equal(data, "\xFF\xFF\xFF\xFF", 4);
	die_free(with);
	die_free(without);
}

static void power_down_answers_nothing_until_it_is_released(void **state)
{
	struct die *die = die_of("XT25F16B");
	uint8_t opcode = 0x9F, id[3];

	(void)state;
	SEND(die, 0xB9);
	op(die, &opcode, 1, id, 3);
	assert_int_equal(id[0], 0xFF);
	SEND(die, 0xAB);
	op(die, &opcode, 1, id, 3);
	assert_int_equal(id[0], 0x0B);
	die_free(die);
}

static void unknown_opcodes_do_nothing(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	enable(die);
	for (unsigned opcode = 0xD2; opcode < 0xD8; opcode++)
		SEND(die, (uint8_t)opcode, (uint8_t)opcode, 0, 0);
	SEND(die, 0x00);
	assert_int_equal(status(die, 0x05), 0x02);
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
		cmocka_unit_test(a_protected_page_stays_and_wel_falls),
		cmocka_unit_test(clearing_sr1_alone_under_cmp_locks_everything),
		cmocka_unit_test(a_one_byte_01_does_to_sr2_what_the_part_or_the_option_says),
		cmocka_unit_test(joint_parts_take_two_bytes_and_split_parts_one),
		cmocka_unit_test(a_volatile_write_lasts_until_power_is_cycled),
		cmocka_unit_test(wip_and_wel_are_never_written),
		cmocka_unit_test(srp0_with_wp_low_locks_the_registers),
		cmocka_unit_test(srp1_locks_until_power_is_cycled),
		cmocka_unit_test(the_table_is_read_only_where_there_is_one),
		cmocka_unit_test(power_down_answers_nothing_until_it_is_released),
		cmocka_unit_test(unknown_opcodes_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
