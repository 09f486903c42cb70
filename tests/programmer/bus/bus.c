/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is true of every bus, on an adapter with all capabilities and on one with few; behind both
 * is a die that can be programmed and erased.
 */
#include "tests/unit.h"
#include "base/opcodes.h"
#include "programmer/bus/adapter.h"
#include "tests/programmer/bus/array_bus.h"
#include "tests/programmer/bus/simulated_ch341a.h"

#define OPCODE_ERASE 0x20
#define PAGE 256
#define MANY 200

static struct notes notes;
static struct array_bus array;
static unsigned cancel_at, cancel_asked;

static bool cancelled(void *data)
{
	(void)data;
	return cancel_at && ++cancel_asked >= cancel_at;
}

static struct spi_bus *array_open(const struct observer *observer)
{
	array_bus_begin(&array);
	array.bus.observer = observer;
	return &array.bus;
}

static uint8_t *array_memory(void)
{
	return array.memory;
}

static bool array_cen(void)
{
	return array.cen;
}

/* A bus and its die; the state of the tests that all buses share. */
static struct kind {
	const char *name;
	struct spi_bus *(*open)(const struct observer *observer);
	uint8_t *(*memory)(void);
	bool (*cen)(void);
} kinds[] = {
	{"ch341a", simulated_ch341a_open, simulated_ch341a_memory, simulated_ch341a_cen},
	{"array", array_open, array_memory, array_cen},
};

static struct spi_bus *open_bus(struct kind *kind)
{
	struct spi_bus *bus;

	notes_begin(&notes);
	notes.observer.cancelled = cancelled;
	cancel_at = cancel_asked = 0;
	bus = kind->open(&notes.observer);
	assert_non_null(bus);
	for (size_t i = 0; i < 65536; i++)
		kind->memory()[i] = 0xff;
	return bus;
}

static const uint8_t wren = OPCODE_WREN, rdid = OPCODE_RDID;

static struct spi_op op_out(const uint8_t *tx, size_t len)
{
	return (struct spi_op){.kind = SPI_XFER, .tx = tx, .tx_len = len};
}

static struct spi_op op_wait(uint32_t expect_us, uint32_t max_us)
{
	return (struct spi_op){.kind = SPI_WAIT_READY, .expect_us = expect_us, .max_us = max_us};
}

static void fill_page(uint8_t tx[4 + PAGE], unsigned page)
{
	tx[0] = OPCODE_PP;
	tx[1] = 0;
	tx[2] = (uint8_t)page;
	tx[3] = 0;
	for (unsigned i = 0; i < PAGE; i++)
		tx[4 + i] = (uint8_t)(page * 31 + i);
}

/*
 * Programs pages 0 to 3 in one batch, with waits of @expect_us; *missed: the number of waits that
 * were too short.
 */
static enum trouble_kind program_and_count(struct spi_bus *bus, uint32_t expect_us,
					   unsigned *missed)
{
	static uint8_t tx[4][4 + PAGE];
	struct spi_op ops[12];
	enum trouble_kind kind;

	for (unsigned page = 0; page < 4; page++) {
		fill_page(tx[page], page);
		ops[3 * page] = op_out(&wren, 1);
		ops[3 * page + 1] = op_out(tx[page], sizeof(tx[page]));
		ops[3 * page + 2] = op_wait(expect_us, 5000);
	}
	kind = spi_transfer(bus, ops, COUNT_OF(ops));
	*missed = 0;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		*missed += ops[i].missed;
	return kind;
}

static enum trouble_kind program_pages(struct spi_bus *bus, uint32_t expect_us)
{
	unsigned missed;

	return program_and_count(bus, expect_us, &missed);
}

static void assert_programmed(struct kind *kind)
{
	for (unsigned at = 0; at < 4 * PAGE; at++)
		if (kind->memory()[at] != (uint8_t)(at / PAGE * 31 + at % PAGE))
			fail_msg("%s: byte %u", kind->name, at);
}

static void what_is_programmed_in_one_batch_is_there(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);

	assert_int_equal(program_pages(bus, 800), TROUBLE_NONE);
	assert_programmed(kind);
	adapter_close(bus);
}

/* Then the following pages met a busy die, and have to be sent again. */
static void a_wait_that_was_expected_too_short_loses_nothing(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);

	assert_int_equal(program_pages(bus, 20), TROUBLE_NONE);
	assert_programmed(kind);
	adapter_close(bus);
}

static void a_wait_that_was_too_short_makes_those_behind_it_longer(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	unsigned missed;

	/* The die takes 700 us. */
	assert_int_equal(program_and_count(bus, 600, &missed), TROUBLE_NONE);
	assert_programmed(kind);
	assert_int_equal(missed, bus->caps.waits_in_stream ? 1 : 0);
	adapter_close(bus);
}

static void a_long_read_comes_whole_and_in_order(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	static const uint8_t tx[4] = {OPCODE_READ, 0x00, 0x01, 0x23};
	static uint8_t rx[5000];
	struct spi_op op = {
		.kind = SPI_XFER, .tx = tx, .tx_len = 4, .rx = rx, .rx_len = sizeof(rx)};

	for (unsigned i = 0; i < 65536; i++)
		kind->memory()[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_memory_equal(rx, kind->memory() + 0x123, sizeof(rx));
	adapter_close(bus);
}

static void many_ops_are_answered_each_in_its_place(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	static struct spi_op ops[2 * MANY];
	static uint8_t rx[MANY][3], tx[MANY][4];

	for (unsigned i = 0; i < MANY; i++) {
		kind->memory()[i] = (uint8_t)(i ^ 0x55);
		memcpy(tx[i], (uint8_t[]){OPCODE_READ, 0, 0, (uint8_t)i}, 4);
		ops[2 * i] = (struct spi_op){
			.kind = SPI_XFER, .tx = tx[i], .tx_len = 4, .rx = rx[i], .rx_len = 1};
		ops[2 * i + 1] = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = rx[i] + 1, .rx_len = 2};
	}
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(rx[i][0], (uint8_t)(i ^ 0x55));
		assert_int_equal(rx[i][1], 0xc8);
		assert_int_equal(rx[i][2], 0x40);
	}
	adapter_close(bus);
}

static void cen_moves_where_its_op_stands(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	uint8_t id[3];
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = id, .rx_len = 3},
		{.kind = SPI_CEN, .level = false},
		{.kind = SPI_DELAY, .expect_us = 1000},
	};
	struct spi_op up = {.kind = SPI_CEN, .level = true};

	assert_true(kind->cen());
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	/* With CEN low the simulated SoC would not have answered. */
	assert_int_equal(id[0], 0xc8);
	assert_false(kind->cen());
	assert_int_equal(spi_transfer(bus, &up, 1), TROUBLE_NONE);
	assert_true(kind->cen());
	adapter_close(bus);
}

static void an_end_with_cen_low_lets_it_go_high(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	struct spi_op down = {.kind = SPI_CEN, .level = false};

	assert_int_equal(spi_transfer(bus, &down, 1), TROUBLE_NONE);
	adapter_close(bus);
	assert_true(kind->cen());
}

static enum trouble_kind erase(struct spi_bus *bus, uint32_t expect_us, uint32_t max_us)
{
	static const uint8_t tx[4] = {OPCODE_ERASE, 0, 0, 0};
	struct spi_op ops[] = {op_out(&wren, 1), op_out(tx, 4), op_wait(expect_us, max_us)};

	return spi_transfer(bus, ops, COUNT_OF(ops));
}

/* Whether the stream or the host waits. */
static void a_wait_tells_whether_what_came_before_it_was_carried_out(void **state)
{
	static const uint8_t tx[4] = {OPCODE_ERASE, 0, 0, 0};
	static const uint32_t expected[] = {50, 300000};
	struct kind *kind = *state;

	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		struct spi_bus *bus = open_bus(kind);
		struct spi_op lost[] = {op_out(&wren, 1), op_wait(expected[i], 400000)};
		struct spi_op ops[] = {op_out(&wren, 1), op_out(tx, 4),
				       op_wait(expected[i], 400000)};

		assert_int_equal(spi_transfer(bus, lost, COUNT_OF(lost)), TROUBLE_NONE);
		assert_true(lost[1].enabled);
		assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
		assert_false(ops[2].enabled);
		adapter_close(bus);
	}
}

static void a_die_that_stays_busy_is_given_up(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);

	assert_int_equal(erase(bus, 100, 200), TROUBLE_STAYS_BUSY);
	adapter_close(bus);
}

static void a_long_wait_can_be_interrupted_and_what_is_whole_can_not(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);

	cancel_at = 1;
	assert_int_equal(erase(bus, 100, 400000), TROUBLE_INTERRUPTED);
	adapter_close(bus);
	bus = open_bus(kind);
	cancel_at = 1;
	bus->whole = true;
	kind->memory()[0] = 0;
	assert_int_equal(erase(bus, 100, 400000), TROUBLE_NONE);
	assert_int_equal(kind->memory()[0], 0xff);
	adapter_close(bus);
}

static void an_adapter_says_what_it_is(void **state)
{
	struct kind *kind = *state;
	struct spi_bus *bus = open_bus(kind);
	const struct spi_caps *caps = &bus->caps;

	assert_non_null(caps->kind);
	assert_true(caps->pins.clock && caps->pins.select && caps->pins.out && caps->pins.in);
	assert_true(caps->cen == SPI_CEN_NONE || caps->pins.cen[0]);
	assert_true(caps->clock_hz > 0 && caps->ns_per_byte > 0);
	assert_true(!caps->window_most || caps->window_most >= SPI_WINDOW_LEAST);
	assert_true(!caps->waits_in_stream || caps->sample_us > 0);
	assert_string_not_equal(bus->port, "");
	adapter_close(bus);
}

/* --- What bus.c makes up for, and what it cannot --- */

static void without_duplex_the_chip_is_heard_in_the_window_behind(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	static const uint8_t tx[40] = {0xd2};
	static uint8_t rx[30][40];
	struct spi_op ops[30];

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		ops[i] = (struct spi_op){
			.kind = SPI_DUPLEX, .tx = tx, .tx_len = sizeof(tx), .rx = rx[i]};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(array.windows, 60);
	for (unsigned i = 0; i < sizeof(rx); i++)
		assert_int_equal(((uint8_t *)rx)[i], 0xff);
	/* Eight windows in each round trip, 32 of them in all. */
	assert_int_equal(array.runs, 8);
}

static void a_command_that_is_longer_than_a_window_is_a_bug(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	static const uint8_t tx[600] = {OPCODE_PP};
	struct spi_op op = op_out(tx, sizeof(tx));

	(void)state;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_BUG);
	assert_int_equal(array.windows, 0);
}

static void an_adapter_without_a_pin_for_cen_says_so(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	struct spi_op down = {.kind = SPI_CEN, .level = false};

	(void)state;
	array.bus.caps.cen = SPI_CEN_NONE;
	assert_int_equal(spi_transfer(bus, &down, 1), TROUBLE_CEN_UNWIRED);
	assert_int_equal(array.runs, 0);
}

static void a_pause_is_as_long_without_a_clock_in_the_adapter(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	struct spi_op op = {.kind = SPI_DELAY, .expect_us = 123456};
	uint64_t begin = spi_now_us(bus);

	(void)state;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_int_equal(spi_now_us(bus) - begin, 123456);
	assert_int_equal(array.runs, 0);
}

/* Nothing is in flight after a wait, so no op meets a busy die. */
static void without_waits_in_the_stream_nothing_is_sent_to_a_busy_die(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);

	(void)state;
	assert_int_equal(program_pages(bus, 20), TROUBLE_NONE);
	assert_int_equal(array.ignored, 0);
}

static void a_batch_that_failed_is_repeated_from_its_begin(void **state)
{
	(void)state;
	for (unsigned at = 1; at <= 8; at++) {
		struct spi_bus *bus = open_bus(&kinds[1]);

		array.fail_at = at;
		assert_int_equal(program_pages(bus, 800), TROUBLE_NONE);
		assert_int_equal(array.recovered, 1);
		assert_int_equal(notes.warnings, 1);
		assert_int_equal(array.ignored, 0);
		assert_programmed(&kinds[1]);
	}
}

static void what_may_be_sent_only_once_is_not_repeated(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	struct spi_op ops[] = {op_out(&wren, 1), op_out(&wren, 1)};

	(void)state;
	ops[1].once = true;
	array.fail_at = 1;
	assert_int_equal(spi_transfer(bus, ops, 2), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(array.runs, 1);
	assert_int_equal(array.recovered, 1);
}

static void texts_get_the_names_of_the_adapters_pins(void **state)
{
	struct spi_bus *bus = open_bus(&kinds[1]);
	char words[64], short_words[8];

	(void)state;
	assert_string_equal(spi_pins_put(&bus->caps.pins, "{clock}{select} {out}, {in} {cen}.",
					 words, sizeof(words)),
			    "12 3, 4 5.");
	assert_string_equal(spi_pins_put(&bus->caps.pins, "{other} {", words, sizeof(words)),
			    "{other} {");
	assert_string_equal(spi_pins_put(NULL, "CEN to {cen}", words, sizeof(words)),
			    "CEN to the adapter's pin for CEN");
	assert_string_equal(spi_pins_put(&bus->caps.pins, "{again}.", words, sizeof(words)),
			    "Plug it in again; try another port or cable.");
	assert_string_equal(spi_pins_put(&bus->caps.pins, "3.3 V{levels}.", words, sizeof(words)),
			    "3.3 V.");
	bus->caps.pins.levels = " (not 5 V)";
	assert_string_equal(spi_pins_put(&bus->caps.pins, "3.3 V{levels}.", words, sizeof(words)),
			    "3.3 V (not 5 V).");
	bus->caps.pins.again = "Start it again";
	assert_string_equal(spi_pins_put(&bus->caps.pins, "{again}.", words, sizeof(words)),
			    "Start it again.");
	assert_string_equal(spi_pins_put(NULL, "{cen} and more", short_words, sizeof(short_words)),
			    "the ada");
}

static void lines_are_driven_and_seen_by_hand(void **state)
{
	static const struct observer observer;
	struct spi_bus *bus = simulated_ch341a_open(&observer);
	struct spi_step steps[9] = {{.drive = 0}};
	uint8_t id[3], command = 0x9f;
	struct spi_op op = {.kind = SPI_XFER, .tx = &command, .tx_len = 1, .rx = id, .rx_len = 3};

	(void)state;
	assert_string_equal(bus->caps.beside_cen, "D1");
	steps[7] = (struct spi_step){.drive = SPI_LINE_CLOCK | SPI_LINE_OUT, .hold_us = 20};
	assert_int_equal(spi_steps(bus, steps, 9), TROUBLE_NONE);
	/* Released lines are high; nine steps do not fit into one packet. */
	assert_int_equal(steps[0].seen, SPI_LINES_ALL);
	assert_int_equal(steps[7].seen, SPI_LINES_ALL & ~(SPI_LINE_CLOCK | SPI_LINE_OUT));
	assert_int_equal(steps[8].seen, SPI_LINES_ALL);
	assert_int_equal(spi_steps_end(bus), TROUBLE_NONE);
	assert_true(simulated_ch341a_cen());
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	adapter_close(bus);
}

#define ON(number, name, test)                                                                     \
	{                                                                                          \
#test " on " name, test, NULL, NULL, &kinds[number]                                \
	}
#define ON_ALL(test) ON(0, "ch341a", test), ON(1, "array", test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(what_is_programmed_in_one_batch_is_there),
		ON_ALL(a_wait_that_was_expected_too_short_loses_nothing),
		ON_ALL(a_wait_that_was_too_short_makes_those_behind_it_longer),
		ON_ALL(a_long_read_comes_whole_and_in_order),
		ON_ALL(many_ops_are_answered_each_in_its_place),
		ON_ALL(cen_moves_where_its_op_stands),
		ON_ALL(an_end_with_cen_low_lets_it_go_high),
		ON_ALL(a_wait_tells_whether_what_came_before_it_was_carried_out),
		ON_ALL(a_die_that_stays_busy_is_given_up),
		ON_ALL(a_long_wait_can_be_interrupted_and_what_is_whole_can_not),
		ON_ALL(an_adapter_says_what_it_is),
		cmocka_unit_test(without_duplex_the_chip_is_heard_in_the_window_behind),
		cmocka_unit_test(a_command_that_is_longer_than_a_window_is_a_bug),
		cmocka_unit_test(an_adapter_without_a_pin_for_cen_says_so),
		cmocka_unit_test(a_pause_is_as_long_without_a_clock_in_the_adapter),
		cmocka_unit_test(without_waits_in_the_stream_nothing_is_sent_to_a_busy_die),
		cmocka_unit_test(a_batch_that_failed_is_repeated_from_its_begin),
		cmocka_unit_test(what_may_be_sent_only_once_is_not_repeated),
		cmocka_unit_test(lines_are_driven_and_seen_by_hand),
		cmocka_unit_test(texts_get_the_names_of_the_adapters_pins),
	};

	return cmocka_run_group_tests_name("bus", tests, NULL, NULL);
}
