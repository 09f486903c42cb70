/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much goes into one message to the kernel, for all kinds of ops and speeds. */
#include "tests/programmer/adapters/fake_spidev.h"

#include <errno.h>

#define SET_UP 4 /* calls until the bus is open */

static const uint8_t rdsr = 0x05, rdid = 0x9f;
static uint8_t answers[400];

static struct spi_bus *open_with(unsigned bufsiz, uint32_t hz)
{
	struct spi_bus *bus;

	memset(&kernel, 0, sizeof(kernel));
	kernel.bufsiz = bufsiz;
	bus = open_at(hz);
	assert_non_null(bus);
	assert_int_equal(kernel.count, SET_UP);
	return bus;
}

static size_t all_transfers(size_t most)
{
	size_t total = 0;

	for (size_t i = SET_UP; i < kernel.count; i++) {
		size_t count = transfers_of(&kernel.calls[i]);

		assert_in_range(count, 1, most);
		assert_int_equal(kernel.calls[i].transfers[count - 1].cs_change, 0);
		total += count;
	}
	return total;
}

/* With a large buffer something else is the limit, and nothing is left out. */
static void a_message_has_no_more_transfers_than_there_is_room_for(void **state)
{
	struct spi_bus *bus = open_with(65536, 16000000);
	struct spi_op ops[300];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &answers[i], .rx_len = 1};
	memset(answers, 0xee, sizeof(answers));
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(all_transfers(256), 2 * COUNT_OF(ops));
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		assert_int_equal(answers[i], 0);
	/* A shorter op precedes them, and each window is still whole. */
	ops[0] = (struct spi_op){.kind = SPI_XFER, .tx = &rdid, .tx_len = 1};
	kernel.count = SET_UP;
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(all_transfers(256), 2 * COUNT_OF(ops) - 1);
	for (size_t i = SET_UP; i < kernel.count; i++)
		assert_non_null((void *)(uintptr_t)kernel.calls[i].transfers[0].tx);
	adapter_close(bus);
}

static void each_of_many_waits_has_its_own_looks(void **state)
{
	struct spi_bus *bus = open_with(65536, 16000000);
	struct spi_op ops[200];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){.kind = SPI_WAIT_READY, .expect_us = 100, .max_us = 1000};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(all_transfers(256), 2 * COUNT_OF(ops));
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		assert_true(ops[i].early && ops[i].took_us > 0 && !ops[i].missed);
	for (size_t i = SET_UP; i < kernel.count; i++)
		for (size_t k = 3; k < transfers_of(&kernel.calls[i]); k += 2)
			assert_true(kernel.calls[i].transfers[k].rx !=
				    kernel.calls[i].transfers[k - 2].rx);
	adapter_close(bus);
}

/* 32 times 128 bytes fill it exactly. */
static void a_buffer_is_used_to_its_end(void **state)
{
	struct spi_bus *bus = open_with(0, 16000000);
	struct spi_op ops[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){
			.kind = SPI_DUPLEX, .tx = answers, .tx_len = 128, .rx = answers};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(kernel.count, SET_UP + 2);
	assert_int_equal(all_transfers(32), 64);
	for (size_t i = 0; i < 31; i++)
		assert_int_equal(kernel.calls[SET_UP].transfers[i].cs_change, 1);
	adapter_close(bus);
}

/* Bytes that are only sent take no room in the receive buffer, and vice versa. */
static void each_direction_has_its_own_room(void **state)
{
	struct spi_bus *bus = open_with(0, 16000000);
	struct spi_op ops[32];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = answers, .rx_len = 128};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(kernel.count, SET_UP + 1);
	/* And a transfer that ends the window. */
	kernel.count = SET_UP;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){.kind = SPI_XFER, .tx = answers, .tx_len = 129};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(kernel.count, SET_UP + 2);
	adapter_close(bus);
}

/* 37 bytes take 10 ms: after 50 ms the user may want to stop. */
static void a_message_of_many_windows_is_short_too(void **state)
{
	struct spi_bus *bus = open_with(0, 30000);
	struct spi_op ops[23];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = answers, .rx_len = 37};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(all_transfers(2 * 5), 2 * COUNT_OF(ops));
	assert_int_equal(kernel.count, SET_UP + 5);
	/* Pauses count as well. */
	kernel.count = SET_UP;
	for (size_t i = 0; i < 4; i++)
		ops[i] = (struct spi_op){
			.kind = SPI_WAIT_READY, .expect_us = 30000, .max_us = 60000};
	assert_int_equal(spi_transfer(bus, ops, 4), TROUBLE_NONE);
	assert_int_equal(transfers_of(&kernel.calls[SET_UP]), 2 * 2);
	adapter_close(bus);
}

/* The delay field of a transfer has 16 bits. */
static void the_longest_wait_that_goes_into_a_message(void **state)
{
	for (uint32_t expect_us = 60000; expect_us <= 60001; expect_us++) {
		struct spi_bus *bus = open_with(0, 1000000);
		struct spi_op wait = {
			.kind = SPI_WAIT_READY, .expect_us = expect_us, .max_us = 100000};
		uint16_t paused;

		(void)state;
		assert_int_equal(spi_transfer(bus, &wait, 1), TROUBLE_NONE);
		paused = kernel.calls[SET_UP].transfers[0].delay_us;
		assert_int_equal(paused, expect_us == 60000 ? 59960 : 0);
		assert_int_equal(kernel.calls[SET_UP].transfers[1].delay_us, 0);
		adapter_close(bus);
	}
}

static void another_clock_has_windows_of_another_length_and_a_refusal_none(void **state)
{
	struct spi_bus *bus = open_with(0, 16000000);
	struct spi_caps before = bus->caps;

	(void)state;
	assert_int_equal(bus->caps.window_most, 4096 + 4);
	assert_int_equal(bus->ops->set_speed(bus, 100000), TROUBLE_NONE);
	assert_int_equal(last_call()->request, 0x40046b04);
	assert_int_equal(last_call()->value, 100000);
	assert_int_equal(bus->caps.clock_hz, 100000);
	assert_int_equal(bus->caps.window_most, 625 + 4);
	assert_int_equal(bus->caps.ns_per_byte, 80000);
	assert_int_equal(bus->ops->set_speed(bus, 16000000), TROUBLE_NONE);
	assert_memory_equal(&bus->caps, &before, sizeof(before));
	kernel.set_up_error = EIO;
	assert_int_equal(bus->ops->set_speed(bus, 100000), TROUBLE_ADAPTER_FAULT);
	kernel.set_up_error = ENODEV;
	assert_int_equal(bus->ops->set_speed(bus, 100000), TROUBLE_ADAPTER_GONE);
	assert_memory_equal(&bus->caps, &before, sizeof(before));
	adapter_close(bus);
}

/* Even on the slowest bus a window has room for a page and its command. */
static void a_page_always_fits_into_a_window(void **state)
{
	struct spi_bus *bus = open_with(0, 1000);

	(void)state;
	assert_int_equal(bus->caps.window_most, SPI_WINDOW_LEAST + 4);
	adapter_close(bus);
}

static void a_message_that_the_kernel_finds_too_long_is_our_mistake(void **state)
{
	struct spi_bus *bus = open_with(0, 1000000);
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1};

	(void)state;
	kernel.error = EMSGSIZE;
	kernel.errors = 1;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_BUG);
	adapter_close(bus);
}

static void chip_select_has_the_name_that_is_printed_on_it(void **state)
{
	static const struct {
		const char *node, *name;
	} rows[] = {{"/dev/spidev0.0", "CE0"},
		    {"/dev/spidev1.2", "CE2"},
		    {"/dev/spidev0.3", "CE3"},
		    {"/dev/spidev0.4", "CE"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct spi_bus *bus;

		memset(&kernel, 0, sizeof(kernel));
		kernel.node = rows[i].node;
		bus = open_at(0);
		assert_non_null(bus);
		assert_string_equal(bus->caps.pins.select, rows[i].name);
		assert_string_equal(bus->port, rows[i].node);
		adapter_close(bus);
	}
}

/* The last message may have been cut short: then the bus failed to open, and is closed. */
static void a_bus_that_fails_when_it_is_opened_is_closed_again(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.error = EIO;
	kernel.errors = 1;
	assert_null(open_at(0));
	assert_int_equal(notes.errors, 1);
	assert_false(kernel.is_open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_has_no_more_transfers_than_there_is_room_for),
		cmocka_unit_test(each_of_many_waits_has_its_own_looks),
		cmocka_unit_test(a_buffer_is_used_to_its_end),
		cmocka_unit_test(each_direction_has_its_own_room),
		cmocka_unit_test(a_message_of_many_windows_is_short_too),
		cmocka_unit_test(the_longest_wait_that_goes_into_a_message),
		cmocka_unit_test(another_clock_has_windows_of_another_length_and_a_refusal_none),
		cmocka_unit_test(a_page_always_fits_into_a_window),
		cmocka_unit_test(a_message_that_the_kernel_finds_too_long_is_our_mistake),
		cmocka_unit_test(chip_select_has_the_name_that_is_printed_on_it),
		cmocka_unit_test(a_bus_that_fails_when_it_is_opened_is_closed_again),
	};

	return cmocka_run_group_tests_name("spidev_messages", tests, NULL, NULL);
}
