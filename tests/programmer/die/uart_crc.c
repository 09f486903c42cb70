/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sum of a sector tells of one that came damaged, and when that is not believed. */
#include "programmer/die/uart_crc.h"
#include "tests/programmer/die/uart_fixture.h"

static uint8_t right[SECTOR], came[SECTOR];

/* Of @values different bytes: the fewer, the more often two neighbours are equal. */
static uint32_t fill(unsigned values, uint32_t seed)
{
	for (size_t i = 0; i < SECTOR; i++) {
		seed = seed * 1664525 + 1013904223;
		right[i] = (uint8_t)((seed >> 24) % values);
	}
	memcpy(came, right, SECTOR);
	return uart_crc32(0, right, SECTOR);
}

static void twice(size_t at)
{
	memmove(came + at + 1, came + at, SECTOR - 1 - at);
}

/* The line carries them without the final inversion, and little endian. */
static void checksums_are_those_of_published_bootloaders(void **state)
{
	static const struct {
		size_t count;
		uint8_t value, step;
		uint32_t on_the_line;
	} rows[] = {
		{256, 0xff, 0, 0x015757de},	 {4096, 0xff, 0, 0x0eab98f5},
		{0x10000, 0xff, 0, 0x215481b1},	 {0x200000, 0xff, 0, 0x65bef61a},
		{0x400000, 0xff, 0, 0x82a4968a}, {4096, 0x00, 0, 0x38e3ffee},
		{4096, 0x00, 1, 0x5d6edf7d},	 {257, 0xff, 0, 0x4c684709},
		{0, 0, 0, 0xffffffff},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t value = rows[i].value;
		uint32_t crc = 0;

		for (size_t k = 0; k < rows[i].count; k++, value = (uint8_t)(value + rows[i].step))
			crc = uart_crc32(crc, &value, 1);
		assert_int_equal(~crc, rows[i].on_the_line);
	}
}

static void a_bit_is_found_wherever_it_was_flipped(void **state)
{
	uint32_t crc = fill(256, 1);
	size_t at;
	bool lost;

	(void)state;
	for (size_t bit = 0; bit < 8 * SECTOR; bit += bit < 64 || bit > 8 * SECTOR - 64 ? 1 : 101) {
		memcpy(came, right, SECTOR);
		came[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(uart_crc_tells_bit(came, crc, &at));
		assert_int_equal(at, bit);
		assert_true(uart_crc_mends(came, crc, &at, &lost));
		assert_int_equal(at, bit / 8);
		assert_memory_equal(came, right, SECTOR);
	}
}

static void a_byte_that_came_twice_is_found_and_the_one_that_found_no_room(void **state)
{
	static const unsigned values[] = {1, 3, 256};
	size_t at;
	bool lost;

	(void)state;
	for (size_t v = 0; v < COUNT_OF(values); v++)
		for (size_t i = 0; i < SECTOR - 1; i += i < 8 || i > SECTOR - 8 ? 1 : 211) {
			uint32_t crc = fill(values[v], (uint32_t)i);

			twice(i);
			if (memcmp(came, right, SECTOR) == 0)
				continue;
			assert_true(uart_crc_mends(came, crc, &at, &lost));
			assert_true(at <= i);
			assert_memory_equal(came, right, SECTOR);
		}
}

/* In its place at the end anything may have come. */
static void a_byte_that_is_missing_is_found(void **state)
{
	static const unsigned values[] = {1, 3, 256};
	size_t at;
	bool lost;

	(void)state;
	for (size_t v = 0; v < COUNT_OF(values); v++)
		for (size_t i = 0; i < SECTOR; i += i < 8 || i > SECTOR - 8 ? 1 : 211) {
			uint32_t crc = fill(values[v], (uint32_t)i);

			memmove(came + i, came + i + 1, SECTOR - 1 - i);
			came[SECTOR - 1] = (uint8_t)(right[SECTOR - 1] ^ 0x81);
			assert_true(uart_crc_mends(came, crc, &at, &lost));
			assert_memory_equal(came, right, SECTOR);
			assert_true(at < SECTOR);
			assert_true(lost || v < 2);
		}
}

static void what_has_the_sum_or_is_damaged_twice_is_not_mended(void **state)
{
	uint32_t crc = fill(256, 5);
	size_t at;
	bool lost;

	(void)state;
	assert_false(uart_crc_tells_bit(came, crc, &at));
	assert_false(uart_crc_mends(came, crc, &at, &lost));
	for (size_t i = 0; i < 50; i++) {
		memcpy(came, right, SECTOR);
		came[i] ^= 0x10;
		came[4000 - 7 * i] ^= 0x01;
		assert_false(uart_crc_tells_bit(came, crc, &at));
		assert_false(uart_crc_mends(came, crc, &at, &lost));
		memcpy(came, right, SECTOR);
		came[4000 - 7 * i] ^= 0x01;
		twice(i);
		assert_false(uart_crc_mends(came, crc, &at, &lost));
	}
}

/* --- of a die --- */

static unsigned reads, sums;
static struct {
	uint32_t address; /* of the sector */
	size_t byte;	  /* of it */
	bool fools;	  /* a sum is asked for: */
} flash;

/* Four bytes that change the sum of @sector as the bit does that is flipped in front of them. */
static void flip_as_much(uint8_t *sector, size_t byte, uint8_t bit, size_t at)
{
	uint32_t crc = uart_crc32(0, sector, at);

	sector[byte] ^= bit;
	crc ^= uart_crc32(0, sector, at);
	sector[byte] ^= bit;
	for (unsigned i = 0; i < 4; i++)
		sector[at + i] ^= (uint8_t)(crc >> 8 * i);
}

/*
 * The sector is another one when it is summed up than when it was read: what came of it is then as
 * if the line had damaged it.
 */
static size_t count_frames(uint8_t *bytes, size_t count)
{
	if (count == 13 && bytes[3] == 9 && bytes[4] == 0x10 && !sums++) {
		uint8_t *sector = uart.sim->nor.memory + flash.address;

		if (flash.fools)
			flip_as_much(sector, flash.byte, 0x40, 0xe00);
		else
			sector[flash.byte] ^= 0x40;
	}
	reads += count == 12 && bytes[3] == 0xff && bytes[7] == 0x09;
	return count;
}

static void read_one(const char *name, size_t byte, bool fools)
{
	uart_fixture_begin(name);
	reads = sums = 0;
	flash.address = START;
	flash.byte = byte;
	flash.fools = fools;
	uart.damages = count_frames;
	assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
}

static void a_sector_that_its_sum_puts_right_is_not_read_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		read_one(loaders[i], 0x234, false);
		assert_int_equal(reads, 1);
		assert_int_equal(sums, 5); /* its own until it is sure, in front, behind */
		assert_int_equal(uart.talk.counts.mended, 1);
		assert_int_equal(uart.talk.counts.again, 0);
	}
}

static void a_sum_that_another_damage_explains_as_well_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * LOADERS; i++) {
		size_t byte = i % 2 ? 0x234 : 0x934, at;
		bool lost;
		uint32_t sum;

		read_one(loaders[i / 2], byte, true);
		sum = uart_crc32(0, uart.sim->nor.memory + START, SECTOR);
		memcpy(came, before + START, SECTOR);
		assert_true(uart_crc_mends(came, sum, &at, &lost));
		assert_int_equal(at, byte);
		assert_int_equal(reads, 2);
		assert_int_equal(uart.talk.counts.mended, 0);
	}
}

/* What was written is there, or it is written again: a wrong bit in it is the flash's. */
static void what_was_written_is_not_put_right_here(void **state)
{
	(void)state;
	uart_fixture_begin("n");
	assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
	assert_int_equal(write_sector(START, 5), TROUBLE_NONE);
	sums = 0;
	flash.address = START;
	flash.byte = 0x234;
	flash.fools = false;
	uart.damages = count_frames;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(uart.talk.counts.mended, 0);
	assert_int_equal(uart.talk.counts.written, 1);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_are_those_of_published_bootloaders),
		cmocka_unit_test(a_bit_is_found_wherever_it_was_flipped),
		cmocka_unit_test(a_byte_that_came_twice_is_found_and_the_one_that_found_no_room),
		cmocka_unit_test(a_byte_that_is_missing_is_found),
		cmocka_unit_test(what_has_the_sum_or_is_damaged_twice_is_not_mended),
		cmocka_unit_test_teardown(a_sector_that_its_sum_puts_right_is_not_read_again,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(
			a_sum_that_another_damage_explains_as_well_is_not_believed,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(what_was_written_is_not_put_right_here,
					  uart_fixture_teardown),
	};

	return cmocka_run_group_tests_name("uart_crc", tests, NULL, NULL);
}
