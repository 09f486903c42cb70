/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "programmer/die/pace.h"

/*
 * What the wait learns from a die that takes @busy_us; polling begins 36 us before the expected
 * time.
 */
static void wait_for_die(struct pace *pace, uint32_t busy_us)
{
	struct spi_op wait = pace_wait(pace);
	uint32_t first = wait.expect_us > 36 ? wait.expect_us - 36 : 0;

	wait.early = busy_us <= first;
	wait.took_us = wait.early ? first : busy_us;
	pace_learn(pace, &wait);
}

static void the_first_wait_is_the_datasheets(void **state)
{
	const struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};
	struct spi_op wait = pace_wait(&pace);

	(void)state;
	assert_int_equal(wait.kind, SPI_WAIT_READY);
	assert_int_equal(wait.expect_us, 700);
	assert_int_equal(wait.max_us, 2400);
}

static void a_slower_die_is_followed_at_once(void **state)
{
	struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};

	(void)state;
	wait_for_die(&pace, 1500);
	assert_in_range(pace.expect_us, 1500, 1540);
}

static void a_faster_die_is_followed_little_by_little(void **state)
{
	struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};
	uint32_t before = pace.expect_us;

	(void)state;
	for (int page = 0; page < 100; page++) {
		wait_for_die(&pace, 300);
		assert_true(pace.expect_us + before / 16 >= before);
		before = pace.expect_us;
	}
	/* So close that the next wait sees the die become ready, and not too short. */
	assert_in_range(pace.expect_us, 300, 345);
}

static void a_steady_die_is_never_missed_again(void **state)
{
	struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};

	(void)state;
	for (int page = 0; page < 1000; page++) {
		wait_for_die(&pace, 500);
		if (page > 0)
			assert_true(pace.expect_us >= 500);
	}
}

/* A host that lets packets through only at certain times: polls happen at the next of them. */
static unsigned missed_by_a_coarse_host(struct pace *pace, uint32_t busy_us, unsigned waits)
{
	unsigned missed = 0;

	for (unsigned i = 0; i < waits; i++) {
		struct spi_op wait = pace_wait(pace);
		uint32_t look = (wait.expect_us + 499) / 500 * 500;

		wait.missed = look < busy_us;
		wait.early = !wait.missed;
		wait.took_us = wait.expect_us;
		missed += wait.missed;
		pace_learn(pace, &wait);
	}
	return missed;
}

static void what_was_too_short_is_not_soon_tried_again(void **state)
{
	struct pace pace = {.expect_us = 1500, .max_us = 5000, .margin_us = 18};

	(void)state;
	assert_in_range(missed_by_a_coarse_host(&pace, 1900, 400), 1, 13);
	/* Nor does it wait much longer than necessary to be safe. */
	assert_in_range(pace.expect_us, 1500, 1800);
}

static void the_expectation_stays_within_the_datasheets_maximum(void **state)
{
	struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};

	(void)state;
	wait_for_die(&pace, 2395);
	assert_int_equal(pace.expect_us, 2400);
	wait_for_die(&pace, 5000);
	assert_int_equal(pace.expect_us, 2400);
}

static void a_die_that_needs_no_time_at_all_is_survived(void **state)
{
	struct pace pace = {.expect_us = 700, .max_us = 2400, .margin_us = 18};

	(void)state;
	for (int page = 0; page < 1000; page++)
		wait_for_die(&pace, 0);
	assert_in_range(pace.expect_us, 0, 60);
}

/* Samples lie from 36 us before the expected time to 30 us behind it, as those of a CH341A do. */
static void answer(struct spi_op *wait, uint32_t busy_us)
{
	uint32_t first = wait->expect_us > 36 ? wait->expect_us - 36 : 0;

	wait->early = busy_us <= first;
	wait->missed = busy_us > wait->expect_us + 30;
	wait->took_us = wait->early ? first : wait->missed ? wait->expect_us + 30 : busy_us;
}

/* A run of pages, each @more_us longer than the one before it; returns how many were missed. */
static unsigned run_of(struct pace *pace, unsigned pages, uint32_t busy_us, uint32_t more_us)
{
	struct spi_op waits[16];
	unsigned missed = 0;

	for (unsigned i = 0; i < pages; i++) {
		waits[i] = pace_wait(pace);
		answer(&waits[i], busy_us + i * more_us);
		missed += waits[i].missed;
	}
	for (unsigned i = 0; i < pages; i++)
		pace_note(pace, &waits[i]);
	pace_learn_run(pace);
	return missed;
}

/* Up to the last sample, three of them behind the end. */
static void a_die_whose_pages_all_take_the_same_time_is_waited_for_a_margin_longer(void **state)
{
	struct pace pace = {.expect_us = 500, .max_us = 2400, .margin_us = 18};

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(run_of(&pace, 16, 500, 0), 0);
		assert_int_equal(pace.expect_us + 30, i < 3 ? 548 : 518);
	}
	/* Also if it becomes somewhat slower from run to run, or faster. */
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(run_of(&pace, 16, 500 + 10 * i, 0), 0);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(run_of(&pace, 16, 600 - 10 * i, 0), 0);
	assert_int_equal(pace.expect_us + 30, 510 + 18);
}

static void one_whose_pages_differ_gets_another_margin(void **state)
{
	struct pace pace = {.expect_us = 500, .max_us = 2400, .margin_us = 18};

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(run_of(&pace, 16, 500, 1), 0);
		assert_int_equal(pace.expect_us, 500 + 15 + 18);
	}
}

static void a_few_pages_say_nothing_about_the_others(void **state)
{
	struct pace pace = {.expect_us = 500, .max_us = 2400, .margin_us = 18};

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		run_of(&pace, 7, 500, 0);
	assert_int_equal(pace.expect_us, 518);
	pace_learn_run(&pace);
	assert_int_equal(pace.expect_us, 518);
}

/* A die that takes longer now and then soon costs no more than one that always does. */
static void after_a_miss_it_takes_longer_to_become_faster_again(void **state)
{
	struct pace pace = {.expect_us = 500, .max_us = 2400, .margin_us = 18};
	unsigned missed = 0, needed = 0;

	(void)state;
	for (unsigned slow = 0; slow < 5; slow++) {
		unsigned before = needed;

		for (needed = 0; pace.expect_us >= 500; needed++)
			assert_int_equal(run_of(&pace, 16, 500, 0), 0);
		assert_true(needed > before);
		missed = run_of(&pace, 16, 530, 0);
		assert_true(missed > 0);
		assert_true(pace.expect_us > 530);
	}
	assert_in_range(needed, 64, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_wait_is_the_datasheets),
		cmocka_unit_test(a_slower_die_is_followed_at_once),
		cmocka_unit_test(a_faster_die_is_followed_little_by_little),
		cmocka_unit_test(a_steady_die_is_never_missed_again),
		cmocka_unit_test(what_was_too_short_is_not_soon_tried_again),
		cmocka_unit_test(the_expectation_stays_within_the_datasheets_maximum),
		cmocka_unit_test(a_die_that_needs_no_time_at_all_is_survived),
		cmocka_unit_test(
			a_die_whose_pages_all_take_the_same_time_is_waited_for_a_margin_longer),
		cmocka_unit_test(one_whose_pages_differ_gets_another_margin),
		cmocka_unit_test(a_few_pages_say_nothing_about_the_others),
		cmocka_unit_test(after_a_miss_it_takes_longer_to_become_faster_again),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
