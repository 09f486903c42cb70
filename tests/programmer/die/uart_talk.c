/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long an answer is waited for, and how fast requests are sent. */
#include "tests/unit.h"
#include "programmer/die/die.h"
#include "tests/programmer/die/script_wire.h"

/* --- how long an answer is waited for --- */

static void silence_is_waited_for_as_long_as_the_work_and_the_line_may_take(void **state)
{
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;
	uint64_t start = script.us;

	(void)state;
	assert_int_equal(script_hear(&link, 300000, &answer), UART_HEARD_NOTHING);
	assert_in_range(script.us - start, 300000 + SCRIPT_LATENCY_US,
			300000 + SCRIPT_LATENCY_US + 10000);
	/* If the latency is known, the wait is no longer than that. */
	script_talk.latency_us = 2000;
	script.wire.caps.jitter_us = 7000;
	start = script.us;
	assert_int_equal(script_hear(&link, 0, &answer), UART_HEARD_NOTHING);
	assert_in_range(script.us - start, 9000, 9000 + 10000);
}

/* A long frame takes a while to be sent: the wait begins at its end. */
static void the_wait_begins_when_all_that_was_sent_has_left(void **state)
{
	static const uint8_t data[UART_SECTOR];
	const struct uart_request write = uart_write_sector(0x12000, data);
	uint64_t start = script.us, frame_us = 4108 * UINT64_C(10000000) / 115200;
	struct uart_answer answer;

	(void)state;
	assert_int_equal(talk_send(&script_talk, &write), TROUBLE_NONE);
	assert_int_equal(script_hear(&write, 1000, &answer), UART_HEARD_NOTHING);
	assert_in_range(script.us - start, frame_us + 1000 + SCRIPT_LATENCY_US,
			frame_us + SCRIPT_LATENCY_US + 12000);
	/* If the adapter forwards with pauses, a sixteenth is added. */
	script.wire.caps.jitter_us = 1;
	start = script.us;
	assert_int_equal(talk_send(&script_talk, &write), TROUBLE_NONE);
	assert_int_equal(script_hear(&write, 1000, &answer), UART_HEARD_NOTHING);
	assert_in_range(script.us - start, frame_us * 17 / 16 + SCRIPT_LATENCY_US,
			frame_us * 17 / 16 + SCRIPT_LATENCY_US + 12000);
}

static void once_an_answer_has_begun_only_a_gap_ends_it(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);
	uint8_t bytes[UART_ANSWER_MOST];
	struct uart_answer answer;
	uint64_t start;
	size_t length;

	for (unsigned broken = 0; broken < 2; broken++) {
		script_talk_begin(state);
		length = script_sector_answer(0x12000, 0, 0x5a, bytes);
		script_comes(bytes, 2000, 0);
		/* 24 ms is a pause of the line; 200 ms is not. */
		script_comes(bytes + 2000, length - 2000, broken ? 200000 : 24000);
		start = script.us;
		assert_int_equal(script_hear(&read, 0, &answer),
				 broken ? UART_HEARD_NOTHING : UART_HEARD);
		if (broken)
			assert_in_range(script.us - start, 2000 * SCRIPT_BYTE_US,
					2000 * SCRIPT_BYTE_US + SCRIPT_LATENCY_US + 100000);
	}
}

static void who_fell_asleep_during_the_work_is_not_waited_for_twice(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);
	uint8_t bytes[UART_ANSWER_MOST];
	struct uart_answer answer;
	uint64_t start = script.us;

	(void)state;
	script_sector_answer(0x12000, 0, 0x5a, bytes);
	script_comes(bytes, 100, 1000);
	assert_int_equal(script_hear(&read, 5000000, &answer), UART_HEARD_NOTHING);
	assert_in_range(script.us - start, 0, 1000000);
}

/* --- how requests are sent --- */

/* The chip has room for two and a half pages: one that arrives, and one being programmed. */
static void pages_are_sent_no_faster_than_they_are_programmed(void **state)
{
	static uint8_t data[UART_SECTOR];
	const struct uart_request write = uart_write_sector(0x12000, data);
	uint64_t page_us = 60000, came; /* longer than the line needs for one */
	uint8_t frame[UART_REQUEST_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	assert_int_equal(talk_send_paced(&script_talk, &write, (uint32_t)page_us), TROUBLE_NONE);
	assert_int_equal(script.sent_count, uart_encode(&write, frame));
	assert_memory_equal(script.sent, frame, script.sent_count);
	assert_int_equal(script.write_count, 16);
	assert_int_equal(script.writes[0].count, 12 + 256);
	assert_int_equal(script.writes[15].count, 256);
	/*
	 * By then the whole first page has arrived; each further one is sent when the last but one
	 * is done.
	 */
	came = script.writes[0].us + 268 * SCRIPT_BYTE_US;
	assert_int_equal(script.writes[1].us, script.writes[0].us);
	for (size_t i = 2; i < 16; i++)
		assert_in_range(script.writes[i].us, came + (i - 1) * page_us - 500,
				came + (i - 1) * page_us + 500);
	/* The pages of the next frame do not overtake them. */
	assert_int_equal(talk_send_paced(&script_talk, &write, (uint32_t)page_us), TROUBLE_NONE);
	assert_int_equal(script.write_count, 32);
	for (size_t i = 16; i < 32; i++)
		assert_in_range(script.writes[i].us, came + (i - 1) * page_us - 500,
				came + (i - 1) * page_us + 500);
}

static void a_line_that_is_slower_than_the_die_needs_no_pauses(void **state)
{
	static const uint8_t data[UART_SECTOR];
	const struct uart_request write = uart_write_sector(0x12000, data);

	(void)state;
	assert_int_equal(talk_send_paced(&script_talk, &write, wire_bytes_us(&script.wire, 256)),
			 TROUBLE_NONE);
	assert_int_equal(script.write_count, 1);
	assert_int_equal(script.sent_count, 4096 + 12);
}

static void what_is_no_whole_number_of_pages_ends_where_it_ends(void **state)
{
	static const uint8_t data[600] = {1, 2, 3};
	const struct uart_request write = uart_write_bytes(0x12000, data, sizeof(data));
	uint8_t frame[UART_REQUEST_MOST];

	(void)state;
	assert_int_equal(talk_send_paced(&script_talk, &write, 60000), TROUBLE_NONE);
	assert_int_equal(script.sent_count, uart_encode(&write, frame));
	assert_memory_equal(script.sent, frame, script.sent_count);
	assert_int_equal(script.write_count, 3);
}

static void what_arrived_is_discarded_until_it_is_quiet_and_the_chip_is_kept_awake(void **state)
{
	static const uint8_t noise[700] = {0x04, 0x0e, 0xff};
	struct uart_answer answer;
	const struct uart_request link = uart_link_check();
	uint64_t start = script.us, ended;

	(void)state;
	script_let_link(UINT32_MAX);
	script_comes(noise, sizeof(noise), 0);
	ended = script.us + 700 * SCRIPT_BYTE_US;
	assert_int_equal(talk_hush(&script_talk, 100000), TROUBLE_NONE);
	assert_int_equal(script.came, script.coming_count);
	assert_in_range(script.us - start, ended - start + 100000, ended - start + 130000);
	/* Single zeros now and then, after whatever was received last. */
	assert_in_range(script.zeros_heard, 4, 8);
	for (size_t i = 1; i < script.write_count; i++)
		assert_true(script.writes[i].us - script.writes[i - 1].us <= DIE_IDLE_MS * 1000);
	/* None of it counts any more. */
	assert_int_equal(script_hear(&link, 0, &answer), UART_HEARD_NOTHING);
	assert_int_equal(script_talk.strange_count, 0);
}

static void a_short_quiet_needs_no_zero(void **state)
{
	uint64_t start = script.us;

	(void)state;
	assert_int_equal(talk_hush(&script_talk, DIE_IDLE_MS * 1000), TROUBLE_NONE);
	assert_int_equal(script.write_count, 0);
	assert_int_equal(script.us - start, DIE_IDLE_MS * 1000);
}

static void who_never_stops_to_talk_is_not_waited_for_for_ever(void **state)
{
	static uint8_t noise[100000];

	(void)state;
	script_comes(noise, sizeof(noise), 0);
	assert_int_equal(talk_hush(&script_talk, 100000), TROUBLE_NONE);
	assert_int_equal(script.came, 65536);
}

static void it_is_kept_awake_only_if_the_line_was_idle(void **state)
{
	static const uint8_t data[UART_SECTOR];
	const struct uart_request write = uart_write_sector(0x12000, data);

	(void)state;
	assert_int_equal(talk_send(&script_talk, &write), TROUBLE_NONE);
	assert_int_equal(talk_keep_awake(&script_talk), TROUBLE_NONE);
	script.us = script_talk.sent_us + DIE_IDLE_MS * 1000 - 1;
	assert_int_equal(talk_keep_awake(&script_talk), TROUBLE_NONE);
	assert_int_equal(script.write_count, 1);
	script.us++;
	assert_int_equal(talk_keep_awake(&script_talk), TROUBLE_NONE);
	assert_int_equal(talk_keep_awake(&script_talk), TROUBLE_NONE);
	assert_int_equal(script.write_count, 2);
	assert_int_equal(script.sent[script.sent_count - 1], 0);
}

/* --- over a network --- */

static void wait_far_away(const struct uart_request *request)
{
	struct uart_answer answer;

	script_let_link(UINT32_MAX);
	script.wire.caps.jitter_us = 60000;
	script.wire.caps.latency_us = 400000;
	assert_int_equal(talk_send(&script_talk, request), TROUBLE_NONE);
	assert_int_equal(script_hear(request, 0, &answer), UART_HEARD_NOTHING);
	for (size_t i = 1; i < script.write_count; i++)
		assert_int_equal(script.writes[i].count, 1);
}

static uint64_t after_the_request_us(size_t i)
{
	return script.writes[i].us - script.writes[i - 1].us -
	       SCRIPT_BYTE_US * script.writes[i - 1].count;
}

/* The chip has answered long ago, and would reset if it heard nothing. */
static void while_an_answer_is_in_the_network_the_chip_is_kept_awake(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);

	(void)state;
	wait_far_away(&read);
	assert_in_range(script.zeros_heard, 20, 24);
	for (size_t i = 1; i < script.write_count; i++)
		assert_in_range(after_the_request_us(i), DIE_IDLE_MS * 900, DIE_IDLE_MS * 1100);
}

/* A zero completes a request that lost a byte, so it is better not to need one. */
static void behind_a_change_a_zero_comes_later(void **state)
{
	static const uint8_t data[16];
	const struct uart_request changes[] = {uart_erase(0x12fff, false),
					       uart_erase(0x2ffff, true),
					       uart_write_bytes(0x12000, data, sizeof(data))};

	for (size_t k = 0; k < COUNT_OF(changes); k++) {
		script_talk_begin(state);
		wait_far_away(&changes[k]);
		assert_in_range(script.zeros_heard, 4, 7);
		for (size_t i = 1; i < script.write_count; i++)
			assert_in_range(after_the_request_us(i), 60000 + 5000, 90000);
	}
}

/* An erase by what refuses little; a write of status registers, which is for good. */
static void nothing_is_sent_behind_what_must_not_be_completed(void **state)
{
	const uint8_t value = 0;
	struct uart_request erase = uart_erase(0x12000, false);
	const struct uart_request registers = uart_write_status(&value, 1);

	erase.alone = true;
	wait_far_away(&erase);
	assert_int_equal(script.write_count, 1);
	script_talk_begin(state);
	wait_far_away(&registers);
	assert_int_equal(script.write_count, 1);
}

static void at_a_serial_port_an_answer_is_waited_for_in_silence(void **state)
{
	const struct uart_request crc = uart_check_crc((struct range){0, 1u << 21});
	struct uart_answer answer;

	(void)state;
	assert_int_equal(talk_send(&script_talk, &crc), TROUBLE_NONE);
	assert_int_equal(script_hear(&crc, 5000000, &answer), UART_HEARD_NOTHING);
	assert_int_equal(script.write_count, 1);
}

#define CASE(name) cmocka_unit_test_setup(name, script_talk_begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(silence_is_waited_for_as_long_as_the_work_and_the_line_may_take),
		CASE(the_wait_begins_when_all_that_was_sent_has_left),
		CASE(once_an_answer_has_begun_only_a_gap_ends_it),
		CASE(who_fell_asleep_during_the_work_is_not_waited_for_twice),
		CASE(while_an_answer_is_in_the_network_the_chip_is_kept_awake),
		CASE(behind_a_change_a_zero_comes_later),
		CASE(nothing_is_sent_behind_what_must_not_be_completed),
		CASE(at_a_serial_port_an_answer_is_waited_for_in_silence),
		CASE(pages_are_sent_no_faster_than_they_are_programmed),
		CASE(a_line_that_is_slower_than_the_die_needs_no_pauses),
		CASE(what_is_no_whole_number_of_pages_ends_where_it_ends),
		CASE(what_arrived_is_discarded_until_it_is_quiet_and_the_chip_is_kept_awake),
		CASE(a_short_quiet_needs_no_zero),
		CASE(who_never_stops_to_talk_is_not_waited_for_for_ever),
		CASE(it_is_kept_awake_only_if_the_line_was_idle),
	};

	return cmocka_run_group_tests_name("uart_talk", tests, NULL, NULL);
}
