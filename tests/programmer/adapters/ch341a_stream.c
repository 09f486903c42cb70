/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small adapter in this test reads the packets back: it checks their framing, tracks the pins,
 * counts the time and makes the replies. See ch341a_adapter.h.
 */
#include "tests/unit.h"
#include "tests/programmer/adapters/ch341a_adapter.h"

static void the_entry_byte_d2_goes_over_usb_as_4b(void **state)
{
	const uint8_t d2[] = {0xd2, 0xd2};
	struct spi_op op = {.kind = SPI_XFER, .tx = d2, .tx_len = sizeof(d2)};
	struct ch341a_stream stream = {0};

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, &op, 1), 0);
	assert_int_equal(stream.out[32], 0xa8); /* after the packet that selects the die */
	assert_int_equal(stream.out[33], 0x4b);
	ch341a_stream_free(&stream);
}

static void every_byte_is_reversed_both_ways(void **state)
{
	uint8_t tx[256], rx[256];
	struct spi_op op = {.kind = SPI_DUPLEX, .tx = tx, .tx_len = 256, .rx = rx};
	struct adapter adapter;

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		tx[i] = (uint8_t)i;
	adapter_run(&adapter, CH341A_PINS_IDLE, &op, 1);
	assert_int_equal(adapter.byte_count, 256);
	assert_memory_equal(adapter.mosi, tx, 256);
	assert_memory_equal(adapter.miso, rx, 256);
	adapter_free(&adapter);
}

/* One window with these lengths: exactly the right bytes go out and come in. */
static void check_window(size_t tx_len, size_t rx_len)
{
	uint8_t tx[600], rx[600 + 2];
	struct spi_op op = {
		.kind = SPI_XFER, .tx = tx, .tx_len = tx_len, .rx = rx + 1, .rx_len = rx_len};
	struct adapter adapter;

	for (size_t i = 0; i < sizeof(tx); i++)
		tx[i] = (uint8_t)(i * 5 + 1);
	memset(rx, 0x5a, sizeof(rx));
	adapter_run(&adapter, CH341A_PINS_IDLE, &op, 1);
	assert_int_equal(adapter.window_count, 1);
	assert_int_equal(adapter.byte_count, tx_len + rx_len);
	assert_memory_equal(adapter.mosi, tx, tx_len);
	if (rx_len)
		assert_memory_equal(rx + 1, adapter.miso + tx_len, rx_len);
	assert_int_equal(rx[0], 0x5a);
	assert_int_equal(rx[1 + rx_len], 0x5a);
	adapter_free(&adapter);
}

static void answers_find_their_buffer_for_every_length(void **state)
{
	static const size_t edges[] = {0,  1,  2,  5,  29,  30,	 31,  32,  33,
				       61, 62, 63, 93, 255, 256, 257, 599, 600};

	(void)state;
	for (size_t len = 1; len <= 600; len++) {
		for (size_t i = 0; i < COUNT_OF(edges); i++) {
			check_window(len, edges[i]);
			if (edges[i] > 0)
				check_window(edges[i], len);
		}
	}
}

static void answers_of_several_windows_do_not_mix(void **state)
{
	uint8_t tx[40] = {0}, rx[3][70], duplex[40];
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = tx, .tx_len = 4, .rx = rx[0], .rx_len = 70},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 33},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 31, .rx = rx[1], .rx_len = 1},
		{.kind = SPI_DUPLEX, .tx = tx, .tx_len = 40, .rx = duplex},
		{.kind = SPI_DUPLEX, .tx = tx, .tx_len = 40},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 1, .rx = rx[2], .rx_len = 62},
	};
	struct adapter adapter;

	(void)state;
	adapter_run(&adapter, CH341A_PINS_IDLE, ops, COUNT_OF(ops));
	assert_int_equal(adapter.window_count, 6);
	assert_memory_equal(rx[0], adapter.miso + 4, 70);
	assert_memory_equal(rx[1], adapter.miso + 74 + 33 + 31, 1);
	assert_memory_equal(duplex, adapter.miso + 74 + 33 + 32, 40);
	assert_memory_equal(rx[2], adapter.miso + 74 + 33 + 32 + 80 + 1, 62);
	adapter_free(&adapter);
}

static void the_end_of_a_window_and_the_next_begin_share_a_packet(void **state)
{
	static const uint8_t wanted[] = {
		0xab, 0x80 | 0x37, 0x80 | 0x36, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,
		0,    0,	   0,		0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa8, 0xd0,
		0xc0, /* 0bh, 03h;
		    short, therefore
		    the end of its
		    transfer */
		0xab, 0x80 | 0x37, 0x80 | 0x36, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,
		0,    0,	   0,		0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa8, 0xc0,
		0xd0, 0xab,	   0x80 | 0x37, 0x20,
	};
	const uint8_t one[] = {0x0b, 0x03}, other[] = {0x03, 0x0b};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = one, .tx_len = 2},
		{.kind = SPI_XFER, .tx = other, .tx_len = 2},
	};
	struct ch341a_stream stream = {0};
	uint8_t *bytes;

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, ops, 2), 0);
	assert_int_equal(stream.out_len, sizeof(wanted));
	assert_memory_equal(stream.out, wanted, sizeof(wanted));
	assert_int_equal(stream.slice_count, 3);
	assert_int_equal(ch341a_stream_slice(&stream, 0, &bytes), 35);
	assert_int_equal(ch341a_stream_slice(&stream, 1, &bytes), 35);
	assert_int_equal(ch341a_stream_slice(&stream, 2, &bytes), 3);
	ch341a_stream_free(&stream);
}

static void a_command_of_one_byte_needs_no_packet_of_its_own(void **state)
{
	/* For each bit of 06h: D5 with the clock low, then with the clock high. */
	static const uint8_t wanted[] = {
		0xab, 0xb7, 0xb6, 0x96, 0x9e, 0x96, 0x9e, 0x96, 0x9e, 0x96, 0x9e, 0x96, 0x9e,
		0xb6, 0xbe, 0xb6, 0xbe, 0x96, 0x9e, 0xb6, 0xb7, 0xb6, 0x20, 0,	  0,	0,
		0,    0,    0,	  0,	0,    0,    0xa8, 0xc0, 0xd0, 0xab, 0xb7, 0x20,
	};
	const uint8_t wren = 0x06, next[] = {0x03, 0x0b};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = next, .tx_len = 2},
	};
	struct ch341a_stream stream = {0};

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, ops, 2), 0);
	assert_int_equal(stream.out_len, sizeof(wanted));
	assert_memory_equal(stream.out, wanted, sizeof(wanted));
	assert_int_equal(stream.slice_count, 2);
	ch341a_stream_free(&stream);
}

static void each_command_of_one_byte_arrives_wherever_it_stands_in_a_packet(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const uint8_t tx = (uint8_t)byte;
		struct spi_op ops[4];
		struct adapter adapter;

		for (size_t i = 0; i < COUNT_OF(ops); i++)
			ops[i] = (struct spi_op){.kind = SPI_XFER, .tx = &tx, .tx_len = 1};
		adapter_run(&adapter, CH341A_PINS_IDLE, ops, COUNT_OF(ops));
		assert_int_equal(adapter.window_count, COUNT_OF(ops));
		assert_int_equal(adapter.byte_count, COUNT_OF(ops));
		for (size_t i = 0; i < COUNT_OF(ops); i++)
			assert_int_equal(adapter.mosi[i], byte);
		adapter_free(&adapter);
	}
}

static void chip_select_is_high_at_the_end(void **state)
{
	const uint8_t tx[100] = {0};

	(void)state;
	for (size_t len = 1; len <= sizeof(tx); len++) {
		struct spi_op op = {.kind = SPI_XFER, .tx = tx, .tx_len = len};
		struct adapter adapter;

		adapter_run(&adapter, CH341A_PINS_IDLE, &op, 1);
		assert_int_equal(adapter.pins, CH341A_PINS_IDLE);
		assert_int_equal(adapter.stream.pins, CH341A_PINS_IDLE);
		adapter_free(&adapter);
	}
}

static void check_cen_is_kept(uint8_t idle, bool cen)
{
	const uint8_t tx[70] = {0};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = tx, .tx_len = 70},
		{.kind = SPI_DELAY, .expect_us = 5000},
		{.kind = SPI_DUPLEX, .tx = tx, .tx_len = 3},
		{.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 3000},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 1},
	};
	struct adapter adapter;

	adapter_run(&adapter, idle, ops, COUNT_OF(ops));
	assert_int_equal(adapter.cen_changes, 0);
	assert_int_equal(!!(adapter.pins & CH341A_PIN_CEN), cen);
	assert_int_equal(adapter.stream.pins, idle);
	adapter_free(&adapter);
}

static void cen_stays_high_through_every_pin_packet(void **state)
{
	(void)state;
	check_cen_is_kept(CH341A_PINS_IDLE, true);
}

static void cen_stays_low_through_every_pin_packet(void **state)
{
	(void)state;
	check_cen_is_kept(CH341A_PINS_IDLE & (uint8_t)~CH341A_PIN_CEN, false);
}

static void cen_moves_where_the_op_stands_and_nowhere_else(void **state)
{
	const uint8_t tx[2] = {0};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = tx, .tx_len = 2}, {.kind = SPI_CEN, .level = false},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 2}, {.kind = SPI_CEN, .level = true},
		{.kind = SPI_XFER, .tx = tx, .tx_len = 2},
	};
	struct adapter adapter;

	(void)state;
	adapter_run(&adapter, CH341A_PINS_IDLE, ops, COUNT_OF(ops));
	assert_int_equal(adapter.cen_changes, 2);
	assert_true(adapter.window_cen[0]);
	assert_false(adapter.window_cen[1]);
	assert_true(adapter.window_cen[2]);
	assert_int_equal(adapter.stream.pins, CH341A_PINS_IDLE);
	adapter_free(&adapter);
}

static void pins_are_set_before_they_become_outputs(void **state)
{
	static const uint8_t wanted[] = {0xab, 0x80 | 0x37, 0x40 | 0x3f, 0x20};
	struct ch341a_stream stream = {0};

	(void)state;
	ch341a_stream_begin(&stream, 0);
	ch341a_stream_set_pins(&stream, CH341A_PINS_IDLE & 0x3e, CH341A_PINS_OUTPUT);
	assert_int_equal(stream.out_len, sizeof(wanted));
	assert_memory_equal(stream.out, wanted, sizeof(wanted));
	assert_int_equal(stream.pins, CH341A_PINS_IDLE);
	ch341a_stream_free(&stream);
}

static void a_delay_lasts_as_long_as_was_asked_for_and_hardly_longer(void **state)
{
	static const uint32_t times[] = {1,    2,    62,   63,	 64,	65,    127,    500,
					 1000, 1860, 1900, 2000, 10000, 53000, 100000, 250000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		const uint8_t tx = 0;
		struct spi_op ops[] = {
			{.kind = SPI_DELAY, .expect_us = times[i]},
			{.kind = SPI_XFER, .tx = &tx, .tx_len = 1},
		};
		struct adapter adapter;

		/* Two packets are always there, to select the die and to send. */
		adapter_run(&adapter, CH341A_PINS_IDLE, ops, 2);
		assert_in_range(adapter.byte_ns[0] / 1000, times[i], times[i] + 130);
		adapter_free(&adapter);
	}
}

/* A stream that was aborted may have left it low. */
static void a_window_begins_with_an_edge_whatever_was_before(void **state)
{
	const uint8_t tx = 0;
	struct spi_op op = {.kind = SPI_XFER, .tx = &tx, .tx_len = 1};
	struct adapter adapter;

	(void)state;
	adapter_run(&adapter, CH341A_PINS_IDLE & 0x3e, &op, 1);
	assert_int_equal(adapter.window_count, 1);
	adapter_free(&adapter);
}

static void a_stream_can_be_begun_again(void **state)
{
	const uint8_t tx[300] = {0};
	struct spi_op op = {.kind = SPI_XFER, .tx = tx, .tx_len = 300};
	struct ch341a_stream stream = {0};
	size_t len, replies;

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, &op, 1), 0);
	len = stream.out_len;
	replies = stream.reply_count;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(stream.out_len, 0);
	assert_int_equal(ch341a_stream_add_ops(&stream, &op, 1), 0);
	assert_int_equal(stream.out_len, len);
	assert_int_equal(stream.reply_count, replies);
	ch341a_stream_free(&stream);
}

static void a_reply_of_the_wrong_length_is_an_error(void **state)
{
	static const uint8_t tx[3] = {0}, data[32] = {0};
	uint8_t rx[2] = {0x5a, 0x5a};
	struct spi_op op = {.kind = SPI_XFER, .tx = tx, .tx_len = 3, .rx = rx, .rx_len = 2};
	struct ch341a_stream stream = {0};

	(void)state;
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, &op, 1), 0);
	for (size_t len = 0; len <= sizeof(data); len++)
		assert_int_equal(ch341a_stream_reply(&stream, &op, 0, data, len),
				 len == 5 ? 0 : TROUBLE_ADAPTER_FAULT);
	ch341a_stream_free(&stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entry_byte_d2_goes_over_usb_as_4b),
		cmocka_unit_test(every_byte_is_reversed_both_ways),
		cmocka_unit_test(answers_find_their_buffer_for_every_length),
		cmocka_unit_test(answers_of_several_windows_do_not_mix),
		cmocka_unit_test(the_end_of_a_window_and_the_next_begin_share_a_packet),
		cmocka_unit_test(a_command_of_one_byte_needs_no_packet_of_its_own),
		cmocka_unit_test(each_command_of_one_byte_arrives_wherever_it_stands_in_a_packet),
		cmocka_unit_test(chip_select_is_high_at_the_end),
		cmocka_unit_test(cen_stays_high_through_every_pin_packet),
		cmocka_unit_test(cen_stays_low_through_every_pin_packet),
		cmocka_unit_test(cen_moves_where_the_op_stands_and_nowhere_else),
		cmocka_unit_test(pins_are_set_before_they_become_outputs),
		cmocka_unit_test(a_delay_lasts_as_long_as_was_asked_for_and_hardly_longer),
		cmocka_unit_test(a_window_begins_with_an_edge_whatever_was_before),
		cmocka_unit_test(a_stream_can_be_begun_again),
		cmocka_unit_test(a_reply_of_the_wrong_length_is_an_error),
	};

	return cmocka_run_group_tests_name("ch341a_stream", tests, NULL, NULL);
}
