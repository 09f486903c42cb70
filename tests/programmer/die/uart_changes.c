/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs that change a die behind a bootloader, and what is known of it then. */
#include "programmer/die/uart_state.h"
#include "tests/programmer/die/uart_fixture.h"

static bool always(void *data)
{
	(void)data;
	return true;
}

/* Half of a change is worse than none. What it needs is read to the end. */
static void a_run_that_changes_something_is_not_given_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		uart.notes.observer.cancelled = always;
		assert_int_equal(die_read(uart.die, START, rx, SECTOR), TROUBLE_INTERRUPTED);
		assert_int_equal(clear_bits(0x30010, 7), TROUBLE_NONE);
		assert_int_equal(die_read(uart.die, START, rx, SECTOR), TROUBLE_INTERRUPTED);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

static void of_another_part_nothing_is_known(void **state)
{
	const struct range range = {START, 2 * SECTOR};

	(void)state;
	uart_fixture_begin("t");
	assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
	assert_int_equal(die_known(uart.die, range), range.length);
	die_take_part(uart.die, chipdb_part_by_name("W25Q32"));
	assert_int_equal(die_known(uart.die, range), 0);
}

/* The rest of a sector is what is there, whatever was expected. */
static void what_was_expected_is_not_written_back(void **state)
{
	static const uint8_t other[SECTOR];
	uint32_t crc;

	(void)state;
	for (size_t i = 0; i < 2 * LOADERS; i++) {
		uart_fixture_begin(loaders[i / 2]);
		die_expect(uart.die, (struct range){START, SECTOR}, i % 2 ? other : before + START);
		assert_int_equal(die_sum(uart.die, (struct range){0x40000, SECTOR}, &crc),
				 TROUBLE_NONE);
		assert_int_equal(clear_bits(START + 0x10, 7), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

/* Of a chip with a boot ROM, the first sector is one like all others. */
static void what_is_not_there_at_the_end_is_written_again(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < USED; at += USED - SECTOR) {
		uart_fixture_begin("n");
		assert_int_equal(write_sector(at, 1), TROUBLE_NONE);
		uart.sim->nor.memory[at + 5] ^= 0x81;
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_int_equal(uart.talk.counts.written, 1);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

/* Not what was there before. */
static void what_a_damaged_change_has_hit_is_put_right_before_it_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		uart_die_of(uart.die)->lost_changes++;
		uart_die_of(uart.die)->has_changed = true;
		memset(uart.sim->nor.memory + START, 0xff, SECTOR);
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		assert_memory_equal(rx + START, before + START, 2 * SECTOR);
	}
}

/* In two blocks, and in the first sector. */
static const uint32_t stuck[] = {17, START + 17};

static size_t stick(uint8_t *bytes, size_t count)
{
	(void)bytes;
	for (size_t i = 0; i < COUNT_OF(stuck); i++)
		uart.sim->nor.memory[stuck[i]] = 0x5a;
	return count;
}

static void write_stuck(void)
{
	uart_fixture_begin("n");
	uart.damages = stick;
	for (size_t i = 0; i < COUNT_OF(stuck); i++)
		assert_int_equal(write_sector(stuck[i] - 17, (uint8_t)i), TROUBLE_NONE);
}

static void expect_not_written(uint32_t start, uint32_t end)
{
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NOT_WRITTEN);
	assert_int_equal(uart.notes.trouble.range.start, start);
	assert_int_equal(range_end(uart.notes.trouble.range), end);
}

/* By who has written them, or by the end. */
static void of_cells_that_do_not_take_it_each_is_read_or_told(void **state)
{
	(void)state;
	write_stuck();
	expect_not_written(0, START + SECTOR);
	write_stuck();
	assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
	expect_not_written(0, START);
	write_stuck();
	assert_int_equal(read_back(0, SECTOR), TROUBLE_NONE);
	expect_not_written(SECTOR, START + SECTOR);
	write_stuck();
	assert_int_equal(read_back(0x10000, SECTOR), TROUBLE_NONE);
	expect_not_written(0, START + SECTOR);
	write_stuck();
	for (uint32_t at = 0; at <= START; at += 0x10000)
		assert_int_equal(read_back(at, 0x10000), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
}

/* --- a bit that was not programmed --- */

static unsigned erases;
static uint8_t lacks;  /* bits that are to be 0, and are not sent so */
static uint8_t clears; /* bits that are to be 1, of the other sector */

/* If this piece has the byte. */
static uint8_t *byte_at(uint8_t *bytes, size_t count, uint32_t at)
{
	uint32_t address = uart_number(bytes + 8);

	return at >= address && at - address < count - 12 ? bytes + 12 + (at - address) : NULL;
}

/* The first time that they are written. */
static size_t spoil(uint8_t *bytes, size_t count)
{
	static const uint8_t head[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};
	uint8_t *byte;

	if (count < 13 || memcmp(bytes, head, sizeof(head)) != 0)
		return count;
	erases += bytes[7] == 0x0f;
	if (bytes[7] != 0x06)
		return count;
	byte = byte_at(bytes, count, START + 40);
	if (byte) {
		*byte |= lacks;
		lacks = 0;
	}
	byte = byte_at(bytes, count, START + SECTOR + 40);
	if (byte) {
		*byte &= (uint8_t)~clears;
		clears = 0;
	}
	return count;
}

static void write_two(const char *name, uint8_t lacking, uint8_t cleared)
{
	uart_fixture_begin(name);
	assert_int_equal(read_back(0x11000, USED - 0x11000), TROUBLE_NONE);
	uart_die_of(uart.die)->careful = true;
	uart.damages = spoil;
	erases = 0;
	lacks = lacking;
	clears = cleared;
	assert_int_equal(write_sector(START, 0), TROUBLE_NONE);
	assert_int_equal(write_sector(START + SECTOR, 0), TROUBLE_NONE);
}

/* 40 * 31 ends with 0xd8. On a BL chip only an erase lets it be programmed: of itself, or of
 * another. */
static void a_bit_that_was_not_programmed_needs_no_erase(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		write_two(loaders[i], 0x20, 0);
		assert_int_equal(erases, 2);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_int_equal(erases, is_rom(loaders[i]) ? 2 : 3);
		assert_int_equal(uart.talk.counts.mended, is_rom(loaders[i]) ? 1 : 0);

		write_two(loaders[i], 0x20, 0x40);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_int_equal(erases, 3);
		assert_int_equal(uart.talk.counts.mended, 1);
		assert_int_equal(uart.talk.counts.written, 1);
	}
}

/* One that was programmed and should not be, and two of them. */
static void any_other_difference_needs_one(void **state)
{
	(void)state;
	write_two("n", 0x24, 0x40);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	assert_int_equal(uart.talk.counts.written, 2);
	assert_int_equal(uart.talk.counts.mended, 0);
}

static size_t keep_a_bit(uint8_t *bytes, size_t count)
{
	uart.sim->nor.memory[START + 40] |= 0x20;
	return spoil(bytes, count);
}

static void one_that_cannot_be_programmed_is_erased_too_and_then_told(void **state)
{
	(void)state;
	write_two("n", 0x20, 0);
	uart.damages = keep_a_bit;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NOT_WRITTEN);
	assert_int_equal(uart.notes.trouble.range.start, START);
	assert_true(uart.talk.counts.written > 3);
}

/* A chip that only a person can reset gets no pieces, of which a lost byte would need that. */
static void who_cannot_be_reset_gets_no_piece(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS - 1; i++) {
		uart_fixture_begin(loaders[i]);
		uart.talk.relinks_soon = false;
		assert_int_equal(write_sector(START, 0), TROUBLE_NONE);
		assert_int_equal(write_sector(START + SECTOR, 0), TROUBLE_NONE);
		uart.sim->nor.memory[START + 40] |= 0x20;
		uart.sim->nor.memory[START + SECTOR + 40] &= 0xbf;
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_int_equal(uart.talk.counts.written, 2);
		assert_int_equal(uart.talk.counts.mended, 0);
	}
}

static bool drops;

/* The last byte of the first answer to a Write4K. */
static size_t drop_answer(uint8_t *bytes, size_t count)
{
	if (!drops || count < 15 || bytes[2] != 0xff || bytes[9] != 0x07)
		return count;
	drops = false;
	return count - 1;
}

/* A write that is not answered may have gone on over what is behind it: that is asked for first. */
static void what_is_only_in_doubt_is_not_erased(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS - 1; i++) {
		uart_fixture_begin(loaders[i]);
		uart.talk.relinks_soon = false;
		assert_int_equal(read_back(0x11000, USED - 0x11000), TROUBLE_NONE);
		assert_int_equal(write_sector(START, 0), TROUBLE_NONE);
		assert_int_equal(write_sector(START + SECTOR, 0), TROUBLE_NONE);
		uart.sim->nor.memory[START + 40] &= 0xbf;
		drops = true;
		uart.blurs = drop_answer;
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_false(drops);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_in_range(uart.talk.counts.written, 1, 2);
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_run_that_changes_something_is_not_given_up),
		CASE(what_was_expected_is_not_written_back),
		CASE(what_is_not_there_at_the_end_is_written_again),
		CASE(what_a_damaged_change_has_hit_is_put_right_before_it_is_read),
		CASE(of_cells_that_do_not_take_it_each_is_read_or_told),
		CASE(a_bit_that_was_not_programmed_needs_no_erase),
		CASE(who_cannot_be_reset_gets_no_piece),
		CASE(what_is_only_in_doubt_is_not_erased),
		CASE(any_other_difference_needs_one),
		CASE(one_that_cannot_be_programmed_is_erased_too_and_then_told),
		CASE(of_another_part_nothing_is_known),
	};

	return cmocka_run_group_tests_name("uart_changes", tests, NULL, NULL);
}
