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

static size_t damage(uint8_t *bytes, size_t count)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4, 0x05, 0x00, READ};

	if (due && count >= sizeof(begin) && memcmp(bytes, begin, sizeof(begin)) == 0 && !--due)
		bytes[COMMAND] ^= TO_WRITE_STATUS;
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
	struct die_registers_write write = {.count = 2, .to = 0};

	(void)state;
	begin();
	write.method = uart.die->part->sr_write;
	assert_int_equal(die_registers_read(uart.die, &write.from, &write.count), TROUBLE_NONE);
	assert_int_equal(die_registers_write(uart.die, &write), TROUBLE_NONE);
	assert_int_equal(die_registers_read(uart.die, &write.from, &write.count), TROUBLE_NONE);
	due = 1;
	assert_int_equal(die_read(uart.die, 0x9000, rx, SECTOR), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(registers(), 0);
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
		CASE(on_a_clean_line_nobody_looks),
		CASE(nobody_looks_for_a_chip_that_is_gone),
		CASE(after_an_interruption_they_are_put_back_if_the_chip_answers),
		CASE(registers_that_were_never_known_are_said_not_to_be_checked),
		CASE(what_was_written_is_checked_whatever_the_registers_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
