/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one accident does to a die; it happens only once. */
#include <string.h>

#include "tests/sim/model/die.h"
#include "tests/sim/model/parts.h"

#define PAGE 256u
#define SECTOR 4096u

static struct die *die;

/* A die full of 5A, with this accident in the next window, or in a later one. */
static void begin(enum nor_mishap_kind kind, unsigned ahead)
{
	die = die_of("GD25Q16B");
	memset(die->nor.memory, 0x5a, 0x40000);
	die->nor.mishap = (struct nor_mishap){kind, die->nor.windows + 1 + ahead};
}

static void end(void)
{
	die_free(die);
}

static void read_four(uint32_t address, uint8_t data[4])
{
	const uint8_t read[] = {0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
				(uint8_t)address};

	die_op(die, read, sizeof(read), data, 4);
}

static void program_page(uint8_t fill)
{
	uint8_t out[4 + PAGE] = {0x02, 0, 0x10, 0};

	memset(out + 4, fill, PAGE);
	die_enable(die);
	die_op(die, out, sizeof(out), NULL, 0);
}

static void erase_sector(void)
{
	die_enable(die);
	DIE_SEND(die, 0x20, 0, 0x10, 0);
}

static void a_window_can_be_lost_or_cut(void **state)
{
	uint8_t data[4];

	(void)state;
	begin(NOR_MISHAP_LOST, 0);
	read_four(0, data);
	assert_memory_equal(data, "\xff\xff\xff\xff", 4);
	read_four(0, data);
	assert_memory_equal(data, "\x5a\x5a\x5a\x5a", 4);
	end();
	begin(NOR_MISHAP_CUT, 1);
	erase_sector();
	assert_int_equal(die->stats.erase_4k, 0);
	erase_sector();
	assert_int_equal(die->stats.erase_4k, 1);
	end();
}

static void bytes_to_it_can_be_missed_doubled_or_flipped(void **state)
{
	uint8_t data[4];

	(void)state;
	begin(NOR_MISHAP_MISSED_BYTE, 0);
	die->nor.memory[1] = 0x03;
	read_four(0x030000, data); /* 03h 00h 00h; the next byte ends the address */
	assert_memory_equal(data, "\xff\x5a\x03\x5a", 4);
	end();
	begin(NOR_MISHAP_DOUBLED_BYTE, 0);
	die->nor.memory[0x031234] = 0x77;
	read_four(0x123400, data); /* address 031234h, and the data a byte early */
	assert_memory_equal(data, "\x5a\x5a\x5a\x5a", 4);
	end();
	begin(NOR_MISHAP_FLIP_COMMAND, 0);
	assert_int_equal(die_status(die, 0x05), 0xff); /* 01h */
	assert_int_equal(die_status(die, 0x05), 0);
	end();
	begin(NOR_MISHAP_FLIP_ADDRESS, 0);
	die->nor.memory[0x20000] = 0x11;
	read_four(0, data);
	assert_memory_equal(data, "\x11\x5a\x5a\x5a", 4);
	end();
}

static void bits_of_data_and_answers_can_flip(void **state)
{
	uint8_t data[4];

	(void)state;
	begin(NOR_MISHAP_FLIP_ANSWER, 0);
	read_four(0, data);
	assert_memory_equal(data, "\x4a\x5a\x5a\x5a", 4);
	end();
	begin(NOR_MISHAP_FLIP_DATA, 1);
	memset(die->nor.memory + SECTOR, 0xff, PAGE);
	program_page(0xf0);
	assert_int_equal(die->nor.memory[SECTOR], 0xd0);
	assert_int_equal(die->nor.memory[SECTOR + 1], 0xf0);
	end();
}

static void programs_and_erases_can_stop_half_way(void **state)
{
	(void)state;
	begin(NOR_MISHAP_HALF_PROGRAM, 1);
	memset(die->nor.memory + SECTOR, 0xff, PAGE);
	program_page(0x00);
	assert_int_equal(die->nor.memory[SECTOR + PAGE / 2 - 1], 0x00);
	assert_int_equal(die->nor.memory[SECTOR + PAGE / 2], 0xff);
	end();
	begin(NOR_MISHAP_WEAK_BIT, 1);
	memset(die->nor.memory + SECTOR, 0xff, PAGE);
	program_page(0x00);
	assert_int_equal(die->nor.memory[SECTOR], 0x01);
	assert_int_equal(die->nor.memory[SECTOR + 1], 0x00);
	end();
	begin(NOR_MISHAP_HALF_ERASE, 1);
	erase_sector();
	assert_int_equal(die->nor.memory[SECTOR + SECTOR / 2 - 1], 0xff);
	assert_int_equal(die->nor.memory[SECTOR + SECTOR / 2], 0x5a);
	end();
}

static void it_can_stay_busy_for_long(void **state)
{
	(void)state;
	begin(NOR_MISHAP_STAYS_BUSY, 1);
	erase_sector();
	die->ns += UINT64_C(2900000000);
	assert_int_equal(die_status(die, 0x05) & 1, 1);
	die->ns += UINT64_C(2900000000);
	assert_int_equal(die_status(die, 0x05) & 1, 0);
	end();
}

/* An erased range may hold anything; in a page, bits to be cleared may stay; nothing else changes.
 */
static void power_that_fails_leaves_any_content_in_what_is_under_way(void **state)
{
	unsigned odd = 0;

	(void)state;
	begin(NOR_MISHAP_NONE, 0);
	erase_sector();
	nor_brown_out(&die->nor, die->ns);
	for (uint32_t i = 0; i < SECTOR; i++)
		odd += die->nor.memory[SECTOR + i] != 0xff;
	assert_in_range(odd, SECTOR / 2, SECTOR);
	assert_int_equal(die->nor.memory[SECTOR - 1], 0x5a);
	assert_int_equal(die->nor.memory[2 * SECTOR], 0x5a);
	assert_int_equal(die_status(die, 0x05), 0);
	memset(die->nor.memory + SECTOR, 0xff, PAGE);
	program_page(0x0f);
	nor_brown_out(&die->nor, die->ns);
	for (uint32_t i = 0; i < PAGE; i++)
		assert_int_equal(die->nor.memory[SECTOR + i] & 0x0f, 0x0f);
	assert_int_not_equal(die->nor.memory[SECTOR], die->nor.memory[SECTOR + 1]);
	program_page(0x0f);
	die->ns += UINT64_C(1000000000);
	nor_brown_out(&die->nor, die->ns);
	assert_int_equal(die->nor.memory[SECTOR], 0x0f);
	end();
}

static void its_state_can_change(void **state)
{
	uint8_t data[4];

	(void)state;
	begin(NOR_MISHAP_PROTECTED, 0);
	assert_int_equal(die_status(die, 0x05), die->nor.part->firmware_sr & 0xff);
	end();
	begin(NOR_MISHAP_POWER_DOWN, 0);
	read_four(0, data);
	assert_memory_equal(data, "\xff\xff\xff\xff", 4);
	DIE_SEND(die, 0xab);
	read_four(0, data);
	assert_memory_equal(data, "\x5a\x5a\x5a\x5a", 4);
	end();
	begin(NOR_MISHAP_QPI, 0);
	assert_int_equal(die_status(die, 0x05), 0xff);
	DIE_SEND(die, 0xff);
	assert_int_equal(die_status(die, 0x05), 0);
	end();
	begin(NOR_MISHAP_CONTINUOUS_READ, 0);
	assert_int_equal(die_status(die, 0x05), 0xff);
	DIE_SEND(die, 0xff, 0xff);
	assert_int_equal(die_status(die, 0x05), 0);
	end();
	begin(NOR_MISHAP_BROWN_OUT, 1);
	die_enable(die);
	assert_int_equal(die_status(die, 0x05), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_can_be_lost_or_cut),
		cmocka_unit_test(bytes_to_it_can_be_missed_doubled_or_flipped),
		cmocka_unit_test(bits_of_data_and_answers_can_flip),
		cmocka_unit_test(programs_and_erases_can_stop_half_way),
		cmocka_unit_test(it_can_stay_busy_for_long),
		cmocka_unit_test(power_that_fails_leaves_any_content_in_what_is_under_way),
		cmocka_unit_test(its_state_can_change),
	};

	return cmocka_run_group_tests_name("nor_mishaps", tests, NULL, NULL);
}
