/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One flipped bit makes a read of the flash (09h) a write of the status registers (0Dh) to the boot
 * ROM, whose value is the address.
 */
#include "programmer/die/uart_state.h"
#include "tests/programmer/die/uart_fixture.h"

#define COMMAND 7 /* its place in a long frame */
#define READ 0x09
#define TO_WRITE_STATUS 0x04

static unsigned due; /* the read that is hit, from 1 on; 0: it was, or none is */
static unsigned asked, written; /* readings of a register; values of the last write of them */

static size_t damage(uint8_t *bytes, size_t count)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4, 0x05, 0x00, READ};

	if (count > COMMAND && memcmp(bytes, begin, 5) == 0) {
		asked += bytes[COMMAND] == 0x0c;
		if (bytes[COMMAND] == 0x0d)
			written = bytes[5] - 2;
	}
	if (due && count >= sizeof(begin) && memcmp(bytes, begin, sizeof(begin)) == 0 && !--due)
		bytes[COMMAND] ^= TO_WRITE_STATUS;
	return count;
}

/* What comes damaged: from this byte on every 13th, which is an answer's length, so often. */
static size_t blurred_at, blurs, received;

static size_t blur(uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++, received++)
		if (blurs && received >= blurred_at && (received - blurred_at) % 13 == 0)
			bytes[i] ^= (uint8_t)(0x20 + blurs--);
	return count;
}

static uint32_t registers(void)
{
	return uart.sim->nor.registers.now;
}

static void begin(void)
{
	uart_fixture_begin("n");
	uart.damages = damage;
	uart.blurs = blur;
	asked = written = 0;
	received = blurs = 0;
}

static void a_read_that_became_a_write_of_the_registers_is_undone_and_said(void **state)
{
	uint32_t was;

	(void)state;
	begin();
	was = registers();
	due = 2;
	assert_int_equal(read_back(0x8000, 4 * SECTOR), TROUBLE_NONE);
	assert_int_equal(due, 0);
	assert_int_not_equal(registers(), was);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(registers(), was);
	assert_mentions(&uart.notes, "the status registers had changed from");
	assert_mentions(&uart.notes, "they were put back");
}

static void registers_that_cannot_be_put_back_are_a_failure(void **state)
{
	(void)state;
	begin();
	due = 1;
	/* 0x0C00 would lock the die's security registers for good. */
	assert_int_equal(die_read(uart.die, 0xc0000, rx, SECTOR), TROUBLE_NONE);
	uart.sim->nor.registers.now |= 0x0400;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_STAYS_PROTECTED);
	assert_mentions(&uart.notes, "they are 0x");
}

static void what_was_written_on_purpose_is_what_they_were(void **state)
{
	struct die_registers_write write = {.count = 2, .to = 0x021c};

	(void)state;
	begin();
	write.method = uart.die->part->sr_write;
	assert_int_equal(die_registers_read(uart.die, &write.from, &write.count), TROUBLE_NONE);
	assert_int_equal(die_registers_write(uart.die, &write), TROUBLE_NONE);
	assert_int_equal(die_registers_read(uart.die, &write.from, &write.count), TROUBLE_NONE);
	due = 1;
	assert_int_equal(die_read(uart.die, 0x9000, rx, SECTOR), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(registers(), 0x021c);
}

static void one_damaged_reading_of_them_does_not_count(void **state)
{
	uint32_t sr;
	unsigned count;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		begin();
		uart.sim->nor.registers.now = 0x021c;
		blurs = i > 0;
		blurred_at = 12 + 13 * (i - 1); /* the value, of either register, each time */
		assert_int_equal(die_registers_read(uart.die, &sr, &count), TROUBLE_NONE);
		assert_int_equal(sr, 0x021c);
		assert_int_equal(count, 2);
		assert_int_equal(asked, i ? 8 : 4);
	}
}

static void registers_that_never_read_twice_the_same_are_unsteady(void **state)
{
	uint32_t sr;
	unsigned count;

	(void)state;
	begin();
	blurs = 100;
	blurred_at = 12;
	assert_int_equal(die_registers_read(uart.die, &sr, &count), TROUBLE_UNSTEADY_READ);
	assert_int_equal(asked, 12);
}

/* After a damaged answer, too: the next reading shows whether they took it. */
static void a_write_whose_answer_is_damaged_leaves_the_line_in_step(void **state)
{
	struct die_registers_write write = {.count = 2, .to = 0x021c};
	uint32_t sr;
	unsigned count;

	(void)state;
	begin();
	write.method = uart.die->part->sr_write;
	blurs = 1;
	blurred_at = 9; /* the command that is answered */
	assert_int_equal(die_registers_write(uart.die, &write), TROUBLE_NONE);
	assert_int_equal(uart.talk.counts.in_step, 1);
	assert_int_equal(die_registers_read(uart.die, &sr, &count), TROUBLE_NONE);
	assert_int_equal(sr, 0x021c);
}

/* The ROM has 01h with one byte or with two; and where one byte clears SR2, only the latter. */
static void registers_that_it_does_not_reach_alone_stay(void **state)
{
	static const struct {
		enum chipdb_sr_write method;
		unsigned count;
		uint32_t to;
		bool clears;
		unsigned written; /* 0: NO_REGISTERS */
	} rows[] = {
		{CHIPDB_SR_JOINT, 2, 0x001c, true, 2},	 {CHIPDB_SR_JOINT, 2, 0x021c, true, 2},
		{CHIPDB_SR_JOINT, 1, 0x001c, true, 1},	 {CHIPDB_SR_JOINT, 1, 0x021c, true, 0},
		{CHIPDB_SR_JOINT, 3, 0x10000, false, 0}, {CHIPDB_SR_SPLIT, 2, 0x001c, false, 1},
		{CHIPDB_SR_SPLIT, 2, 0x001c, true, 0},	 {CHIPDB_SR_SPLIT, 2, 0x0200, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct die_registers_write write = {
			.method = rows[i].method, .count = rows[i].count, .to = rows[i].to};
		struct chipdb_part part;

		begin();
		part = *uart.die->part;
		part.one_byte_01_clears_sr2 = rows[i].clears;
		uart.die->part = &part;
		assert_int_equal(die_registers_write(uart.die, &write),
				 rows[i].written ? TROUBLE_NONE : TROUBLE_NO_REGISTERS);
		assert_int_equal(written, rows[i].written);
		assert_int_equal(registers(), rows[i].written ? rows[i].to : 0);
	}
}

/* Whatever was repaired, they are looked at, and stay if they are right. */
static void registers_that_are_as_they_were_are_not_written(void **state)
{
	static const struct uart_counts repairs[] = {
		{.again = 1}, {.in_step = 1}, {.relinks = 1}, {.written = 1}, {.mended = 1}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(repairs); i++) {
		begin();
		uart.talk.counts = repairs[i];
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_int_equal(asked, 4);
		assert_int_equal(written, 0);
		assert_int_equal(uart.notes.warnings, 0);
	}
}

static void on_a_clean_line_nobody_looks(void **state)
{
	unsigned calls;

	(void)state;
	begin();
	assert_int_equal(read_back(0x8000, SECTOR), TROUBLE_NONE);
	calls = uart.sim->calls;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(uart.sim->calls, calls);
}

/* relink() waits for a person; once is enough. */
static void nobody_looks_for_a_chip_that_is_gone(void **state)
{
	unsigned calls;

	(void)state;
	begin();
	uart.talk.counts.again++;
	uart.talk.gone = true;
	calls = uart.sim->calls;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(uart.sim->calls, calls);
	assert_mentions(&uart.notes, "status registers was not checked: the work was not");
}

static bool always(void *data)
{
	(void)data;
	return true;
}

static void after_an_interruption_they_are_put_back_if_the_chip_answers(void **state)
{
	uint32_t was;

	(void)state;
	begin();
	was = registers();
	due = 2;
	assert_int_equal(read_back(0x8000, 4 * SECTOR), TROUBLE_NONE);
	assert_int_not_equal(registers(), was);
	uart.notes.observer.cancelled = always;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(registers(), was);
	assert_mentions(&uart.notes, "they were put back");
}

static void registers_that_were_never_known_are_said_not_to_be_checked(void **state)
{
	(void)state;
	begin();
	uart.talk.counts.again++;
	uart_die_of(uart.die)->register_count = 0;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_mentions(&uart.notes, "status registers was not checked: what these were");
}

/* A failure of theirs does not keep what was written from being checked, and put right. */
static void what_was_written_is_checked_whatever_the_registers_are(void **state)
{
	(void)state;
	begin();
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	uart.sim->nor.memory[START] ^= 0x81;
	uart.talk.counts.again++;
	uart.sim->nor.registers.now |= 0x0400;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_STAYS_PROTECTED);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_read_that_became_a_write_of_the_registers_is_undone_and_said),
		CASE(registers_that_cannot_be_put_back_are_a_failure),
		CASE(what_was_written_on_purpose_is_what_they_were),
		CASE(one_damaged_reading_of_them_does_not_count),
		CASE(registers_that_never_read_twice_the_same_are_unsteady),
		CASE(a_write_whose_answer_is_damaged_leaves_the_line_in_step),
		CASE(registers_that_it_does_not_reach_alone_stay),
		CASE(registers_that_are_as_they_were_are_not_written),
		CASE(on_a_clean_line_nobody_looks),
		CASE(nobody_looks_for_a_chip_that_is_gone),
		CASE(after_an_interruption_they_are_put_back_if_the_chip_answers),
		CASE(registers_that_were_never_known_are_said_not_to_be_checked),
		CASE(what_was_written_is_checked_whatever_the_registers_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
