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

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_run_that_changes_something_is_not_given_up),
		CASE(of_another_part_nothing_is_known),
	};

	return cmocka_run_group_tests_name("uart_changes", tests, NULL, NULL);
}
