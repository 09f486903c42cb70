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

static size_t blur(uint8_t *bytes, size_t count)
{
	if (received <= blurred_at && blurred_at - received < count)
		bytes[blurred_at - received] ^= 0x10;
	received += count;
	return count;
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

static size_t lost_at, flips_too;
static unsigned flipped_bit;

static size_t lose(uint8_t *bytes, size_t count)
{
	size_t left = count;

	if (flips_too && received <= flips_too && flips_too - received < count)
		bytes[flips_too - received] ^= (uint8_t)(1u << flipped_bit);
	if (received <= lost_at && lost_at - received < count) {
		size_t at = lost_at - received;

		memmove(bytes + at, bytes + at + 1, count - at - 1);
		left--;
	}
	received += count;
	return left;
}

static unsigned requests;

static size_t count_reads(uint8_t *bytes, size_t count)
{
	requests += count == 12 && bytes[3] == 0xff && bytes[7] == 0x09;
	return count;
}

static void read_and_lose(const char *name, size_t at)
{
	uart_fixture_begin(name);
	received = requests = 0;
	lost_at = at;
	uart.blurs = lose;
	uart.damages = count_reads;
	assert_int_equal(read_back(START, 4 * SECTOR), TROUBLE_NONE);
	assert_true(received > at);
}

/* Whichever byte of its content it is, and if nothing comes behind it. */
static void a_sector_that_lost_a_byte_on_its_way_is_not_read_again(void **state)
{
	const size_t answer = 15 + SECTOR;

	(void)state;
	for (size_t i = 0; i < LOADERS; i++)
		for (size_t k = 0; k < 4; k++)
			for (size_t at = 256; at < SECTOR - 256; at += 1021) {
				read_and_lose(loaders[i], k * answer + 15 + at);
				assert_int_equal(requests, 4);
				assert_int_equal(uart.talk.counts.mended, 1);
				assert_int_equal(uart.talk.counts.again, 0);
			}
}

/* Of its head nothing can be missing, and at its ends there is too little around it to prove it. */
static void it_is_if_that_cannot_be_proved(void **state)
{
	static const size_t places[] = {12, 15, 15 + 255, 15 + SECTOR - 256, 15 + SECTOR - 1};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		read_and_lose("n", places[i]);
		assert_true(requests > 4);
		assert_int_equal(uart.talk.counts.mended, 0);
	}
}

/* Two damages of which a missing byte elsewhere in the same page would be an explanation. */
static void what_is_damaged_twice_in_a_page_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		flips_too = 15 + 10422 / 8;
		flipped_bit = 10422 % 8;
		uart_fixture_begin(loaders[i]);
		received = requests = 0;
		lost_at = 15 + 1430;
		uart.blurs = lose;
		uart.damages = count_reads;
		assert_int_equal(read_back(0x30000, SECTOR), TROUBLE_NONE);
		assert_true(requests > 1);
		flips_too = 0;
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_that_lets_one_sector_through_at_a_time_brings_them_all),
		CASE(a_line_that_lets_none_through_is_given_up),
		CASE(a_sector_that_lost_a_byte_on_its_way_is_not_read_again),
		CASE(it_is_if_that_cannot_be_proved),
		CASE(what_is_damaged_twice_in_a_page_is_not_believed),
		CASE(without_sums_one_damaged_sector_damages_no_other),
	};

	return cmocka_run_group_tests_name("uart_reads", tests, NULL, NULL);
}
