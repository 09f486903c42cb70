/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a die behind a bootloader, on lines that let little through. */
#include "programmer/die/uart_state.h"
#include "tests/programmer/die/uart_fixture.h"

static bool passes; /* the next request for a sector, and no other until the line is in step */
static bool first_only;
static size_t blurred_at, received; /* this byte arrives damaged, once */

/* Requests for sectors are damaged so that they are none. */
static size_t refuse(uint8_t *bytes, size_t count)
{
	static const uint8_t read[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4, 0x05, 0x00, 0x09},
			     link[] = {0x01, 0xe0, 0xfc, 0x01, 0x00};

	if (count == sizeof(link) && memcmp(bytes, link, sizeof(link)) == 0)
		passes = first_only;
	if (count < sizeof(read) || memcmp(bytes, read, sizeof(read)) != 0)
		return count;
	if (!passes)
		bytes[0] = 0;
	passes = false;
	return count;
}

static void blur(uint8_t *bytes, size_t count)
{
	if (received <= blurred_at && blurred_at - received < count)
		bytes[blurred_at - received] ^= 0x10;
	received += count;
}

static void begin(const char *name, bool lets_first)
{
	uart_fixture_begin(name);
	uart.damages = refuse;
	passes = first_only = lets_first;
	received = 0;
}

static void a_line_that_lets_one_sector_through_at_a_time_brings_them_all(void **state)
{
	(void)state;
	begin("n", true);
	assert_int_equal(read_back(START, 16 * SECTOR), TROUBLE_NONE);
	assert_int_equal(uart.talk.counts.again, 15);
}

static void a_line_that_lets_none_through_is_given_up(void **state)
{
	(void)state;
	begin("n", false);
	assert_int_equal(die_read(uart.die, START, rx, 16 * SECTOR), TROUBLE_UNSTEADY_READ);
	assert_int_equal(uart.talk.counts.again, 12);
}

/* The first reading, or the second one, of any of them. */
static void without_sums_one_damaged_sector_damages_no_other(void **state)
{
	(void)state;
	for (blurred_at = 100; blurred_at < 12 * SECTOR; blurred_at += SECTOR + 500) {
		uart_fixture_begin("s");
		uart.talk.relink = NULL;
		received = 0;
		uart.blurs = blur;
		assert_int_equal(read_back(START, 6 * SECTOR), TROUBLE_NONE);
		assert_true(received > blurred_at);
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_that_lets_one_sector_through_at_a_time_brings_them_all),
		CASE(a_line_that_lets_none_through_is_given_up),
		CASE(without_sums_one_damaged_sector_damages_no_other),
	};

	return cmocka_run_group_tests_name("uart_reads", tests, NULL, NULL);
}
