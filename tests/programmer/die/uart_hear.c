/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is accepted as an answer. */
#include "tests/unit.h"
#include "tests/programmer/die/script_wire.h"

static void noise_and_old_answers_to_link_checks_are_skipped(void **state)
{
	static const uint8_t noise[] = {0x00, 0x04, 0x33, 0x04, 0x0e, 0x7f};
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	(void)state;
	script_comes(noise, sizeof(noise), 0);
	script_link_comes(0);
	script_comes(noise, sizeof(noise), 0);
	script_sector_comes(0x12000, 0, 0x5a, 0);
	assert_int_equal(script_hear(&read, 0, &answer), UART_HEARD);
	assert_int_equal(answer.length, 4 + UART_SECTOR);
	assert_int_equal(answer.payload[4], 0x5a);
	/* It is kept, since it may show why nothing else arrives. */
	assert_int_equal(script_talk.strange_count, 2 * sizeof(noise));
	assert_memory_equal(script_talk.strange, noise, sizeof(noise));
	assert_memory_equal(script_talk.strange + sizeof(noise), noise, sizeof(noise));
}

static void of_what_is_strange_only_the_first_bytes_are_kept_and_all_are_counted(void **state)
{
	static uint8_t noise[3 * UART_STRANGE_MOST];
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(0x10 + i % 200);
	script_comes(noise, sizeof(noise), 0);
	assert_int_equal(script_hear(&link, 200000, &answer), UART_HEARD_NOTHING);
	assert_int_equal(script_talk.strange_count, sizeof(noise));
	assert_memory_equal(script_talk.strange, noise, UART_STRANGE_MOST);
}

static void an_answer_to_something_else_waits_until_it_is_taken_or_dropped(void **state)
{
	const struct uart_request first = uart_read_sector(0x1000),
				  second = uart_read_sector(0x2000);
	struct uart_answer answer;

	for (unsigned drops = 0; drops < 2; drops++) {
		script_talk_begin(state);
		script_sector_comes(0x2000, 0, 2, 0);
		assert_int_equal(script_hear(&first, 0, &answer), UART_HEARD_OTHER);
		assert_int_equal(uart_number(answer.payload), 0x2000);
		if (drops)
			talk_drop(&script_talk);
		assert_int_equal(script_hear(&second, 0, &answer),
				 drops ? UART_HEARD_NOTHING : UART_HEARD);
		/* It can be taken only once. */
		assert_int_equal(script_hear(&second, 0, &answer), UART_HEARD_NOTHING);
	}
}

static void a_status_is_a_refusal_of_whatever_length(void **state)
{
	static const uint8_t refusal[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc,
					  0xf4, 0x03, 0x00, 0x09, 0x06, 0x00};
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	(void)state;
	script_comes(refusal, sizeof(refusal), 0);
	assert_int_equal(script_hear(&read, 0, &answer), UART_HEARD_REFUSAL);
	assert_int_equal(answer.status, 0x06);
	assert_int_equal(script_hear(&read, 0, &answer), UART_HEARD_NOTHING);
}

/* A damaged length asks for more bytes than there are: the answer that follows is found in them. */
static void an_answer_that_never_ends_does_not_hide_the_next_one(void **state)
{
	static const uint8_t damaged[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc,
					  0xf4, 0x06, 0x10, 0x09, 0x00};
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	(void)state;
	script_comes(damaged, sizeof(damaged), 0);
	script_sector_comes(0x12000, 0, 0x5a, 0);
	script_sector_comes(0x12000, 0, 0x77, 0);
	/* The first answer is completed with bytes of the second, which is lost with it. */
	assert_int_not_equal(script_hear(&read, 0, &answer), UART_HEARD_NOTHING);
	talk_drop(&script_talk);
	assert_int_equal(script_hear(&read, 0, &answer), UART_HEARD);
	assert_int_equal(answer.payload[4], 0x77);
}

/* Missing bytes are taken from the start of the next answer, which must not be lost as well. */
static void bytes_that_an_answer_lost_do_not_cost_the_next_one(void **state)
{
	const struct uart_request first = uart_read_sector(0x11000),
				  second = uart_read_sector(0x12000);
	uint8_t bytes[UART_ANSWER_MOST];
	struct uart_answer answer;

	for (unsigned lost = 0; lost <= 6; lost++) {
		script_talk_begin(state);
		script_sector_answer(0x11000, 0, 0x11, bytes);
		script_comes(bytes, sizeof(bytes) - lost, 0);
		script_sector_comes(0x12000, 0, 0x22, 0);
		script_talk.follows = true;
		assert_int_equal(script_hear(&first, 0, &answer),
				 lost ? UART_HEARD_OTHER : UART_HEARD);
		script_talk.follows = false;
		assert_int_equal(script_hear(&second, 0, &answer), UART_HEARD);
		assert_int_equal(answer.payload[4], 0x22);
		assert_int_equal(answer.payload[4 + UART_SECTOR - 1], 0x22);
		if (lost)
			assert_int_equal(script_talk.strange_count, sizeof(bytes) - lost);
	}
}

/* For who can tell by its sum which one it was; with two missing nobody can. */
static void a_sector_that_lacks_a_byte_will_do_if_that_is_wanted(void **state)
{
	const struct uart_request first = uart_read_sector(0x11000),
				  second = uart_read_sector(0x12000);
	uint8_t bytes[UART_ANSWER_MOST];
	struct uart_answer answer;

	for (unsigned lost = 1; lost <= 2; lost++)
		for (unsigned follows = 0; follows < 2; follows++) {
			enum uart_heard wanted = follows ? UART_HEARD_OTHER : UART_HEARD_NOTHING;

			script_talk_begin(state);
			script_talk.mends = true;
			script_talk.follows = follows;
			script_sector_answer(0x11000, 0, 0x11, bytes);
			script_comes(bytes, sizeof(bytes) - lost, 0);
			if (follows)
				script_sector_comes(0x12000, 0, 0x22, 0);
			assert_int_equal(script_hear(&first, 0, &answer),
					 lost == 1 ? UART_HEARD : wanted);
			if (lost == 1) {
				assert_int_equal(answer.length, 4 + UART_SECTOR);
				assert_int_equal(answer.payload[4 + UART_SECTOR - 2], 0x11);
				assert_int_equal(script_talk.strange_count, 0);
			}
			script_talk.mends = script_talk.follows = false;
			if (!follows)
				continue;
			assert_int_equal(script_hear(&second, 0, &answer), UART_HEARD);
			assert_int_equal(answer.payload[4], 0x22);
			assert_int_equal(answer.payload[4 + UART_SECTOR - 1], 0x22);
		}
}

/* No sum would tell what was missing of it. */
static void of_anything_but_a_sector_no_byte_may_be_missing(void **state)
{
	static const uint8_t linked[] = {0x04, 0x0e, 0x05, 0x01, 0xe0, 0xfc, 0x01};
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;

	(void)state;
	script_talk.mends = true;
	script_comes(linked, sizeof(linked), 0);
	assert_int_equal(script_hear(&link, 0, &answer), UART_HEARD_NOTHING);
}

/* A flash may hold anything: only the bytes that follow tell whether an answer is complete. */
static void an_answer_that_ends_like_the_begin_of_another_is_one(void **state)
{
	static const uint8_t head[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc};
	const struct uart_request first = uart_read_sector(0x11000),
				  second = uart_read_sector(0x12000);
	uint8_t bytes[UART_ANSWER_MOST];
	struct uart_answer answer;

	for (unsigned i = 0; i < 2 * sizeof(head); i++) {
		size_t like = 1 + i / 2;

		script_talk_begin(state);
		script_sector_answer(0x11000, 0, 0x11, bytes);
		memcpy(bytes + sizeof(bytes) - like, head, like);
		script_comes(bytes, sizeof(bytes), 0);
		/* The next one arrives at once, or much later than it is waited for. */
		script_sector_comes(0x12000, 0, 0x22, i % 2 ? 500000 : 0);
		script_talk.follows = true;
		assert_int_equal(script_hear(&first, 0, &answer), UART_HEARD);
		assert_memory_equal(answer.payload + 4 + UART_SECTOR - like, head, like);
		script_talk.follows = false;
		assert_int_equal(script_hear(&second, 600000, &answer), UART_HEARD);
		assert_int_equal(script_talk.strange_count, 0);
	}
}

static void an_answer_to_another_command_is_none(void **state)
{
	static const uint8_t status[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4,
					 0x04, 0x00, 0x0c, 0x00, 0x05, 0x40};
	const struct uart_request read = uart_read_sector(0x12000);
	struct uart_answer answer;

	(void)state;
	script_comes(status, sizeof(status), 0);
	script_sector_comes(0x12000, 0, 0x5a, 0);
	assert_int_equal(script_hear(&read, 0, &answer), UART_HEARD);
	assert_int_equal(answer.payload[4], 0x5a);
}

#define CASE(name) cmocka_unit_test_setup(name, script_talk_begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(noise_and_old_answers_to_link_checks_are_skipped),
		CASE(of_what_is_strange_only_the_first_bytes_are_kept_and_all_are_counted),
		CASE(an_answer_to_something_else_waits_until_it_is_taken_or_dropped),
		CASE(a_status_is_a_refusal_of_whatever_length),
		CASE(an_answer_that_never_ends_does_not_hide_the_next_one),
		CASE(bytes_that_an_answer_lost_do_not_cost_the_next_one),
		CASE(a_sector_that_lacks_a_byte_will_do_if_that_is_wanted),
		CASE(of_anything_but_a_sector_no_byte_may_be_missing),
		CASE(an_answer_that_ends_like_the_begin_of_another_is_one),
		CASE(an_answer_to_another_command_is_none),
	};

	return cmocka_run_group_tests_name("uart_hear", tests, NULL, NULL);
}
