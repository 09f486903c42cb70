/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPI_WAIT_READY in a stream: when the status is sampled, and how the samples are evaluated. */
#include "tests/unit.h"
#include "tests/programmer/adapters/ch341a_adapter.h"

#define SAMPLES_MOST 16
#define BYTE_US 6

static struct spi_op wait_of(uint32_t expect_us)
{
	return (struct spi_op){
		.kind = SPI_WAIT_READY, .expect_us = expect_us, .max_us = 4 * expect_us};
}

/* Answers to 05h: one dummy byte, @busy samples with WIP, then ready. */
static void script_wait(uint8_t *script, size_t busy)
{
	for (size_t i = 0; i < 1 + SAMPLES_MOST; i++)
		script[i] = i > 0 && i <= busy ? 0x03 : 0x02;
}

static size_t sample_count(void)
{
	struct spi_op op = wait_of(1000);
	uint8_t script[64] = {0};
	struct adapter adapter;
	size_t count;

	adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script);
	count = adapter.byte_count - 1;
	adapter_free(&adapter);
	return count;
}

static void a_wait_reads_the_status_register(void **state)
{
	struct spi_op op = wait_of(1000);
	uint8_t script[64] = {0};
	struct adapter adapter;

	(void)state;
	adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script);
	assert_int_equal(adapter.window_count, 1);
	assert_int_equal(adapter.mosi[0], 0x05);
	assert_in_range(adapter.byte_count, 1 + 2, 1 + SAMPLES_MOST);
	assert_int_equal(adapter.pins, CH341A_PINS_IDLE);
	adapter_free(&adapter);
}

static void the_samples_lie_around_the_expected_time(void **state)
{
	static const uint32_t times[] = {100, 150, 400, 700, 2000, 3000, 12000, 50000, 100000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		struct spi_op op = wait_of(times[i]);
		uint8_t script[64] = {0};
		struct adapter adapter;
		uint64_t first, last;

		adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script);
		first = adapter.byte_ns[1] / 1000;
		last = adapter.byte_ns[adapter.byte_count - 1] / 1000;
		assert_in_range(first, times[i] > 120 ? times[i] - 120 : 0, times[i]);
		assert_in_range(last, times[i], times[i] + 120);
		/* The first sample is taken when the stream assumes that it is. */
		assert_in_range(adapter.stream.waits[0].first_us + 50, first, first + 100);
		adapter_free(&adapter);
	}
}

static void a_wait_without_expectation_looks_at_once(void **state)
{
	struct spi_op op = wait_of(0);
	uint8_t script[64] = {0};
	struct adapter adapter;

	(void)state;
	adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script);
	assert_true(adapter.byte_ns[1] < 150000);
	assert_false(op.missed);
	assert_true(op.early);
	adapter_free(&adapter);
}

static void took_is_the_time_of_the_first_sample_that_was_ready(void **state)
{
	const size_t count = sample_count();

	(void)state;
	for (size_t busy = 0; busy < count; busy++) {
		struct spi_op op = wait_of(700);
		uint8_t script[64];
		struct adapter adapter;

		script_wait(script, busy);
		op.missed = true;
		assert_int_equal(adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script), 0);
		assert_false(op.missed);
		assert_int_equal(op.early, busy == 0);
		assert_int_equal(op.took_us, adapter.stream.waits[0].first_us + busy * BYTE_US);
		adapter_free(&adapter);
	}
}

static void a_die_that_is_busy_to_the_last_sample_was_missed(void **state)
{
	struct spi_op op = wait_of(700);
	uint8_t script[64];
	struct adapter adapter;

	(void)state;
	script_wait(script, SAMPLES_MOST);
	assert_int_equal(adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script), 0);
	assert_true(adapter.stream.missed);
	assert_int_equal(adapter.stream.missed_op, 0);
	assert_true(op.missed);
	assert_false(op.early);
	assert_true(op.took_us >= 700);
	adapter_free(&adapter);
}

static void only_wip_means_busy(void **state)
{
	struct spi_op op = wait_of(700);
	uint8_t script[64];
	struct adapter adapter;

	(void)state;
	memset(script, 0xfe, sizeof(script));
	assert_int_equal(adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script), 0);
	assert_true(op.early);
	adapter_free(&adapter);
	memset(script, 0x01, sizeof(script));
	assert_int_equal(adapter_run_script(&adapter, CH341A_PINS_IDLE, &op, 1, script), 0);
	assert_true(adapter.stream.missed);
	assert_true(op.missed);
	adapter_free(&adapter);
}

static void the_wait_that_was_missed_is_named_by_its_op(void **state)
{
	const uint8_t tx[40] = {0};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = tx, .tx_len = 1},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 40},
		wait_of(700),
		{.kind = SPI_XFER, .tx = tx, .tx_len = 1},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 35},
		wait_of(900),
		{.kind = SPI_XFER, .tx = tx, .tx_len = 1},
	};
	const size_t samples = sample_count();
	uint8_t script[256] = {0};
	struct adapter adapter;

	(void)state;
	memset(script + 41 + 1 + samples + 36 + 1, 0x03, samples);
	assert_int_equal(adapter_run_script(&adapter, CH341A_PINS_IDLE, ops, COUNT_OF(ops), script),
			 0);
	assert_true(adapter.stream.missed);
	assert_int_equal(adapter.stream.missed_op, 5);
	assert_false(ops[2].missed);
	assert_true(ops[2].early);
	assert_true(ops[5].missed);
	adapter_free(&adapter);
}

static void a_wait_too_long_for_the_adapter_cuts_the_stream(void **state)
{
	const uint8_t tx[2] = {0};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = tx, .tx_len = 2},
		wait_of(CH341A_STREAM_WAIT_US + 1),
		{.kind = SPI_XFER, .tx = tx, .tx_len = 2},
	};
	struct ch341a_stream stream = {0};

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, ops, 3), 0);
	assert_int_equal(stream.op_count, 1);
	assert_int_equal(stream.reply_count, 1);
	assert_int_equal(stream.pins, CH341A_PINS_IDLE);

	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, ops + 1, 2), 0);
	assert_int_equal(stream.op_count, 0);
	assert_int_equal(stream.reply_count, 0);

	ops[1] = wait_of(CH341A_STREAM_WAIT_US);
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, ops, 3), 0);
	assert_int_equal(stream.op_count, 3);
	ch341a_stream_free(&stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wait_reads_the_status_register),
		cmocka_unit_test(the_samples_lie_around_the_expected_time),
		cmocka_unit_test(a_wait_without_expectation_looks_at_once),
		cmocka_unit_test(took_is_the_time_of_the_first_sample_that_was_ready),
		cmocka_unit_test(a_die_that_is_busy_to_the_last_sample_was_missed),
		cmocka_unit_test(only_wip_means_busy),
		cmocka_unit_test(the_wait_that_was_missed_is_named_by_its_op),
		cmocka_unit_test(a_wait_too_long_for_the_adapter_cuts_the_stream),
	};

	return cmocka_run_group_tests_name("ch341a_stream_wait", tests, NULL, NULL);
}
