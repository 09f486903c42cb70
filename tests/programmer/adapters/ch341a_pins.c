/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the driver handles the pins, from the first packet to the last, on the simulated chip. */
#include "tests/unit.h"

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_usb.h"
#include "sim/model/ch341a_engine.h"
#include "tests/programmer/adapters/pins.h"

/* D0 to D3 and D5; D4 is not used as a line. */
#define PINS_OF_LINES 0x2f

/* Replaces programmer/adapters/ch341a_usb.c: nothing is connected to the chip. */
struct ch341a_usb {
	struct ch341a_engine engine;
	struct board_stats stats;
	unsigned runs, recovered, opened, closed;
	unsigned packets; /* in the last run */
	unsigned fails;	  /* number of the next runs that fail */
	enum trouble_kind fault;
};

static struct ch341a_usb usb_side;
static struct notes notes;

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	assert_ptr_equal(adapter, &ch341a_adapter);
	assert_string_equal(place, "1-7");
	assert_ptr_equal(observer, &notes.observer);
	strcpy(port, "1-7");
	usb_side.opened++;
	return &usb_side;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	usb->closed++;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	usb->recovered++;
}

enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	size_t reply = 0;

	usb->runs++;
	usb->packets = 0;
	if (usb->fails && usb->fails--)
		return usb->fault;
	for (size_t slice = 0; slice < stream->slice_count; slice++) {
		uint8_t *bytes, answer[CH341A_PACKET];
		size_t left = ch341a_stream_slice(stream, slice, &bytes);

		while (left > 0) {
			size_t len = left < CH341A_PACKET ? left : CH341A_PACKET;
			struct ch341a_effect effect = ch341a_engine_look(bytes, len);

			ch341a_engine_run(&usb->engine, bytes, len, 0, answer);
			if (effect.reply_length &&
			    ch341a_stream_reply(stream, ops, reply++, answer, effect.reply_length))
				return TROUBLE_ADAPTER_FAULT;
			usb->packets++;
			bytes += len;
			left -= len;
		}
	}
	return TROUBLE_NONE;
}

static struct spi_bus *open_with(unsigned fails, enum trouble_kind fault)
{
	static const struct adapter_wish wish = {.parameter = "usb", .value = "1-7"};

	notes_begin(&notes);
	usb_side = (struct ch341a_usb){.fails = fails, .fault = fault};
	usb_side.engine.stats = &usb_side.stats;
	return adapter_open(&wish, &notes.observer);
}

static void assert_pins(uint8_t latch, uint8_t direction)
{
	assert_int_equal(usb_side.engine.latch, latch);
	assert_int_equal(usb_side.engine.direction, direction);
}

static enum trouble_kind set_cen(struct spi_bus *bus, bool level)
{
	struct spi_op op = {.kind = SPI_CEN, .level = level};

	return spi_transfer(bus, &op, 1);
}

static void from_the_begin_on_all_pins_are_driven_and_cen_is_high(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);

	(void)state;
	assert_non_null(bus);
	assert_pins(CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	assert_string_equal(bus->port, "1-7");
	assert_ptr_equal(bus->observer, &notes.observer);
	adapter_close(bus);
}

static void in_the_end_cen_is_high_and_all_pins_are_let_go(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);

	(void)state;
	assert_int_equal(set_cen(bus, false), TROUBLE_NONE);
	assert_int_equal(usb_side.engine.latch & CH341A_PIN_CEN, 0);
	adapter_close(bus);
	assert_pins(CH341A_PINS_IDLE, 0);
	assert_int_equal(usb_side.closed, 1);
}

static void cen_stays_as_it_is_from_one_batch_to_the_next_and_over_a_fault(void **state)
{
	static const uint8_t command = 0x9f;
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);
	uint8_t id[3];
	struct spi_op op = {
		.kind = SPI_XFER, .tx = &command, .tx_len = 1, .rx = id, .rx_len = sizeof(id)};

	(void)state;
	assert_int_equal(set_cen(bus, false), TROUBLE_NONE);
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_pins(CH341A_PINS_IDLE & ~CH341A_PIN_CEN, CH341A_PINS_OUTPUT);
	usb_side.fails = 1;
	usb_side.fault = TROUBLE_ADAPTER_FAULT;
	usb_side.engine.direction = 0;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_int_equal(usb_side.recovered, 1);
	assert_pins(CH341A_PINS_IDLE & ~CH341A_PIN_CEN, CH341A_PINS_OUTPUT);
	assert_int_equal(set_cen(bus, true), TROUBLE_NONE);
	assert_pins(CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	adapter_close(bus);
}

static void a_fault_while_cen_moves_leaves_it_where_it_was_known_to_be(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);

	(void)state;
	usb_side.fails = 8;
	usb_side.fault = TROUBLE_ADAPTER_GONE;
	assert_int_equal(set_cen(bus, false), TROUBLE_ADAPTER_GONE);
	usb_side.fails = 0;
	assert_pins(CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	adapter_close(bus);
}

static void a_first_transfer_that_stalls_is_sent_again(void **state)
{
	struct spi_bus *bus = open_with(1, TROUBLE_ADAPTER_FAULT);

	(void)state;
	assert_non_null(bus);
	assert_int_equal(usb_side.recovered, 1);
	assert_int_equal(usb_side.runs, 2);
	assert_pins(CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	adapter_close(bus);
	assert_int_equal(notes.errors, 0);
}

static void one_that_takes_nothing_is_named_and_let_go(void **state)
{
	const struct trouble_value *usb;

	(void)state;
	assert_null(open_with(8, TROUBLE_ADAPTER_SILENT));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_SILENT);
	usb = trouble_value(&notes.trouble, "usb");
	assert_non_null(usb);
	assert_string_equal(usb->text, "1-7");
	assert_mentions(&notes, "CH341A");
	assert_int_equal(usb_side.closed, 1);
}

static const struct {
	uint8_t line, pin;
} lines[] = {
	{SPI_LINE_CLOCK, CH341A_PIN_CLOCK},
	{SPI_LINE_SELECT, CH341A_PIN_CS},
	{SPI_LINE_OUT, CH341A_PIN_OUT},
	{SPI_LINE_CEN, CH341A_PIN_CEN},
	{SPI_LINE_BESIDE_CEN, CH341A_PIN_BESIDE_CEN},
};

/* Lines that are released are pulled up, and so is D7, to which nothing is connected. */
static void a_step_drives_its_lines_and_no_others_and_sees_them(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct spi_step steps[] = {
			{.drive = lines[i].line, .level = 0, .hold_us = 5},
			{.drive = lines[i].line, .level = lines[i].line, .hold_us = 5},
			{.drive = 0, .level = 0, .hold_us = 5},
		};

		assert_int_equal(spi_steps(bus, steps, 1), TROUBLE_NONE);
		assert_int_equal(usb_side.engine.direction, lines[i].pin);
		assert_int_equal(usb_side.engine.latch & lines[i].pin, 0);
		assert_int_equal(usb_side.engine.latch | lines[i].pin, PINS_OF_LINES);
		assert_int_equal(steps[0].seen, SPI_LINES_ALL & ~lines[i].line);
		assert_int_equal(spi_steps(bus, steps, COUNT_OF(steps)), TROUBLE_NONE);
		assert_int_equal(steps[0].seen, SPI_LINES_ALL & ~lines[i].line);
		assert_int_equal(steps[1].seen, SPI_LINES_ALL);
		assert_int_equal(steps[2].seen, SPI_LINES_ALL);
		assert_int_equal(usb_side.engine.direction, 0);
	}
	assert_int_equal(spi_steps_end(bus), TROUBLE_NONE);
	assert_pins(CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	adapter_close(bus);
}

/* Nothing that was sent before is still in it. */
static void steps_are_a_stream_of_their_own(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);
	struct spi_step step = {.drive = SPI_LINE_CLOCK, .level = 0, .hold_us = 5};
	unsigned packets;

	(void)state;
	assert_int_equal(spi_steps(bus, &step, 1), TROUBLE_NONE);
	packets = usb_side.packets;
	assert_int_equal(spi_steps(bus, &step, 1), TROUBLE_NONE);
	assert_int_equal(usb_side.packets, packets);
	adapter_close(bus);
}

/* Data comes in on that line: two drivers would be a short circuit. */
static void the_line_of_answers_is_never_driven(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);
	struct spi_step step = {.drive = SPI_LINES_ALL, .level = SPI_LINES_ALL};

	(void)state;
	assert_int_equal(spi_steps(bus, &step, 1), TROUBLE_NONE);
	assert_int_equal(usb_side.engine.direction, PINS_OF_LINES);
	assert_int_equal(usb_side.engine.latch, PINS_OF_LINES);
	adapter_close(bus);
}

static void steps_that_fail_are_no_success(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);
	struct spi_step step = {.drive = SPI_LINE_CEN, .level = 0, .seen = 0x2a};

	(void)state;
	usb_side.fails = 8;
	usb_side.fault = TROUBLE_ADAPTER_GONE;
	assert_int_equal(spi_steps(bus, &step, 1), TROUBLE_ADAPTER_GONE);
	assert_int_equal(step.seen, 0x2a);
	usb_side.fails = 0;
	adapter_close(bus);
	assert_pins(CH341A_PINS_IDLE, 0);
}

/* Its description is from WCH CH341DS1, its costs from a published capture. */
static void it_says_what_it_is_and_what_it_costs(void **state)
{
	struct spi_bus *bus = open_with(0, TROUBLE_NONE);

	(void)state;
	assert_string_equal(bus->caps.kind, "CH341A");
	assert_int_equal(bus->caps.clock_hz, 1500000);
	assert_true(bus->caps.duplex && bus->caps.waits_in_stream);
	assert_int_equal(bus->caps.delay_most_us, CH341A_STREAM_WAIT_US);
	assert_int_equal(bus->caps.cen, SPI_CEN_IN_STREAM);
	assert_string_equal(bus->caps.beside_cen, "D1");
	assert_string_equal(bus->caps.pins.cen, "D2");
	assert_pins_are_drawn(&bus->caps.pins, "CH341A");
	assert_in_range(bus->caps.ns_per_byte, 6030, 8000);
	assert_in_range(bus->caps.us_per_op, 40, 80);
	assert_in_range(bus->caps.sample_us, 5, 7);
	adapter_close(bus);
	assert_int_equal(ch341a_adapter.usb.vendor, 0x1a86);
	assert_int_equal(ch341a_adapter.usb.product, 0x5512);
	assert_int_equal(ch341a_adapter.other_modes[0].vendor, 0x1a86);
	assert_int_equal(ch341a_adapter.other_modes[0].product, 0x5523);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_the_begin_on_all_pins_are_driven_and_cen_is_high),
		cmocka_unit_test(in_the_end_cen_is_high_and_all_pins_are_let_go),
		cmocka_unit_test(cen_stays_as_it_is_from_one_batch_to_the_next_and_over_a_fault),
		cmocka_unit_test(a_fault_while_cen_moves_leaves_it_where_it_was_known_to_be),
		cmocka_unit_test(a_first_transfer_that_stalls_is_sent_again),
		cmocka_unit_test(one_that_takes_nothing_is_named_and_let_go),
		cmocka_unit_test(a_step_drives_its_lines_and_no_others_and_sees_them),
		cmocka_unit_test(steps_are_a_stream_of_their_own),
		cmocka_unit_test(the_line_of_answers_is_never_driven),
		cmocka_unit_test(steps_that_fail_are_no_success),
		cmocka_unit_test(it_says_what_it_is_and_what_it_costs),
	};

	return cmocka_run_group_tests_name("ch341a_pins", tests, NULL, NULL);
}
