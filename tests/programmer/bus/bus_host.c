/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host does for a bus: how often it polls, how long it waits, and how much it measures. */
#include "tests/unit.h"
#include "programmer/bus/spi.h"

#include <stdlib.h>

static struct {
	struct spi_bus bus; /* first */
	uint64_t us, ready_us;
	unsigned polls, reads;
	size_t longest, bytes;
} host;

/* Only sleeping takes time; reads take a microsecond a byte. */
static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	(void)bus;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(ops[i].kind, SPI_XFER);
		if (ops[i].tx[0] == 0x05) {
			host.polls++;
			ops[i].rx[0] = host.us < host.ready_us ? 0x03 : 0x00;
			continue;
		}
		host.reads++;
		host.bytes += ops[i].rx_len;
		host.longest = ops[i].rx_len > host.longest ? ops[i].rx_len : host.longest;
		host.us += 4 + ops[i].rx_len;
	}
	*done = count;
	return TROUBLE_NONE;
}

static void sleep_us(struct spi_bus *bus, uint64_t us)
{
	(void)bus;
	assert_in_range(us, 1, 50000);
	host.us += us;
}

static uint64_t now_us(struct spi_bus *bus)
{
	(void)bus;
	return host.us;
}

static void begin(void)
{
	static const struct spi_adapter_ops ops = {
		.run = run, .sleep_us = sleep_us, .now_us = now_us};

	memset(&host, 0, sizeof(host));
	host.bus = (struct spi_bus){.ops = &ops, .caps = {.duplex = true}};
	host.us = 12345678;
}

static enum trouble_kind wait(uint32_t expect_us, uint32_t max_us, uint32_t takes_us,
			      struct spi_op *op)
{
	begin();
	host.ready_us = host.us + takes_us;
	*op = (struct spi_op){.kind = SPI_WAIT_READY, .expect_us = expect_us, .max_us = max_us};
	return spi_transfer(&host.bus, op, 1);
}

/* Every 100 us at most, and less often the longer it takes: within a sixteenth of the time. */
static void a_die_is_asked_neither_all_the_time_nor_long_after_it_is_ready(void **state)
{
	static const uint32_t takes[] = {1000, 20000, 400000, 3000000};
	struct spi_op op;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(takes); i++) {
		assert_int_equal(wait(0, 5000000, takes[i], &op), TROUBLE_NONE);
		assert_in_range(op.took_us, takes[i], takes[i] + takes[i] / 16 + 100);
		assert_in_range(host.polls, 5, 200);
		assert_false(op.early || op.missed || op.enabled);
	}
	/* At least ten times a second. */
	assert_int_equal(wait(0, 60000000, 30000000, &op), TROUBLE_NONE);
	assert_in_range(op.took_us, 30000000, 30100000);
}

static void one_that_is_expected_to_be_busy_is_not_asked_before(void **state)
{
	struct spi_op op;

	(void)state;
	assert_int_equal(wait(80000, 200000, 80000, &op), TROUBLE_NONE);
	assert_in_range(host.polls, 2, 6);
	assert_in_range(op.took_us, 80000, 90000);
	/* It was ready before the first poll. */
	assert_int_equal(wait(80000, 200000, 100, &op), TROUBLE_NONE);
	assert_int_equal(host.polls, 1);
	assert_true(op.early);
	assert_int_equal(op.took_us, 70000);
}

/* About the time that is expected, and the less often the further from it. */
static void one_that_takes_about_as_long_as_expected_is_soon_seen_to_be_ready(void **state)
{
	static const int off_us[] = {0, -200, 500, -2000, 2000, 8000, -8000};
	const uint32_t expect = 280000;
	struct spi_op op;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(off_us); i++) {
		uint32_t takes = expect + (uint32_t)off_us[i];
		uint32_t off = (uint32_t)abs(off_us[i]);

		assert_int_equal(wait(expect, 1200000, takes, &op), TROUBLE_NONE);
		assert_in_range(op.took_us, takes, takes + expect / 400 + off);
		assert_in_range(host.polls, 3, 12);
		assert_false(op.early || op.missed);
	}
	/* Nor much later than one of which nothing is known. */
	assert_int_equal(wait(expect, 1200000, 1000000, &op), TROUBLE_NONE);
	assert_in_range(op.took_us, 1000000, 1000000 + 1000000 / 16 + 100);
	assert_in_range(host.polls, 3, 50);
}

static void one_that_stays_busy_is_given_up_a_little_after_its_time(void **state)
{
	struct spi_op op;
	uint64_t begin_us;

	(void)state;
	begin_us = 12345678;
	assert_int_equal(wait(1000, 80000, UINT32_MAX, &op), TROUBLE_STAYS_BUSY);
	assert_in_range(host.us - begin_us, 100000, 110000);
}

/* 5 KiB are enough, however long a window may be. */
static void what_a_bus_costs_is_measured_by_little(void **state)
{
	static const uint32_t windows[] = {0, 261, 65536};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(windows); i++) {
		begin();
		host.bus.caps.window_most = windows[i];
		assert_int_equal(spi_calibrate(&host.bus), TROUBLE_NONE);
		assert_int_equal(host.longest, windows[i] == 261 ? 257 : 4096);
		assert_true(host.bytes <= 5 * 1024);
		assert_int_equal(host.bus.caps.ns_per_byte, 1000);
	}
}

/* For any buffer size, the text ends within it, and nothing is written past its end. */
static void names_of_pins_are_cut_where_the_room_ends(void **state)
{
	static const char whole[] = "from P20 of it to D3";
	const struct spi_pins pins = {.clock = "D3"};
	char words[32];

	(void)state;
	for (size_t room = 1; room <= sizeof(whole) + 2; room++) {
		size_t len = room - 1 < sizeof(whole) - 1 ? room - 1 : sizeof(whole) - 1;

		memset(words, 0x55, sizeof(words));
		assert_ptr_equal(spi_pins_put(&pins, "from P20 of it to {clock}", words, room),
				 words);
		assert_int_equal(strlen(words), len);
		assert_memory_equal(words, whole, len);
		for (size_t i = room; i < sizeof(words); i++)
			assert_int_equal(words[i], 0x55);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_die_is_asked_neither_all_the_time_nor_long_after_it_is_ready),
		cmocka_unit_test(one_that_is_expected_to_be_busy_is_not_asked_before),
		cmocka_unit_test(one_that_takes_about_as_long_as_expected_is_soon_seen_to_be_ready),
		cmocka_unit_test(one_that_stays_busy_is_given_up_a_little_after_its_time),
		cmocka_unit_test(what_a_bus_costs_is_measured_by_little),
		cmocka_unit_test(names_of_pins_are_cut_where_the_room_ends),
	};

	return cmocka_run_group_tests_name("bus_host", tests, NULL, NULL);
}
