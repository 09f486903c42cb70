/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dies that differ from what the database says. */
#include <string.h>

#include "tests/sim/model/die.h"
#include "tests/sim/model/parts.h"

static void the_id_can_be_another(void **state)
{
	struct die *die = die_with(
		(struct board_options){.id_given = true, .id = {0xC4, 0x60, 0x99}}, "XT25F16B");
	uint8_t opcode = 0x9F, id[3];

	(void)state;
	die_op(die, &opcode, 1, id, 3);
	assert_memory_equal(id, "\xC4\x60\x99", 3);
	die_free(die);
}

static void the_table_can_be_missing_or_claim_another_size(void **state)
{
	const uint8_t read[] = {0x5A, 0, 0, 20, 0};
	struct die *none = die_with((struct board_options){.sfdp = SFDP_NONE}, "XT25F16B");
	struct die *lies = die_with(
		(struct board_options){.sfdp = SFDP_OF_SIZE, .sfdp_size = 0x80000}, "GD25Q16B");
	uint8_t data[4];

	(void)state;
	die_op(none, read, sizeof(read), data, 4);
	assert_memory_equal(data, "\xFF\xFF\xFF\xFF", 4);
	die_op(lies, read, sizeof(read), data, 4);
	assert_memory_equal(data, "\xFF\xFF\x3F\x00", 4);
	die_free(none);
	die_free(lies);
}

static struct die *relabelled(uint32_t sr)
{
	const struct board_options options = {.capacity = 0x80000, .sr_given = true, .sr = sr};

	return die_with(options, "XT25F16B");
}

static void a_relabelled_die_wraps_round(void **state)
{
	const uint8_t high[] = {0x03, 0x18, 0x00, 0x00}, end[] = {0x03, 0x07, 0xFF, 0xFF};
	struct die *die = relabelled(0);
	uint8_t data[2];

	(void)state;
	die->nor.memory[0] = 1;
	die->nor.memory[0x7FFFF] = 2;
	die_op(die, high, sizeof(high), data, 1);
	assert_int_equal(data[0], 1);
	die_op(die, end, sizeof(end), data, 2);
	assert_memory_equal(data, "\x02\x01", 2);
	die_enable(die);
	DIE_SEND(die, 0x02, 0x10, 0x00, 0x00, 0x00);
	die_wait_ready(die);
	assert_int_equal(die->nor.memory[0], 0);
	die_enable(die);
	DIE_SEND(die, 0xD8, 0x1F, 0x00, 0x00);
	die_wait_ready(die);
	assert_int_equal(die->nor.memory[0x7FFFF], 0xFF);
	die_free(die);
}

static void a_relabelled_die_erases_and_protects_its_real_size(void **state)
{
	struct die *open = relabelled(0), *shut = relabelled(0x04);

	(void)state;
	memset(open->nor.memory, 0, 0x80000);
	die_enable(open);
	DIE_SEND(open, 0xC7);
	assert_int_equal(open->nor.memory[0x7FFFF], 0xFF);
	assert_int_equal(open->stats.erase_chip, 1);

	die_enable(shut);
	DIE_SEND(shut, 0x02, 0x07, 0x00, 0x00, 0x00);
	assert_int_equal(shut->nor.memory[0x70000], 0xFF);
	assert_int_equal(shut->stats.ignored_protected, 1);
	die_free(open);
	die_free(shut);
}

static void an_erase_larger_than_the_real_size_stays_inside(void **state)
{
	struct chipdb_part part = part_plain;
	struct die *die;

	(void)state;
	part.erase[2].size = 0x40000;
	die = die_with((struct board_options){.part = &part, .capacity = 0x10000}, NULL);
	memset(die->nor.memory, 0, 0x10000);
	die_enable(die);
	DIE_SEND(die, 0xD8, 0x04, 0x00, 0x00);
	assert_int_equal(die->nor.memory[0], 0xFF);
	assert_int_equal(die->nor.memory[0xFFFF], 0xFF);
	die_free(die);
}

static void registers_that_are_missing_read_ff_and_take_nothing(void **state)
{
	struct die *die = die_with(
		(struct board_options){.registers = 1, .sr_given = true, .sr = 0x04}, "XT25F16B");

	(void)state;
	assert_int_equal(die_status(die, 0x05), 0x04);
	assert_int_equal(die_status(die, 0x35), 0xFF);
	die_enable(die);
	DIE_SEND(die, 0x01, 0x00, 0x40);
	DIE_SEND(die, 0x31, 0x40);
	assert_int_equal(die_status(die, 0x05), 0x06);
	DIE_SEND(die, 0x01, 0x00);
	die_wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0);
	die_free(die);
}

static void read_zeros(struct die *die, uint8_t data[512])
{
	const uint8_t read[] = {0x03, 0, 0, 0};

	memset(die->nor.memory, 0, 512);
	die_op(die, read, sizeof(read), data, 512);
}

static unsigned flipped_bits(const uint8_t data[512])
{
	unsigned flipped = 0;

	for (unsigned i = 0; i < 512; i++) {
		assert_int_equal(data[i] & (data[i] - 1), 0);
		flipped += data[i] != 0;
	}
	return flipped;
}

static void noise_flips_one_bit_in_about_n_bytes(void **state)
{
	const struct {
		uint32_t noise;
		unsigned least, most;
	} cases[] = {{0, 0, 0}, {1, 512, 512}, {16, 16, 64}, {UINT32_MAX, 0, 1}};
	uint8_t data[512];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct die *die = die_with(
			(struct board_options){.noise = cases[i].noise, .seed = 3}, "XT25F16B");

		read_zeros(die, data);
		assert_in_range(flipped_bits(data), cases[i].least, cases[i].most);
		die_free(die);
	}
}

static void noise_repeats_with_the_seed_and_differs_with_the_time(void **state)
{
	const struct board_options options = {.noise = 16, .seed = 3},
				   other = {.noise = 16, .seed = 4};
	struct die *die = die_with(options, "XT25F16B"), *twin = die_with(options, "XT25F16B");
	struct die *stranger = die_with(other, "XT25F16B");
	uint8_t data[4][512];

	(void)state;
	read_zeros(die, data[0]);
	read_zeros(twin, data[1]);
	read_zeros(stranger, data[2]);
	read_zeros(die, data[3]);
	assert_memory_equal(data[0], data[1], 512);
	assert_memory_not_equal(data[0], data[2], 512);
	assert_memory_not_equal(data[0], data[3], 512);
	die_free(die);
	die_free(twin);
	die_free(stranger);
}

static void one_bit_of_the_nth_byte_on_the_wires_is_flipped(void **state)
{
	/* Counted from 0, including the opcode and the address, during which the die is silent. */
	struct die *die = die_with((struct board_options){.flip_at = 4 + 100}, "XT25F16B");
	uint8_t data[512];

	(void)state;
	read_zeros(die, data);
	assert_int_equal(flipped_bits(data), 1);
	assert_int_not_equal(data[100], 0);
	read_zeros(die, data);
	assert_int_equal(flipped_bits(data), 0);
	die_free(die);
}

static void noise_leaves_the_die_itself_alone(void **state)
{
	struct die *die = die_with((struct board_options){.noise = 1}, "XT25F16B");

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0, 0, 0x5A);
	assert_int_equal(die->nor.memory[0], 0x5A);
	die_free(die);
}

static void a_bit_by_bit_reader_sees_the_same_noise_at_each_bit(void **state)
{
	struct die *die = die_with((struct board_options){.noise = 2, .seed = 1}, "XT25F16B");
	const uint8_t opcode = 0x9F;
	uint8_t ignored;

	(void)state;
	nor_select(&die->nor);
	nor_shift(&die->nor, &opcode, &ignored, 1, 0xFF, 0, 0);
	for (int byte = 0; byte < 64; byte++) {
		int seen = nor_output(&die->nor, 0);

		assert_int_equal(nor_output(&die->nor, 0), seen);
		nor_accept(&die->nor, 0, 0);
	}
	die_free(die);
}

/* The answer to 9Fh; FF while nothing drives the line. */
static bool answers(struct die *die)
{
	uint8_t opcode = 0x9F, id[3];

	die_op(die, &opcode, 1, id, 3);
	return memcmp(id, die->nor.part->id, 3) == 0;
}

static void a_die_left_in_another_mode_answers_only_behind_what_ends_that(void **state)
{
	static const struct {
		enum die_start start;
		bool by_ab, by_ff, by_ffff;
	} cases[] = {
		{DIE_READY, true, true, true},
		{DIE_POWER_DOWN, true, false, false},
		{DIE_QPI, false, true, true},
		{DIE_CONTINUOUS_READ, false, false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned by = 0; by < 3; by++) {
			struct die *die =
				die_with((struct board_options){.start = cases[i].start}, "W25Q32");

			assert_int_equal(answers(die), cases[i].start == DIE_READY);
			if (by == 0)
				DIE_SEND(die, 0xAB);
			else if (by == 1)
				DIE_SEND(die, 0xFF);
			else
				DIE_SEND(die, 0xFF, 0xFF);
			assert_int_equal(answers(die), by == 0	 ? cases[i].by_ab
						       : by == 1 ? cases[i].by_ff
								 : cases[i].by_ffff);
			nor_power_cycle(&die->nor);
			assert_true(answers(die));
			die_free(die);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_id_can_be_another),
		cmocka_unit_test(the_table_can_be_missing_or_claim_another_size),
		cmocka_unit_test(a_die_left_in_another_mode_answers_only_behind_what_ends_that),
		cmocka_unit_test(a_relabelled_die_wraps_round),
		cmocka_unit_test(a_relabelled_die_erases_and_protects_its_real_size),
		cmocka_unit_test(an_erase_larger_than_the_real_size_stays_inside),
		cmocka_unit_test(registers_that_are_missing_read_ff_and_take_nothing),
		cmocka_unit_test(noise_flips_one_bit_in_about_n_bytes),
		cmocka_unit_test(noise_repeats_with_the_seed_and_differs_with_the_time),
		cmocka_unit_test(one_bit_of_the_nth_byte_on_the_wires_is_flipped),
		cmocka_unit_test(noise_leaves_the_die_itself_alone),
		cmocka_unit_test(a_bit_by_bit_reader_sees_the_same_noise_at_each_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
