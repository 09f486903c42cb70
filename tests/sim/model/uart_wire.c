/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_wire.h"

#include <string.h>

#include "tests/sim/model/die.h"

#define MS UINT64_C(1000000)

static const uint8_t link_check[] = {0x01, 0xE0, 0xFC, 0x01, 0x00};
static const uint8_t linked[] = {0x04, 0x0E, 0x05, 0x01, 0xE0, 0xFC, 0x01, 0x00};

struct desk {
	struct die *die;
	struct uart_wire *wire;
	uint64_t ns;
};

static struct desk desk_with(enum uart_wire_cen cen, const char *faults)
{
	struct uart_wire_options options = {
		.variant = uart_variant_by_name("t"), .cen = cen, .latency_ns = MS, .seed = 1};
	struct desk desk = {.die = die_of("GD25Q16B")};

	assert_true(!faults || uart_wire_parse_faults(&options.faults, faults));
	desk.wire = uart_wire_new(&options, &desk.die->nor);
	assert_non_null(desk.wire);
	desk.ns = uart_wire_now(desk.wire);
	uart_wire_set_rate(desk.wire, 115200, desk.ns);
	return desk;
}

static struct desk desk_of(enum uart_wire_cen cen)
{
	return desk_with(cen, NULL);
}

static void desk_free(struct desk *desk)
{
	uart_wire_free(desk->wire);
	die_free(desk->die);
}

/* Reset by RTS; the bootloader listens. */
static struct desk desk_in_window(void)
{
	struct desk desk = desk_of(UART_CEN_RTS);

	uart_wire_set_lines(desk.wire, true, false, desk.ns);
	desk.ns += 10 * MS;
	uart_wire_set_lines(desk.wire, false, false, desk.ns);
	desk.ns += UART_START_NS;
	return desk;
}

static void link_up(struct desk *desk)
{
	uint8_t answer[64];

	uart_wire_write(desk->wire, link_check, 5, desk->ns);
	desk->ns = uart_wire_wait(desk->wire, UART_WIRE_NEVER);
	assert_int_equal(uart_wire_read(desk->wire, answer, sizeof(answer), desk->ns), 8);
	assert_memory_equal(answer, linked, 8);
}

static void test_an_application_does_not_answer(void **state)
{
	struct desk desk = desk_of(UART_CEN_RTS);

	(void)state;
	uart_wire_write(desk.wire, link_check, 5, desk.ns);
	assert_true(uart_wire_wait(desk.wire, desk.ns + 1000 * MS) == UART_WIRE_NEVER);
	assert_true(uart_wire_now(desk.wire) == desk.ns + 1000 * MS);
	desk_free(&desk);
}

static void test_an_answer_costs_its_bytes_and_the_latency(void **state)
{
	struct desk desk = desk_in_window();
	uint64_t begin = desk.ns, byte = 86806;

	(void)state;
	link_up(&desk);
	/* The first byte of the answer starts the timer; the answer is shorter than the timeout. */
	assert_in_range(desk.ns - begin, 6 * byte + MS, 6 * byte + MS + 200000);
	desk_free(&desk);
}

static void test_a_dtr_that_drives_nothing_resets_nothing(void **state)
{
	struct desk desk = desk_in_window();
	struct uart_wire_stats stats;

	(void)state;
	link_up(&desk);
	uart_wire_set_lines(desk.wire, false, true, desk.ns);
	link_up(&desk);
	uart_wire_stats(desk.wire, &stats);
	assert_int_equal(stats.resets, 1);
	assert_int_equal(stats.turnarounds, 1);
	assert_int_equal(stats.to_chip, 10);
	assert_int_equal(stats.from_chip, 16);
	desk_free(&desk);
}

static void test_a_wrong_rate_is_noise_both_ways(void **state)
{
	struct desk desk = desk_in_window();
	struct uart_wire_stats stats;

	(void)state;
	link_up(&desk);
	uart_wire_set_rate(desk.wire, 57600, desk.ns);
	uart_wire_write(desk.wire, link_check, 5, desk.ns);
	assert_true(uart_wire_wait(desk.wire, desk.ns + 50 * MS) == UART_WIRE_NEVER);
	desk.ns = uart_wire_now(desk.wire);
	uart_wire_stats(desk.wire, &stats);
	assert_int_equal(stats.noise, 5);
	uart_wire_set_rate(desk.wire, 115200, desk.ns);
	link_up(&desk);
	desk_free(&desk);
}

static void test_the_answer_to_a_new_rate_comes_at_that_rate(void **state)
{
	static const uint8_t request[] = {0x01, 0xE0, 0xFC, 0x06, 0x0F, 0x00, 0x10, 0x0E, 0x00, 20};
	static const uint8_t wanted[] = {0x04, 0x0E, 0x09, 0x01, 0xE0, 0xFC,
					 0x0F, 0x00, 0x10, 0x0E, 0x00, 20};
	struct desk desk = desk_in_window();
	uint8_t answer[64];

	(void)state;
	link_up(&desk);
	uart_wire_write(desk.wire, request, sizeof(request), desk.ns);
	desk.ns = uart_wire_drain(desk.wire, 0);
	uart_wire_set_rate(desk.wire, 921600, desk.ns);
	desk.ns = uart_wire_wait(desk.wire, UART_WIRE_NEVER);
	assert_int_equal(uart_wire_read(desk.wire, answer, sizeof(answer), desk.ns), 12);
	assert_memory_equal(answer, wanted, 12);
	desk_free(&desk);
}

static void test_a_sector_costs_its_wire_time(void **state)
{
	static const uint8_t request[] = {0x01, 0xE0, 0xFC, 0xFF, 0xF4, 0x05,
					  0x00, 0x09, 0x00, 0x10, 0x01, 0x00};
	struct desk desk = desk_in_window();
	uint8_t answer[5000];
	uint64_t begin;
	size_t got = 0;

	(void)state;
	link_up(&desk);
	begin = desk.ns;
	uart_wire_write(desk.wire, request, sizeof(request), desk.ns);
	while (got < 4111) {
		desk.ns = uart_wire_wait(desk.wire, UART_WIRE_NEVER);
		assert_true(desk.ns != UART_WIRE_NEVER);
		got += uart_wire_read(desk.wire, answer + got, sizeof(answer) - got, desk.ns);
	}
	assert_int_equal(got, 4111);
	/* 41230 bits, plus the flash's milliseconds; 357.9 ms on the wire. */
	assert_in_range((desk.ns - begin) / MS, 357, 362);
	desk_free(&desk);
}

static void test_a_full_queue_takes_no_more(void **state)
{
	static const uint8_t zeros[5000];
	struct desk desk = desk_of(UART_CEN_NONE);

	(void)state;
	assert_int_equal(uart_wire_write(desk.wire, zeros, sizeof(zeros), desk.ns),
			 UART_WIRE_QUEUE);
	assert_int_equal(uart_wire_write(desk.wire, zeros, 1, desk.ns), 0);
	desk.ns = uart_wire_drain(desk.wire, 0);
	assert_int_equal(uart_wire_write(desk.wire, zeros, 1, desk.ns), 1);
	desk_free(&desk);
}

/* Sends many zeros to a chip that ignores them; returns what the wires did to them. */
static struct uart_wire_stats after_zeros(const char *faults)
{
	static const uint8_t zeros[4000];
	struct desk desk = desk_with(UART_CEN_NONE, faults);
	struct uart_wire_stats stats;

	uart_wire_write(desk.wire, zeros, sizeof(zeros), desk.ns);
	uart_wire_drain(desk.wire, 0);
	uart_wire_stats(desk.wire, &stats);
	desk_free(&desk);
	return stats;
}

static void test_faults_are_as_rare_as_asked_and_repeat(void **state)
{
	static const char *const kinds[] = {"lose=100", "twice=100", "flip=100", "burst=70"};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		assert_in_range(after_zeros(kinds[i]).faults, 20, 60);
		assert_int_equal(after_zeros(kinds[i]).faults, after_zeros(kinds[i]).faults);
	}
	assert_int_equal(after_zeros(NULL).faults, 0);
}

/* Links, with a reset by RTS; returns whether it did. */
static bool links(struct desk *desk)
{
	uint8_t heard[64];

	uart_wire_set_lines(desk->wire, true, false, desk->ns);
	uart_wire_set_lines(desk->wire, false, false, desk->ns += 10 * MS);
	for (unsigned i = 0; i < 40; i++) {
		uart_wire_write(desk->wire, link_check, 5, desk->ns);
		if (uart_wire_wait(desk->wire, desk->ns += 3 * MS) != UART_WIRE_NEVER)
			return uart_wire_read(desk->wire, heard, 8, desk->ns + MS) == 8 &&
			       memcmp(heard, "\x04\x0e\x05\x01\xe0\xfc\x01\x00", 8) == 0;
	}
	return false;
}

static void test_a_clock_that_is_too_fast_makes_noise(void **state)
{
	static const struct {
		const char *faults;
		bool links;
	} rows[] = {{NULL, true}, {"fast=30", true}, {"fast=50", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk desk = desk_with(UART_CEN_RTS, rows[i].faults);

		uart_wire_set_rate(desk.wire, 115200, desk.ns);
		assert_int_equal(links(&desk), rows[i].links);
		desk_free(&desk);
	}
}

static void test_a_supply_that_fails_ends_the_link(void **state)
{
	static const uint8_t zeros[400];
	struct desk desk = desk_with(UART_CEN_RTS, "reset=200");

	(void)state;
	uart_wire_set_rate(desk.wire, 115200, desk.ns);
	assert_true(links(&desk));
	uart_wire_write(desk.wire, zeros, sizeof(zeros), desk.ns);
	desk.ns = uart_wire_drain(desk.wire, 0);
	assert_int_not_equal(uart_wire_chip(desk.wire)->state, UART_LINKED);
	desk_free(&desk);
}

static void test_an_echo_is_what_was_sent(void **state)
{
	struct desk desk = desk_with(UART_CEN_NONE, "echo");
	uint8_t heard[64];

	(void)state;
	uart_wire_write(desk.wire, link_check, 5, desk.ns);
	desk.ns = uart_wire_wait(desk.wire, UART_WIRE_NEVER);
	assert_int_equal(uart_wire_read(desk.wire, heard, sizeof(heard), desk.ns), 5);
	assert_memory_equal(heard, link_check, 5);
	desk_free(&desk);
}

static void test_an_application_logs(void **state)
{
	struct desk desk = desk_with(UART_CEN_NONE, "log");
	uint8_t heard[64];

	(void)state;
	desk.ns = uart_wire_wait(desk.wire, desk.ns + 200 * MS);
	assert_true(desk.ns != UART_WIRE_NEVER);
	assert_int_equal(uart_wire_read(desk.wire, heard, sizeof(heard), desk.ns + 20 * MS), 15);
	assert_memory_equal(heard, "[app] ", 6);
	desk_free(&desk);
}

static void test_nothing_comes_from_a_stuck_line(void **state)
{
	struct desk desk = desk_with(UART_CEN_NONE, "log,stuck");

	(void)state;
	assert_true(uart_wire_wait(desk.wire, desk.ns + 500 * MS) == UART_WIRE_NEVER);
	desk_free(&desk);
}

static void test_faults_that_are_none_are_refused(void **state)
{
	static const char *const wrong[] = {
		"",	   "lose",    "lose=",	 "lose=0",	     "lose=1",
		"lose=-1", "burst=1", "reset=0", "fast=0",	     "fast=101",
		"flip=1x", "echo,",   "echoes",	 "flip=99999999999", "noise"};
	struct uart_wire_faults faults = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(uart_wire_parse_faults(&faults, wrong[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_application_does_not_answer),
		cmocka_unit_test(test_an_answer_costs_its_bytes_and_the_latency),
		cmocka_unit_test(test_a_dtr_that_drives_nothing_resets_nothing),
		cmocka_unit_test(test_a_wrong_rate_is_noise_both_ways),
		cmocka_unit_test(test_the_answer_to_a_new_rate_comes_at_that_rate),
		cmocka_unit_test(test_a_sector_costs_its_wire_time),
		cmocka_unit_test(test_a_full_queue_takes_no_more),
		cmocka_unit_test(test_faults_are_as_rare_as_asked_and_repeat),
		cmocka_unit_test(test_a_clock_that_is_too_fast_makes_noise),
		cmocka_unit_test(test_a_supply_that_fails_ends_the_link),
		cmocka_unit_test(test_an_echo_is_what_was_sent),
		cmocka_unit_test(test_an_application_logs),
		cmocka_unit_test(test_nothing_comes_from_a_stuck_line),
		cmocka_unit_test(test_faults_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
