/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests without an answer are repeated, in step, and a chip that is lost is linked again. */
#include "tests/unit.h"
#include "tests/programmer/die/script_wire.h"

static void a_byte_of_noise_does_not_end_the_wait_for_work(void **state)
{
	static const uint8_t noise = 0x33;
	const struct uart_request read = uart_read_sector(0x12000);
	enum uart_heard heard;
	struct uart_answer answer;

	(void)state;
	script_comes(&noise, 1, 1000);
	script_sector_comes(0x12000, 0, 0x5a, 300000);
	assert_int_equal(talk_hear(&script_talk, &read, 500000, &answer, &heard), TROUBLE_NONE);
	assert_int_equal(heard, UART_HEARD);
}

static void counts_are_less_field_by_field(void **state)
{
	const struct uart_counts all = {11, 12, 13, 14, 15, 16}, some = {6, 5, 4, 3, 2, 1},
				 less = {5, 7, 9, 11, 13, 15};
	const struct uart_counts found = uart_counts_less(&all, &some);

	(void)state;
	assert_memory_equal(&found, &less, sizeof(less));
}

/* --- lost and found --- */

static unsigned relinks;
static enum trouble_kind relink_gives;
static struct uart_talk *relink_of;

static enum trouble_kind relink(void *data)
{
	relink_of = data;
	relinks++;
	/* A failure during this does not start it again. */
	assert_int_equal(talk_lost(&script_talk), TROUBLE_LINK_LOST);
	script.chip = script_links;
	script.deaf = 0;
	return relink_gives;
}

static void can_relink(enum trouble_kind gives)
{
	relinks = 0;
	relink_gives = gives;
	script_talk.relink = relink;
	script_talk.data = &script_talk;
}

static void a_chip_that_cannot_be_reset_is_lost(void **state)
{
	(void)state;
	assert_int_equal(talk_lost(&script_talk), TROUBLE_LINK_LOST);
	assert_int_equal(script_talk.counts.relinks, 0);
}

static void a_chip_that_is_brought_back_has_forgotten_all(void **state)
{
	(void)state;
	can_relink(TROUBLE_NONE);
	assert_int_equal(talk_lost(&script_talk), TROUBLE_NONE);
	assert_ptr_equal(relink_of, &script_talk);
	assert_int_equal(relinks, 1);
	assert_int_equal(script_talk.counts.relinks, 1);
	assert_int_equal(script_talk.epoch, 1);
	assert_false(script_talk.relinking);
	can_relink(TROUBLE_ADAPTER_GONE);
	assert_int_equal(talk_lost(&script_talk), TROUBLE_ADAPTER_GONE);
	assert_false(script_talk.relinking);
}

static void a_line_is_in_step_when_a_link_check_is_answered(void **state)
{
	for (unsigned deaf_for = 0; deaf_for < 3; deaf_for++) {
		script_talk_begin(state);
		script_let_link(deaf_for);
		can_relink(TROUBLE_NONE);
		script_talk.relinks_soon = true;
		assert_int_equal(talk_sync(&script_talk), TROUBLE_NONE);
		assert_int_equal(script.links_asked, deaf_for + 1);
		assert_int_equal(relinks, 0);
		assert_int_equal(script_talk.counts.in_step, 1);
		/* Zeros before each of them end a frame that has lost bytes. */
		assert_true(script.zeros_heard >= 32 * (deaf_for + 1));
		assert_int_equal(script.sent[0] | script.sent[31], 0);
	}
}

static void behind_three_that_are_not_a_chip_that_can_be_reset_is(void **state)
{
	(void)state;
	script_let_link(UINT32_MAX);
	can_relink(TROUBLE_NONE);
	script_talk.relinks_soon = true;
	assert_int_equal(talk_sync(&script_talk), TROUBLE_NONE);
	assert_int_equal(script.links_asked, 3);
	assert_int_equal(relinks, 1);
}

/* The chip may be waiting for the rest of the longest frame that a damaged length can announce. */
static unsigned heard_of_frame;

static void fills_up(const uint8_t *bytes, size_t count)
{
	heard_of_frame += (unsigned)count;
	if (heard_of_frame > 65536)
		script_links(bytes, count < 5 ? count : 5);
}

static void one_that_only_a_person_can_reset_is_filled_up_first(void **state)
{
	(void)state;
	script_let_link(0);
	script.chip = fills_up;
	heard_of_frame = 0;
	can_relink(TROUBLE_NONE);
	assert_int_equal(talk_sync(&script_talk), TROUBLE_NONE);
	assert_int_equal(relinks, 0);
	assert_true(heard_of_frame > 65536);

	script_talk_begin(state);
	script_let_link(UINT32_MAX);
	can_relink(TROUBLE_NONE);
	assert_int_equal(talk_sync(&script_talk), TROUBLE_NONE);
	assert_int_equal(relinks, 1);
	assert_in_range(script.sent_count, 65536, 65536 + 8192);
}

/* --- requests --- */

static uint8_t wrong_answers; /* before the right one; sectors hold the number of the try */
static unsigned asked;
static uint8_t wrong_status;

static void answers_later(const uint8_t *bytes, size_t count)
{
	if (count != 12 || bytes[7] != 0x09) {
		script_links(bytes, count);
		return;
	}
	if (++asked > wrong_answers)
		script_sector_comes(0x12000, 0, (uint8_t)asked, 500);
	else if (wrong_status)
		script_sector_comes(0x12000, wrong_status, 0, 500);
}

static void let_answer_after(uint8_t wrong, uint8_t status)
{
	script_let_link(0);
	script.chip = answers_later;
	wrong_answers = wrong;
	wrong_status = status;
	asked = 0;
}

static void a_request_is_repeated_in_step_until_it_is_answered(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);

	for (uint8_t wrong = 0; wrong < 7; wrong++) {
		enum uart_heard heard = UART_HEARD_OTHER;
		struct uart_answer answer;
		enum trouble_kind kind;

		script_talk_begin(state);
		let_answer_after(wrong, 0);
		kind = talk_ask(&script_talk, &read, 0, &answer, &heard);
		assert_int_equal(kind, wrong < 5 ? TROUBLE_NONE : TROUBLE_LINK_LOST);
		assert_int_equal(asked, wrong < 5 ? wrong + 1 : 5);
		assert_int_equal(script_talk.counts.again, asked - 1);
		assert_int_equal(script_talk.counts.in_step, asked - 1);
		if (kind)
			continue;
		assert_int_equal(heard, UART_HEARD);
		assert_int_equal(answer.payload[4], wrong + 1);
	}
}

static uint32_t late_us;

/* A computer, a hub or a chip that is busy: everything is done, but late. */
static void answers_late(const uint8_t *bytes, size_t count)
{
	if (count == 12 && bytes[7] == 0x09)
		script_sector_comes(0x12000, 0, (uint8_t)++asked, late_us);
	else
		script_links(bytes, count);
}

static void an_answer_that_is_late_each_time_is_waited_for_in_the_end(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	for (late_us = 1000; late_us <= 141000; late_us += 20000) {
		script_talk_begin(state);
		let_answer_after(0, 0);
		script.chip = answers_late;
		script_talk.latency_us = 1000;
		assert_int_equal(talk_ask(&script_talk, &read, 0, &answer, NULL), TROUBLE_NONE);
		assert_true(asked <= 4);
	}
}

static void a_refusal_is_an_answer_to_those_who_ask_for_it(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);
	enum uart_heard heard = UART_HEARD_NOTHING;
	struct uart_answer answer;

	(void)state;
	let_answer_after(1, 0x06);
	assert_int_equal(talk_ask(&script_talk, &read, 0, &answer, &heard), TROUBLE_NONE);
	assert_int_equal(heard, UART_HEARD_REFUSAL);
	assert_int_equal(asked, 1);
	let_answer_after(1, 0x06);
	assert_int_equal(talk_ask(&script_talk, &read, 0, &answer, NULL), TROUBLE_NONE);
	assert_int_equal(asked, 2);
	let_answer_after(100, 0x06);
	assert_int_equal(talk_ask(&script_talk, &read, 0, &answer, NULL), TROUBLE_LINK_LOST);
}

static void what_a_bootloader_does_not_know_is_silence_and_no_error(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);

	for (uint8_t wrong = 0; wrong < 4; wrong++) {
		enum uart_heard heard = UART_HEARD_OTHER;
		struct uart_answer answer;

		script_talk_begin(state);
		let_answer_after(wrong, 0);
		assert_int_equal(talk_probe(&script_talk, &read, 3, &answer, &heard), TROUBLE_NONE);
		assert_int_equal(heard, wrong < 3 ? UART_HEARD : UART_HEARD_NOTHING);
		assert_int_equal(asked, wrong < 3 ? wrong + 1 : 3);
		assert_int_equal(script_talk.counts.in_step, 0);
	}
}

static void an_answer_to_something_else_is_no_answer_to_a_probe(void **state)
{
	const struct uart_request read = uart_read_sector(0x12000);
	enum uart_heard heard;
	struct uart_answer answer;

	(void)state;
	let_answer_after(0, 0);
	script_sector_comes(0x44000, 0, 9, 0);
	assert_int_equal(talk_probe(&script_talk, &read, 3, &answer, &heard), TROUBLE_NONE);
	assert_int_equal(heard, UART_HEARD);
	assert_int_equal(uart_number(answer.payload), 0x12000);
	assert_int_equal(script_talk.counts.in_step, 1);
}

static unsigned slow_from; /* from this LinkCheck on answers take longer */

static void links_slowly(const uint8_t *bytes, size_t count)
{
	if (count == 5 && bytes[0] == 1)
		script_link_comes(++script.links_asked == slow_from ? 9000 : 2000);
}

static void the_latency_of_a_line_is_the_longest_that_was_seen(void **state)
{
	uint32_t answer_us = 8 * SCRIPT_BYTE_US;

	(void)state;
	script_let_link(0);
	script.chip = links_slowly;
	slow_from = 4;
	assert_int_equal(talk_learn_latency(&script_talk), TROUBLE_NONE);
	assert_in_range(script.links_asked, 4, 6);
	assert_in_range(script_talk.latency_us, 9000 + answer_us, 9000 + answer_us + 100);
	/* It is measured again at each rate. */
	slow_from = 0;
	assert_int_equal(talk_learn_latency(&script_talk), TROUBLE_NONE);
	assert_in_range(script_talk.latency_us, 2000 + answer_us, 2000 + answer_us + 100);
	/* Without an answer it is not known. */
	script.chip = NULL;
	assert_int_equal(talk_learn_latency(&script_talk), TROUBLE_NONE);
	assert_int_equal(script_talk.latency_us, 0);
}

static void link_checks_flow_without_a_gap_until_one_is_answered(void **state)
{
	uint64_t start = script.us, left = start, sent_us;
	bool is_linked = true;

	(void)state;
	assert_int_equal(talk_stream(&script_talk, 500000, &is_linked), TROUBLE_NONE);
	assert_false(is_linked);
	assert_in_range(script.us - start, 500000, 510000);
	sent_us = script.sent_count * UINT64_C(10000000) / 115200;
	assert_in_range(sent_us, 499000, 520000);
	/* Small pieces, so that their answers cannot overrun anything. */
	for (size_t i = 0; i < script.write_count; i++) {
		assert_in_range(script.writes[i].count, 5, 100);
		assert_true(script.writes[i].us + (i ? 1000 : 0) <= left);
		left += wire_bytes_us(&script.wire, script.writes[i].count);
	}

	script_talk_begin(state);
	start = script.us;
	script_comes((const uint8_t *)"xx", 2, 100000);
	script_link_comes(0);
	assert_int_equal(talk_stream(&script_talk, 500000, &is_linked), TROUBLE_NONE);
	assert_true(is_linked);
	assert_in_range(script.us - start, 100000, 112000);
}

/* Such a pause may come at any time: data is always handed over that much ahead. */
static void the_flow_bears_the_pauses_of_who_passes_it_on(void **state)
{
	bool is_linked;
	uint64_t left;

	(void)state;
	script.wire.caps.jitter_us = 5000;
	assert_int_equal(talk_stream(&script_talk, 300000, &is_linked), TROUBLE_NONE);
	left = script.writes[0].us;
	for (size_t i = 0; i < script.write_count; i++) {
		if (i)
			assert_true(script.writes[i].us + 5000 <= left + 100);
		left += wire_bytes_us(&script.wire, script.writes[i].count) * 17 / 16;
	}
}

/* --- a wire that fails --- */

static enum trouble_kind do_send(void)
{
	const struct uart_request link = uart_link_check();

	return talk_send(&script_talk, &link);
}

static enum trouble_kind do_send_paced(void)
{
	static const uint8_t data[UART_SECTOR];
	const struct uart_request write = uart_write_sector(0x12000, data);

	return talk_send_paced(&script_talk, &write, 60000);
}

static enum trouble_kind do_hear(void)
{
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;
	enum uart_heard heard;

	script_sector_comes(0x12000, 0, 1, 5000);
	return talk_hear(&script_talk, &read, 0, &answer, &heard);
}

static enum trouble_kind do_ask(void)
{
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	let_answer_after(2, 0);
	return talk_ask(&script_talk, &read, 0, &answer, NULL);
}

static enum trouble_kind do_probe(void)
{
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;
	enum uart_heard heard;

	let_answer_after(2, 0);
	script_sector_comes(0x44000, 0, 9, 0);
	return talk_probe(&script_talk, &read, 3, &answer, &heard);
}

static enum trouble_kind do_hush(void)
{
	return talk_hush(&script_talk, 100000);
}

static enum trouble_kind do_keep_awake(void)
{
	return talk_keep_awake(&script_talk);
}

static enum trouble_kind do_sync(void)
{
	script_let_link(2);
	return talk_sync(&script_talk);
}

static enum trouble_kind do_fill_up(void)
{
	script_let_link(UINT32_MAX);
	can_relink(TROUBLE_NONE);
	return talk_sync(&script_talk);
}

static enum trouble_kind do_learn(void)
{
	script_let_link(0);
	return talk_learn_latency(&script_talk);
}

static enum trouble_kind do_stream(void)
{
	bool is_linked;

	return talk_stream(&script_talk, 30000, &is_linked);
}

/* Whatever is going on: the next call of the wire fails, and nothing hides the failure. */
static void a_wire_that_fails_ends_everything_with_its_kind(void **state)
{
	static enum trouble_kind (*const jobs[])(void) = {
		do_send, do_send_paced, do_hear,  do_ask,    do_probe,	    do_hush,
		do_sync, do_fill_up,	do_learn, do_stream, do_keep_awake,
	};

	for (size_t i = 0; i < COUNT_OF(jobs); i++) {
		unsigned all, stride;

		script_talk_begin(state);
		assert_int_equal(jobs[i](), TROUBLE_NONE);
		all = script.calls;
		assert_true(all > 0);
		stride = all > 100 ? all / 50 : 1;
		for (unsigned number = 1; number <= all; number += number < 40 ? 1 : stride) {
			script_talk_begin(state);
			script.fails_at = number;
			assert_int_equal(jobs[i](), TROUBLE_ADAPTER_GONE);
			assert_int_equal(script.calls, number);
			assert_int_equal(script_talk.counts.relinks, 0);
		}
	}
}

#define CASE(name) cmocka_unit_test_setup(name, script_talk_begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_byte_of_noise_does_not_end_the_wait_for_work),
		CASE(counts_are_less_field_by_field),
		CASE(a_chip_that_cannot_be_reset_is_lost),
		CASE(a_chip_that_is_brought_back_has_forgotten_all),
		CASE(a_line_is_in_step_when_a_link_check_is_answered),
		CASE(behind_three_that_are_not_a_chip_that_can_be_reset_is),
		CASE(one_that_only_a_person_can_reset_is_filled_up_first),
		CASE(a_request_is_repeated_in_step_until_it_is_answered),
		CASE(an_answer_that_is_late_each_time_is_waited_for_in_the_end),
		CASE(a_refusal_is_an_answer_to_those_who_ask_for_it),
		CASE(what_a_bootloader_does_not_know_is_silence_and_no_error),
		CASE(an_answer_to_something_else_is_no_answer_to_a_probe),
		CASE(the_latency_of_a_line_is_the_longest_that_was_seen),
		CASE(link_checks_flow_without_a_gap_until_one_is_answered),
		CASE(the_flow_bears_the_pauses_of_who_passes_it_on),
		CASE(a_wire_that_fails_ends_everything_with_its_kind),
	};

	return cmocka_run_group_tests_name("uart_talk_lost", tests, NULL, NULL);
}
