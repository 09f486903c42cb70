/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bootloader's checksums: what they save, what they cost, and what is read without them. A
 * checksum sets the protection of a chip that boots from its flash, and only an erase lifts it
 * again.
 */
#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_sum.h"
#include "programmer/die/uart_unread.h"
#include "tests/programmer/die/uart_fixture.h"

static unsigned sums, erases;

static size_t count_frames(uint8_t *bytes, size_t count)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc};

	if (count > 8 && memcmp(bytes, begin, sizeof(begin)) == 0) {
		sums += bytes[3] != 0xff && bytes[4] == 0x10;
		erases += bytes[3] == 0xff && bytes[7] == 0x0f;
	}
	return count;
}

static void begin(const char *name)
{
	uart_fixture_begin(name);
	sums = erases = 0;
	uart.damages = count_frames;
}

static void assert_nothing_was_repaired(void)
{
	const struct uart_counts *counts = &uart.talk.counts;

	assert_int_equal(counts->again + counts->in_step + counts->written, 0);
}

static void assert_ends_exact(void)
{
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
}

/* Clearing bits alone: after a checksum the protection would prevent that, until an erase. */
static void behind_a_sum_a_sector_is_erased_before_bits_of_it_are_cleared(void **state)
{
	uint32_t crc;

	(void)state;
	begin("t");
	/* What is not known has to be summed first. */
	assert_int_equal(read_back(0x30000, 4 * SECTOR), TROUBLE_NONE);
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(erases, 1);
	/* Protection is still lifted. */
	assert_int_equal(clear_bits(0x30020, 32), TROUBLE_NONE);
	assert_int_equal(erases, 1);
	assert_int_equal(die_sum(uart.die, (struct range){0x40000, 0x1000}, &crc), TROUBLE_NONE);
	assert_int_equal(clear_bits(0x32020, 32), TROUBLE_NONE);
	assert_int_equal(erases, 2);
	assert_nothing_was_repaired();
	assert_ends_exact();
	assert_nothing_was_repaired();
}

static void a_sector_that_was_written_again_for_a_few_bits_is_checked_at_the_end(void **state)
{
	(void)state;
	begin("t");
	assert_int_equal(read_back(0x30000, 4 * SECTOR), TROUBLE_NONE);
	uart.stuck_at = 0x32005;
	assert_int_equal(clear_bits(0x32020, 32), TROUBLE_NONE);
	assert_int_equal(erases, 1);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NOT_WRITTEN);
	assert_int_equal(uart.notes.trouble.range.start, 0x32000);
}

/* A reset would undo the effect of a checksum; without a reset none are used. */
static void an_old_bootloader_that_nobody_can_reset_is_asked_for_none(void **state)
{
	uint32_t crc;

	(void)state;
	begin("s");
	uart.talk.relink = NULL;
	assert_int_equal(read_back(0x11000, 6 * SECTOR), TROUBLE_NONE);
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(write_sector(START + SECTOR, 2), TROUBLE_NONE);
	assert_int_equal(read_back(START, 3 * SECTOR), TROUBLE_NONE);
	assert_int_equal(die_sum(uart.die, (struct range){0x11000, 0x1000}, &crc), TROUBLE_NONE);
	assert_int_equal(sums, 0);
	assert_nothing_was_repaired();
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
}

/* A request for another address may have hit it. */
static void what_was_not_written_is_told_though_something_else_was_read(void **state)
{
	(void)state;
	begin("n");
	uart.stuck_at = START + 17;
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(write_sector(START + 4 * SECTOR, 2), TROUBLE_NONE);
	assert_int_equal(read_back(START + 4 * SECTOR, SECTOR), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NOT_WRITTEN);
	assert_int_equal(uart.notes.trouble.range.start, START);
}

/* One checksum for all of it, and those of single sectors only if it differs. */
static void what_was_written_is_proved_by_one_sum_if_it_is_right(void **state)
{
	(void)state;
	begin("n");
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(write_sector(START + i * SECTOR, (uint8_t)i), TROUBLE_NONE);
	sums = 0;
	assert_ends_exact();
	assert_int_equal(sums, 1);
	assert_int_equal(read_back(START, 8 * SECTOR), TROUBLE_NONE);
	assert_int_equal(sums, 2);
	/* And two sectors are changed without the driver's knowledge. */
	uart.sim->nor.memory[START + 2 * SECTOR] ^= 1;
	uart.sim->nor.memory[START + 5 * SECTOR + 4095] ^= 0x80;
	sums = 0;
	assert_int_equal(read_back(START, 8 * SECTOR), TROUBLE_NONE);
	assert_in_range(sums, 9, 20);
	assert_nothing_was_repaired();
}

/* --- several --- */

#define SEVERAL 8

static const struct range *several(void)
{
	static struct range ranges[SEVERAL];

	for (uint32_t i = 0; i < SEVERAL; i++)
		ranges[i] = (struct range){START + i * 3 * SECTOR, i % 2 ? SECTOR : 0x300};
	return ranges;
}

static bool is_right(struct range range, uint32_t crc)
{
	return crc == uart_crc32(0, before + range.start, range.length);
}

static void several_sums_are_asked_for_ahead_of_their_answers(void **state)
{
	const struct range *ranges = several();
	uint32_t crc[SEVERAL], one;
	uint64_t start, each, ahead;
	bool all;

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		begin(loaders[i]);
		start = sim_wire_us(uart.sim);
		for (size_t k = 0; k < SEVERAL; k++)
			assert_int_equal(uart_sum(uart_die_of(uart.die), ranges[k], &one),
					 TROUBLE_NONE);
		each = sim_wire_us(uart.sim) - start;
		start = sim_wire_us(uart.sim);
		assert_int_equal(uart_sum_each(uart_die_of(uart.die), ranges, SEVERAL, crc, &all),
				 TROUBLE_NONE);
		ahead = sim_wire_us(uart.sim) - start;
		assert_true(all);
		for (size_t k = 0; k < SEVERAL; k++)
			assert_true(is_right(ranges[k], crc[k]));
		/* The latency of the others is saved. */
		assert_true(ahead + (SEVERAL - 2) * 1000 < each);
	}
}

static unsigned loses, frames;
static size_t loses_byte;

static size_t lose_of_a_sum(uint8_t *bytes, size_t count)
{
	if (count != 13 || bytes[4] != 0x10 || ++frames != loses)
		return count;
	memmove(bytes + loses_byte, bytes + loses_byte + 1, count - loses_byte - 1);
	return count - 1;
}

/*
 * An answer does not tell which one it is for. What lost a byte of its range is answered, too: it
 * ends before it begins.
 */
static void where_one_was_damaged_no_sum_is_taken_for_another(void **state)
{
	const struct range *ranges = several();
	uint32_t crc[SEVERAL], one;
	unsigned missed = 0;
	bool all;

	(void)state;
	for (size_t i = 0; i < LOADERS; i++)
		for (loses = 1; loses <= SEVERAL; loses += 3)
			for (loses_byte = 0; loses_byte < 13; loses_byte++) {
				begin(loaders[i]);
				uart.damages = lose_of_a_sum;
				frames = 0;
				assert_int_equal(uart_sum_each(uart_die_of(uart.die), ranges,
							       SEVERAL, crc, &all),
						 TROUBLE_NONE);
				assert_true(frames >= loses);
				for (unsigned k = 0; all && k < SEVERAL; k++)
					assert_true(k + 1 == loses || is_right(ranges[k], crc[k]));
				missed += !all;
				assert_int_equal(uart.talk.counts.again, !all);
				assert_int_equal(uart_sum(uart_die_of(uart.die), ranges[1], &one),
						 TROUBLE_NONE);
				assert_true(is_right(ranges[1], one));
			}
	assert_true(missed > 0);
}

static size_t lose_the_first(uint8_t *bytes, size_t count)
{
	if (count == 13 && bytes[3] == 9 && bytes[4] == 0x10 && loses) {
		loses = 0;
		bytes[0] = 0;
	}
	return count_frames(bytes, count);
}

/* Two sectors have to be blank, and the first one is not: the sum of the other one is no proof. */
static void where_a_request_was_lost_no_other_sum_proves_that_sector(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		begin(loaders[i]);
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		uart_die_of(uart.die)->careful = true;
		for (uint32_t at = START; at < START + 2 * SECTOR; at += SECTOR) {
			struct die_op erase = {.kind = DIE_ERASE, .address = at};

			assert_int_equal(die_run(uart.die, &erase, 1), TROUBLE_NONE);
			memset(wanted + at, 0xff, SECTOR);
		}
		uart.sim->nor.memory[START + 9] = 0;
		loses = 1;
		uart.damages = lose_the_first;
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		assert_ends_exact();
		assert_int_equal(uart.talk.counts.written, 1);
	}
}

/* --- what was proved --- */

static void begin_on_a_bad_line(const char *name)
{
	begin(name);
	assert_int_equal(read_back(0x60000, 4 * SECTOR), TROUBLE_NONE);
	uart.talk.counts.again++;
	/* Nor is what was never read of interest here. */
	uart_die_of(uart.die)->unread.summed = true;
}

/* By a reading after all that was damaged; what was proved before that is in doubt. */
static void at_the_end_nothing_is_proved_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		unsigned old;

		begin_on_a_bad_line(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
		uart.sim->nor.memory[0x62000] ^= 0x11;
		sums = 0;
		assert_ends_exact();
		assert_true(sums > 0);
		assert_int_equal(uart.talk.counts.written, 1);

		begin_on_a_bad_line(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
		assert_int_equal(read_back(0x60000, 4 * SECTOR), TROUBLE_NONE);
		sums = 0;
		old = uart.talk.counts.written;
		assert_ends_exact();
		assert_int_equal(sums, is_rom(loaders[i]) ? 0 : 1); /* its own area's */
		assert_int_equal(uart.talk.counts.written, old);
	}
}

static size_t disturb(uint8_t *bytes, size_t count)
{
	if (count == 13 && bytes[4] == 0x10 && loses) {
		loses = 0;
		uart.talk.counts.again++;
	}
	return count_frames(bytes, count);
}

/* A command that was damaged during a proof may have hit what was proved by it. */
static void what_was_damaged_during_a_proof_puts_that_in_doubt(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		begin_on_a_bad_line(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
		loses = 1;
		uart.damages = disturb;
		assert_int_equal(read_back(0x60000, 4 * SECTOR), TROUBLE_NONE);
		assert_int_equal(loses, 0);
		uart.sim->nor.memory[0x62000] ^= 0x11;
		assert_ends_exact();
		assert_int_equal(uart.talk.counts.written, 1);
	}
}

/* A sum of each sector would cost more than it tells: what is written there is proved with it. */
static void on_a_bad_line_a_rom_too_is_believed_that_it_erased(void **state)
{
	(void)state;
	begin("n");
	assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
	uart.talk.counts.again++;
	for (uint32_t i = 0; i < 2; i++) {
		struct die_op erase = {.kind = DIE_ERASE, .address = START + i * SECTOR};

		assert_int_equal(die_run(uart.die, &erase, 1), TROUBLE_NONE);
		memset(wanted + erase.address, 0xff, SECTOR);
		sums = 0;
		assert_int_equal(read_back(START + i * SECTOR, SECTOR), TROUBLE_NONE);
		assert_true(i ? sums == 0 : sums > 0);
	}
	uart.sim->nor.memory[START + SECTOR + 9] = 0;
	assert_ends_exact();
	assert_int_equal(uart.talk.counts.written, 1);
}

/* After a reset it is as it was before: locked, or not. */
static void a_reset_between_does_not_confuse_it(void **state)
{
	static const char *const bl[] = {"t", "s"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl); i++) {
		uint32_t crc;

		begin(bl[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(die_sum(uart.die, (struct range){START, SECTOR}, &crc),
				 TROUBLE_NONE);
		assert_int_equal(talk_lost(&uart.talk), TROUBLE_NONE);
		assert_int_equal(write_sector(START + SECTOR, 2), TROUBLE_NONE);
		assert_int_equal(talk_lost(&uart.talk), TROUBLE_NONE);
		assert_int_equal(clear_bits(0x30020, 32), TROUBLE_NONE);
		assert_nothing_was_repaired();
		assert_ends_exact();
	}
}

/* A verification asks once for each block: not for all that was sent before, and then again. */
static void what_is_read_after_it_was_written_is_proved_by_one_sum(void **state)
{
	(void)state;
	for (size_t k = 0; k < LOADERS; k++) {
		begin(loaders[k]);
		for (uint32_t i = 0; i < 20; i++)
			assert_int_equal(write_sector(START + i * SECTOR, (uint8_t)i),
					 TROUBLE_NONE);
		sums = 0;
		assert_int_equal(read_back(START, 16 * SECTOR), TROUBLE_NONE);
		assert_int_equal(sums, 1);
		assert_int_equal(read_back(START + 16 * SECTOR, 4 * SECTOR), TROUBLE_NONE);
		assert_int_equal(sums, 2);
		assert_nothing_was_repaired();
		assert_ends_exact();
		uart_fixture_end();
	}
}

/* And one that proves all of a block proves what was known of it. */
static void what_is_read_is_proved_with_what_was_known_around_it(void **state)
{
	(void)state;
	begin("n");
	assert_int_equal(read_back(START + 3 * SECTOR, SECTOR), TROUBLE_NONE);
	assert_int_equal(read_back(START + 9 * SECTOR, SECTOR), TROUBLE_NONE);
	sums = 0;
	assert_int_equal(read_back(START, 16 * SECTOR), TROUBLE_NONE);
	assert_int_equal(sums, 1);
	/* Somebody changes what was known. */
	uart.sim->nor.memory[0x30000 + 2 * SECTOR] ^= 1;
	assert_int_equal(read_back(0x30000, 3 * SECTOR), TROUBLE_NONE);
	uart.sim->nor.memory[0x30000 + 2 * SECTOR] ^= 1;
	assert_int_equal(read_back(0x30000, 16 * SECTOR), TROUBLE_NONE);
	assert_nothing_was_repaired();
}

static void what_was_read_written_or_expected_counts_as_known(void **state)
{
	const struct range range = {START, 16 * SECTOR};
	static uint8_t guess[2 * SECTOR];

	(void)state;
	begin("n");
	assert_int_equal(die_known(uart.die, range), 0);
	assert_int_equal(read_back(START + SECTOR, 2 * SECTOR), TROUBLE_NONE);
	assert_int_equal(die_known(uart.die, range), 2 * SECTOR);
	assert_int_equal(write_sector(START + 4 * SECTOR, 1), TROUBLE_NONE);
	assert_int_equal(die_known(uart.die, range), 3 * SECTOR);
	die_expect(uart.die, (struct range){START + 6 * SECTOR, sizeof(guess)}, guess);
	assert_int_equal(die_known(uart.die, range), 5 * SECTOR);
	assert_int_equal(die_known(uart.die, (struct range){START + 2 * SECTOR + 100, SECTOR}),
			 SECTOR - 100);
}

/* No damage makes it out of another one. */
static void a_sum_of_what_is_unread_is_asked_for_once_if_it_is_as_expected(void **state)
{
	(void)state;
	begin("n");
	die_expect(uart.die, (struct range){START, SECTOR}, before + START);
	uart_die_of(uart.die)->careful = true;
	assert_int_equal(uart_sum_unread(uart_die_of(uart.die)), TROUBLE_NONE);
	assert_int_equal(sums, 2 * (USED / SECTOR - 1) + 1 + (0x200000 - USED) / SECTOR);
}

/* A block, the first time and again. */
static void what_a_reading_costs_is_what_it_takes(void **state)
{
	(void)state;
	for (size_t k = 0; k < LOADERS; k++) {
		const struct die_cost *cost;
		uint64_t began, read_us, known_us;

		begin(loaders[k]);
		cost = &uart.die->caps.cost;
		began = uart.sim->ns;
		assert_int_equal(read_back(START, 0x10000), TROUBLE_NONE);
		read_us = (uart.sim->ns - began) / 1000;
		began = uart.sim->ns;
		assert_int_equal(read_back(START, 0x10000), TROUBLE_NONE);
		known_us = (uart.sim->ns - began) / 1000;
		assert_in_range(cost->ns_per_byte * UINT64_C(65536) / 1000, read_us * 9 / 10,
				read_us * 11 / 10);
		assert_in_range(cost->ns_per_known_byte * UINT64_C(65536) / 1000, known_us * 9 / 10,
				known_us * 11 / 10);
		uart_fixture_end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			behind_a_sum_a_sector_is_erased_before_bits_of_it_are_cleared,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(
			a_sector_that_was_written_again_for_a_few_bits_is_checked_at_the_end,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(an_old_bootloader_that_nobody_can_reset_is_asked_for_none,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(
			what_was_not_written_is_told_though_something_else_was_read,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(what_was_written_is_proved_by_one_sum_if_it_is_right,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_is_read_after_it_was_written_is_proved_by_one_sum,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_is_read_is_proved_with_what_was_known_around_it,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_was_read_written_or_expected_counts_as_known,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(
			a_sum_of_what_is_unread_is_asked_for_once_if_it_is_as_expected,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(what_a_reading_costs_is_what_it_takes,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(several_sums_are_asked_for_ahead_of_their_answers,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(where_one_was_damaged_no_sum_is_taken_for_another,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(where_a_request_was_lost_no_other_sum_proves_that_sector,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(at_the_end_nothing_is_proved_twice,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_was_damaged_during_a_proof_puts_that_in_doubt,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(on_a_bad_line_a_rom_too_is_believed_that_it_erased,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_reset_between_does_not_confuse_it,
					  uart_fixture_teardown),
	};

	return cmocka_run_group_tests_name("uart_sums", tests, NULL, NULL);
}
