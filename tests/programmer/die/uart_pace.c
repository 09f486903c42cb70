/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pace of pages is learnt: faster while that works, slower for good when it does not. */
#include "tests/unit.h"
#include "programmer/die/uart_pace.h"

static struct wire wire;
static struct uart_talk talk;
static struct uart_die uart;

/* The line needs 1280 us for a page; the die may need longer. */
static void begin(uint32_t page_us)
{
	wire = (struct wire){.rate = 2000000};
	talk = (struct uart_talk){.wire = &wire};
	uart = (struct uart_die){.talk = &talk, .page_us = page_us, .page_most_us = 4000};
}

static bool learn(enum uart_heard heard, unsigned times)
{
	bool blamed = false;

	for (unsigned i = 0; i < times; i++)
		blamed |= uart_learn_pace(&uart, heard, false);
	return blamed;
}

static void each_few_writes_that_go_well_make_it_a_little_faster(void **state)
{
	(void)state;
	begin(3200);
	assert_false(learn(UART_HEARD, 2));
	assert_int_equal(uart_pace_us(&uart), 3200);
	learn(UART_HEARD, 1);
	assert_int_equal(uart_pace_us(&uart), 3000);
	learn(UART_HEARD, 3);
	assert_int_equal(uart_pace_us(&uart), 3000);
	learn(UART_HEARD, 1);
	assert_in_range(uart_pace_us(&uart), 2810, 2815);
	/* There is no point in being faster than the line. */
	learn(UART_HEARD, 200);
	assert_in_range(uart_pace_us(&uart), 1200, 1280);
	assert_false(talk.counts.written);
}

/* Successes must follow each other: after a damaged page, counting starts again. */
static void what_is_damaged_is_no_sign_of_it(void **state)
{
	(void)state;
	begin(3200);
	for (unsigned i = 0; i < 20; i++) {
		assert_false(learn(UART_HEARD, 2));
		assert_false(learn(i % 2 ? UART_HEARD_OTHER : UART_HEARD_REFUSAL, 1));
	}
	assert_int_equal(uart_pace_us(&uart), 3200);
	assert_int_equal(uart.calm, 0);
}

static void one_that_was_too_fast_makes_it_slower_for_good(void **state)
{
	uint32_t slower;

	(void)state;
	begin(2000);
	assert_true(learn(UART_HEARD_NOTHING, 1));
	slower = uart_pace_us(&uart);
	/* A quarter more, and as much again as the chip's own buffer hides. */
	assert_int_equal(slower, 2500 + 500);
	/* It does not return to a pace that failed. */
	learn(UART_HEARD, 400);
	assert_true(uart_pace_us(&uart) >= 2500);
	/* It can fail again, up to a limit; after that the line is to blame. */
	assert_true(learn(UART_HEARD_NOTHING, 1));
	assert_true(uart_pace_us(&uart) > slower);
	for (unsigned i = 0; i < 10 && learn(UART_HEARD_NOTHING, 1); i++)
		continue;
	assert_false(learn(UART_HEARD_NOTHING, 1));
	assert_in_range(uart.page_us, 4000, 5000);
}

/* Of several in a row the chip's buffer hides nothing. */
static void one_of_several_in_a_row_makes_it_less_slower(void **state)
{
	(void)state;
	begin(2000);
	assert_true(uart_learn_pace(&uart, UART_HEARD_NOTHING, true));
	assert_int_equal(uart_pace_us(&uart), 2250);
	learn(UART_HEARD, 400);
	assert_int_equal(uart_pace_us(&uart), 2250);
}

/* If the die programs in half the time of the line, the pace is not the problem. */
static void a_slow_line_is_never_too_fast(void **state)
{
	(void)state;
	begin(600);
	assert_false(learn(UART_HEARD_NOTHING, 3));
	assert_int_equal(uart_pace_us(&uart), 600);
	wire.rate = 2200000;
	assert_true(learn(UART_HEARD_NOTHING, 1));
}

/* Repairs that were caused by the pace are not counted as the line's. */
static void what_such_a_write_spoils_is_not_the_lines(void **state)
{
	(void)state;
	begin(2000);
	talk.counts = (struct uart_counts){.again = 3, .in_step = 1};
	uart_keeps_pace(&uart);
	assert_int_equal(talk.own.again + talk.own.in_step, 0);
	assert_true(learn(UART_HEARD_NOTHING, 1));
	talk.counts.again += 2;
	assert_true(learn(UART_HEARD_NOTHING, 1));
	talk.counts.written += 4;
	uart_keeps_pace(&uart);
	assert_int_equal(talk.own.again, 2);
	assert_int_equal(talk.own.written, 4);
	assert_int_equal(talk.own.in_step, 0);
	/* Later ones are the line's again. */
	talk.counts.again += 5;
	uart_keeps_pace(&uart);
	assert_int_equal(talk.own.again, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_few_writes_that_go_well_make_it_a_little_faster),
		cmocka_unit_test(what_is_damaged_is_no_sign_of_it),
		cmocka_unit_test(one_that_was_too_fast_makes_it_slower_for_good),
		cmocka_unit_test(one_of_several_in_a_row_makes_it_less_slower),
		cmocka_unit_test(a_slow_line_is_never_too_fast),
		cmocka_unit_test(what_such_a_write_spoils_is_not_the_lines),
	};

	return cmocka_run_group_tests_name("uart_pace", tests, NULL, NULL);
}
