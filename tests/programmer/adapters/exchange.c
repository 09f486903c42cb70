/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes of an answer go, however they are split; extra bytes are not accepted. */
#include "tests/unit.h"
#include "programmer/adapters/exchange.h"

static struct exchange exchange;

static int begin(void **state)
{
	(void)state;
	exchange_begin(&exchange);
	return 0;
}

static int end(void **state)
{
	(void)state;
	exchange_free(&exchange);
	return 0;
}

static void what_is_put_in_goes_out_whole_however_much_it_is(void **state)
{
	static uint8_t bytes[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	exchange_put(&exchange, bytes, 1);
	exchange_put(&exchange, bytes, 0);
	exchange_put(&exchange, bytes + 1, 4095);
	exchange_put(&exchange, bytes + 4096, sizeof(bytes) - 4096);
	assert_int_equal(exchange.out_len, sizeof(bytes));
	assert_memory_equal(exchange.out, bytes, sizeof(bytes));
	assert_false(exchange.no_memory);
	/* Its memory is reused. */
	exchange_begin(&exchange);
	exchange_put(&exchange, bytes + 3, 5);
	assert_int_equal(exchange.out_len, 5);
	assert_memory_equal(exchange.out, bytes + 3, 5);
}

/* Some bytes are wanted and some are not; packet boundaries do not matter for either. */
static void an_answer_is_parted_as_it_was_expected(void **state)
{
	uint8_t bytes[20], first[5], second[7];

	for (size_t piece = 1; piece <= sizeof(bytes); piece++) {
		begin(state);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(i + 1);
		assert_true(exchange_expect(&exchange, first, 5));
		assert_true(exchange_expect(&exchange, NULL, 8));
		assert_true(exchange_expect(&exchange, NULL, 0));
		assert_true(exchange_expect(&exchange, second, 7));
		assert_int_equal(exchange.missing, 20);
		for (size_t at = 0; at < sizeof(bytes); at += piece) {
			size_t n = sizeof(bytes) - at < piece ? sizeof(bytes) - at : piece;

			assert_int_equal(exchange_take(&exchange, bytes + at, n), TROUBLE_NONE);
		}
		assert_int_equal(exchange.missing, 0);
		assert_memory_equal(first, bytes, 5);
		assert_memory_equal(second, bytes + 13, 7);
	}
}

static void more_than_is_missing_is_a_fault_and_goes_nowhere(void **state)
{
	static const uint8_t bytes[4] = {1, 2, 3, 4};
	uint8_t rx[4] = {0x55, 0x55, 0x55, 0x55};

	(void)state;
	assert_int_equal(exchange_take(&exchange, bytes, 1), TROUBLE_ADAPTER_FAULT);
	exchange_expect(&exchange, rx, 3);
	assert_int_equal(exchange_take(&exchange, bytes, 4), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(rx[0], 0x55);
	assert_int_equal(exchange_take(&exchange, bytes, 3), TROUBLE_NONE);
	assert_memory_equal(rx, "\1\2\3\x55", 4);
}

static void there_are_only_so_many_pieces(void **state)
{
	static uint8_t rx[EXCHANGE_PIECES];

	(void)state;
	for (size_t i = 0; i < EXCHANGE_PIECES; i++)
		assert_true(exchange_expect(&exchange, &rx[i], 1));
	assert_false(exchange_expect(&exchange, rx, 1));
	assert_int_equal(exchange.missing, EXCHANGE_PIECES);
	/* Nothing is expected for zero bytes. */
	assert_true(exchange_expect(&exchange, rx, 0));
}

/*
 * An FT232H puts two status bytes at the start of each packet, and sends them alone if it has no
 * data.
 */
static void what_is_in_front_of_each_packet_is_left_out(void **state)
{
	static const uint8_t packets[] = {0xaa, 0xbb, 1, 2, 0xaa, 0xbb, 3, 4, 0xaa, 0xbb, 5};
	static const uint8_t empty[] = {0xaa, 0xbb};
	uint8_t rx[5];

	(void)state;
	exchange_expect(&exchange, rx, 5);
	assert_int_equal(exchange_take_packets(&exchange, empty, 2, 4, 2), TROUBLE_NONE);
	assert_int_equal(exchange.missing, 5);
	assert_int_equal(exchange_take_packets(&exchange, packets, sizeof(packets), 4, 2),
			 TROUBLE_NONE);
	assert_memory_equal(rx, "\1\2\3\4\5", 5);
	assert_int_equal(exchange_take_packets(&exchange, empty, 1, 4, 2), TROUBLE_ADAPTER_FAULT);
	/* A fault in the first of two packets counts. */
	assert_int_equal(exchange_take_packets(&exchange, packets, 6, 4, 2), TROUBLE_ADAPTER_FAULT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_put_in_goes_out_whole_however_much_it_is),
		CASE(an_answer_is_parted_as_it_was_expected),
		CASE(more_than_is_missing_is_a_fault_and_goes_nowhere),
		CASE(there_are_only_so_many_pieces),
		CASE(what_is_in_front_of_each_packet_is_left_out),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
