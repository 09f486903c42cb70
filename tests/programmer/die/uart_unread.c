/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sums of what was not read, from when a line first damages something: what differs from them
 * at the end was changed, and what does not was not.
 */
#include "programmer/die/uart_unread.h"

#include "programmer/die/uart_astray.h"
#include "programmer/die/uart_hits.h"
#include "tests/programmer/die/uart_fixture.h"

/* One flipped bit of START. */
#define ASTRAY (START ^ 0x40000u)

static struct uart_die *die(void)
{
	return uart_die_of(uart.die);
}

static enum uart_how how_at(uint32_t address)
{
	return die()->hits[address / SECTOR].how;
}

/* To an erase of a sector. */
static struct uart_answer answer_of(uint8_t payload[5], uint32_t address)
{
	payload[0] = 0x20;
	for (unsigned i = 0; i < 4; i++)
		payload[1 + i] = (uint8_t)(address >> 8 * i);
	return (struct uart_answer){.is_long = true, .payload = payload, .length = 5};
}

/* It was answered from elsewhere, and the sum is from before that. */
static void a_sum_decides_whether_an_answer_was_right(void **state)
{
	const struct uart_request erase = uart_erase(START, false);
	uint8_t payload[5];
	struct uart_answer answer;

	(void)state;
	for (unsigned changed = 0; changed < 2; changed++) {
		uart_fixture_begin("t");
		answer = answer_of(payload, ASTRAY);
		die()->careful = true;
		assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
		uart_note_astray(die(), &erase, &answer);
		assert_int_equal(how_at(ASTRAY), UART_MAY_BE_HIT);
		uart.sim->nor.memory[ASTRAY] ^= (uint8_t)changed;
		assert_int_equal(uart_compare_unread(die()), TROUBLE_NONE);
		assert_int_equal(how_at(ASTRAY), changed ? UART_CHANGED : UART_NOT_HIT);
	}
	/* One that was hit before has none. */
	uart_fixture_begin("t");
	answer = answer_of(payload, ASTRAY);
	uart_note_astray(die(), &erase, &answer);
	die()->careful = true;
	assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
	assert_int_equal(uart_compare_unread(die()), TROUBLE_NONE);
	assert_int_equal(how_at(ASTRAY), UART_MAY_BE_HIT);
}

static void the_sums_of_what_is_unread_are_those_of_all_sectors(void **state)
{
	static const uint32_t edges[] = {0, 0x200000 - SECTOR};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(edges); i++) {
		uart_fixture_begin("n");
		die()->careful = true;
		assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
		uart.sim->nor.memory[edges[i]] ^= 1;
		assert_int_equal(uart_compare_unread(die()), TROUBLE_NONE);
		for (size_t k = 0; k < COUNT_OF(edges); k++)
			assert_int_equal(how_at(edges[k]), k == i ? UART_CHANGED : UART_NOT_HIT);
	}
}

static void a_line_that_fails_while_they_are_asked_for_is_told(void **state)
{
	(void)state;
	uart_fixture_begin("n");
	die()->careful = true;
	uart.sim->fails_at = uart.sim->calls + 20;
	uart.sim->fails_with = TROUBLE_ADAPTER_GONE;
	assert_int_equal(uart_sum_unread(die()), TROUBLE_ADAPTER_GONE);
	assert_false(die()->unread.summed);
}

static void what_is_changed_on_purpose_forgets_its_own_sums_and_no_others(void **state)
{
	(void)state;
	uart_fixture_begin("t");
	die()->careful = true;
	assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
	uart_is_replaced(die(), (struct range){START, 2 * SECTOR});
	for (uint32_t at = START - SECTOR; at <= START + 2 * SECTOR; at += SECTOR)
		uart.sim->nor.memory[at] ^= 1;
	assert_int_equal(uart_compare_unread(die()), TROUBLE_NONE);
	assert_int_equal(how_at(START - SECTOR), UART_CHANGED);
	assert_int_equal(how_at(START), UART_NOT_HIT);
	assert_int_equal(how_at(START + SECTOR), UART_NOT_HIT);
	assert_int_equal(how_at(START + 2 * SECTOR), UART_CHANGED);
}

/* No two answers to requests for a sum are the same. */
static size_t blur_sums(uint8_t *bytes, size_t count)
{
	static const uint8_t head[] = {0x04, 0x0e, 0x08, 0x01, 0xe0, 0xfc, 0x10};
	static uint8_t number;

	for (size_t i = 0; i + sizeof(head) < count; i++)
		if (memcmp(bytes + i, head, sizeof(head)) == 0) {
			number = number % 255 + 1;
			bytes[i + sizeof(head)] ^= number;
		}
	return count;
}

static void sums_that_never_agree_clear_nothing_that_is_named(void **state)
{
	const struct uart_request erase = uart_erase(START, false);
	uint8_t payload[5];
	struct uart_answer answer;

	(void)state;
	for (unsigned named = 0; named < 2; named++) {
		uart_fixture_begin("t");
		answer = answer_of(payload, ASTRAY);
		die()->careful = true;
		assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
		if (named) {
			memset(die()->unread.has, 0, 0x200000 / SECTOR);
			die()->unread.has[ASTRAY / SECTOR] = true;
			uart_note_astray(die(), &erase, &answer);
		}
		uart.blurs = blur_sums;
		assert_int_equal(uart_compare_unread(die()),
				 named ? TROUBLE_NONE : TROUBLE_UNSTEADY_READ);
		assert_int_equal(how_at(ASTRAY), named ? UART_MAY_BE_HIT : UART_NOT_HIT);
	}
}

static unsigned sums;

static size_t count_sums(uint8_t *bytes, size_t count)
{
	sums += count == 13 && bytes[3] == 9 && bytes[4] == 0x10;
	return count;
}

/* Five are asked for of each sector, and nothing is concluded from them. */
static void a_sector_whose_sums_never_agree_has_none(void **state)
{
	(void)state;
	uart_fixture_begin("n");
	die()->careful = true;
	uart.blurs = blur_sums;
	uart.damages = count_sums;
	sums = 0;
	assert_int_equal(uart_sum_unread(die()), TROUBLE_NONE);
	assert_int_equal(sums, 5 * 0x200000 / SECTOR);
	uart.blurs = NULL;
	assert_int_equal(uart_compare_unread(die()), TROUBLE_NONE);
	assert_int_equal(sums, 5 * 0x200000 / SECTOR);
	assert_int_equal(how_at(START), UART_NOT_HIT);
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_sum_decides_whether_an_answer_was_right),
		CASE(the_sums_of_what_is_unread_are_those_of_all_sectors),
		CASE(a_line_that_fails_while_they_are_asked_for_is_told),
		CASE(what_is_changed_on_purpose_forgets_its_own_sums_and_no_others),
		CASE(sums_that_never_agree_clear_nothing_that_is_named),
		CASE(a_sector_whose_sums_never_agree_has_none),
	};

	return cmocka_run_group_tests_name("uart_unread", tests, NULL, NULL);
}
