/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes that an FT232H receives, and how the bytes that come back are evaluated. */
#include "tests/unit.h"
#include "programmer/adapters/usb_pipe.h"
#include "tests/programmer/adapters/pins.h"

#include <stdlib.h>

/* A device that records what it receives, and returns the given answer in packets. */
static struct {
	uint8_t out[8192];
	size_t len;
	const uint8_t *answer; /* NULL: zeros */
	size_t answer_len;
	size_t packet; /* bytes, with the two status bytes */
	unsigned short_by;
	enum trouble_kind error;
	unsigned runs;
} device;
static struct notes notes;

struct usb_pipe *usb_pipe_open(const struct adapter *adapter, const char *place,
			       const struct usb_pipe_ends *ends, char port[48],
			       const struct observer *observer)
{
	(void)place;
	(void)observer;
	assert_string_equal(adapter->name, "FT232H");
	assert_int_equal(ends->out, 0x02);
	assert_int_equal(ends->in, 0x81);
	strcpy(port, "1-4");
	return malloc(1);
}

void usb_pipe_close(struct usb_pipe *pipe)
{
	free(pipe);
}

void usb_pipe_recover(struct usb_pipe *pipe)
{
	(void)pipe;
}

/* Control requests to the port, in order. */
static struct {
	uint8_t request;
	uint16_t value;
} told[16];
static size_t told_count;

enum trouble_kind usb_pipe_control(struct usb_pipe *pipe, uint8_t type, uint8_t request,
				   uint16_t value, uint16_t index)
{
	(void)pipe;
	if (told_count < COUNT_OF(told)) {
		told[told_count].request = request;
		told[told_count++].value = value;
	}
	assert_int_equal(type, 0x40);
	assert_int_equal(index, 1);
	return TROUBLE_NONE;
}

static enum trouble_kind answer(const struct usb_pipe_job *job)
{
	static const uint8_t synchronized[] = {0xfa, 0xaa};
	bool asked = job->out_len > 0 && job->out[0] == 0xaa;
	const uint8_t *bytes = asked ? synchronized : device.answer;
	size_t len = asked ? 2 : device.answer_len, at = 0;

	while (job->missing(job->data) > 0) {
		uint8_t packet[512] = {0x32, 0x60};
		size_t n = (asked ? 4 : device.packet) - 2;
		enum trouble_kind kind;

		if (n > job->missing(job->data) - 2)
			n = job->missing(job->data) - 2;
		for (size_t i = 0; i < n; i++, at++)
			packet[2 + i] = bytes && at < len ? bytes[at] : 0;
		kind = job->take(job->data, packet, 2 + n);
		if (kind)
			return kind;
	}
	return TROUBLE_NONE;
}

enum trouble_kind usb_pipe_run(struct usb_pipe *pipe, const struct usb_pipe_job *job)
{
	(void)pipe;
	device.runs++;
	if (device.error)
		return device.error;
	assert_true(job->out_len <= sizeof(device.out));
	memcpy(device.out, job->out, job->out_len);
	device.len = job->out_len;
	return answer(job);
}

static struct spi_bus *open_with(const char *cen)
{
	const struct adapter_wish wish = {
		.parameter = "usb", .value = "1-4", .speed_hz = 7500000, .cen = cen};
	const struct adapter *const *row = adapters;
	struct spi_bus *bus;

	memset(&device, 0, sizeof(device));
	device.packet = 512;
	notes_begin(&notes);
	while (*row && strcmp((*row)->name, "FT232H") != 0)
		row++;
	assert_non_null(*row);
	bus = (*row)->open(*row, &wish, &notes.observer);
	assert_non_null(bus);
	return bus;
}

static struct spi_bus *open_bus(void)
{
	struct spi_bus *bus = open_with(NULL);

	assert_pins_are_drawn(&bus->caps.pins, "FT232H");
	return bus;
}

static void sent(const uint8_t *bytes, size_t len)
{
	assert_int_equal(device.len, len);
	assert_memory_equal(device.out, bytes, len);
}

static void run_ops(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	assert_int_equal(spi_transfer(bus, ops, count), TROUBLE_NONE);
}

static void it_begins_with_its_clock_and_cen_let_go(void **state)
{
	static const uint8_t wanted[] = {0x8a, 0x97, 0x8d, 0x85, 0x86,
					 0x03, 0x00, 0x80, 0x08, 0x0b};
	/* Mode off, the port reset, both FIFOs emptied, answers without delay, MPSSE (AN_108). */
	static const uint16_t port[][2] = {{0x0b, 0x0000}, {0x00, 0}, {0x00, 1},
					   {0x00, 2},	   {0x09, 1}, {0x0b, 0x0200}};
	struct spi_bus *bus;

	(void)state;
	told_count = 0;
	bus = open_bus();
	assert_int_equal(told_count, COUNT_OF(port));
	for (size_t i = 0; i < told_count; i++) {
		assert_int_equal(told[i].request, port[i][0]);
		assert_int_equal(told[i].value, port[i][1]);
	}
	assert_int_equal(device.runs, 2);
	sent(wanted, sizeof(wanted));
	assert_int_equal(bus->caps.clock_hz, 7500000);
	adapter_close(bus);
}

static void an_id_is_one_stream(void **state)
{
	static const uint8_t rdid = 0x9f, id[] = {0x0b, 0x40, 0x16};
	static const uint8_t wanted[] = {0x80, 0x00, 0x0b, 0x11, 0x00, 0x00, 0x9f,
					 0x20, 0x02, 0x00, 0x80, 0x08, 0x0b, 0x87};
	struct spi_bus *bus = open_bus();
	uint8_t rx[3];
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = rx, .rx_len = 3};

	(void)state;
	device.answer = id;
	device.answer_len = 3;
	run_ops(bus, &op, 1);
	sent(wanted, sizeof(wanted));
	assert_memory_equal(rx, id, 3);
	adapter_close(bus);
}

static void cen_is_low_by_its_direction_and_stays_so_while_cs_moves(void **state)
{
	static const uint8_t low[] = {0x80, 0x08, 0x1b}, high[] = {0x80, 0x08, 0x0b};
	static const uint8_t both[] = {0x80, 0x00, 0x1b, 0x11, 0x00, 0x00, 0x06, 0x80, 0x08, 0x1b};
	static const uint8_t wren = 0x06;
	struct spi_bus *bus = open_bus();
	struct spi_op cen = {.kind = SPI_CEN},
		      window = {.kind = SPI_XFER, .tx = &wren, .tx_len = 1};

	(void)state;
	run_ops(bus, &cen, 1);
	sent(low, sizeof(low));
	run_ops(bus, &window, 1);
	sent(both, sizeof(both));
	cen.level = true;
	run_ops(bus, &cen, 1);
	sent(high, sizeof(high));
	cen.level = false;
	run_ops(bus, &cen, 1);
	adapter_close(bus);
	sent(high, sizeof(high));
}

/* Then ADBUS4 is an input, since the board may drive it. */
static void another_pin_can_be_cen(void **state)
{
	static const struct {
		const char *cen, *name;
		uint8_t len, low[6], high[6];
	} rows[] = {
		{"acbus3",
		 "ACBUS3",
		 6,
		 {0x80, 0x08, 0x0b, 0x82, 0x00, 0x08},
		 {0x80, 0x08, 0x0b, 0x82, 0x00, 0x00}},
		{"adbus6", "ADBUS6", 3, {0x80, 0x08, 0x4b}, {0x80, 0x08, 0x0b}},
		/* Pins of the bus, and unknown names, are not taken as CEN. */
		{"adbus3", "ADBUS4", 3, {0x80, 0x08, 0x1b}, {0x80, 0x08, 0x0b}},
		{"acbus8", "ADBUS4", 3, {0x80, 0x08, 0x1b}, {0x80, 0x08, 0x0b}},
		{"acbus", "ADBUS4", 3, {0x80, 0x08, 0x1b}, {0x80, 0x08, 0x0b}},
		{"acbus30", "ADBUS4", 3, {0x80, 0x08, 0x1b}, {0x80, 0x08, 0x0b}},
		{"ACBUS3", "ADBUS4", 3, {0x80, 0x08, 0x1b}, {0x80, 0x08, 0x0b}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct spi_bus *bus = open_with(rows[i].cen);
		struct spi_op cen = {.kind = SPI_CEN};

		assert_string_equal(bus->caps.pins.cen, rows[i].name);
		run_ops(bus, &cen, 1);
		sent(rows[i].low, rows[i].len);
		adapter_close(bus);
		sent(rows[i].high, rows[i].len);
	}
}

static void duplex_and_pauses_are_bytes_of_the_stream(void **state)
{
	static const uint8_t d2[4] = {0xd2, 0xd2, 0xd2, 0xd2};
	static const uint8_t wanted[] = {0x80, 0x00, 0x0b, 0x31, 0x03, 0x00, 0xd2, 0xd2, 0xd2,
					 0xd2, 0x80, 0x08, 0x0b, 0x8f, 0xd4, 0x01, 0x87};
	struct spi_bus *bus = open_bus();
	uint8_t rx[4];
	struct spi_op ops[] = {{.kind = SPI_DUPLEX, .tx = d2, .tx_len = 4, .rx = rx},
			       {.kind = SPI_DELAY, .expect_us = 500}};

	(void)state;
	run_ops(bus, ops, 2);
	sent(wanted, sizeof(wanted));
	adapter_close(bus);
}

static void a_wait_pauses_in_its_window_and_looks(void **state)
{
	/* 56 samples of a byte around 700 us: 670 us are 629 times eight clocks. */
	static const uint8_t wanted[] = {0x80, 0x00, 0x0b, 0x11, 0x00, 0x00, 0x05, 0x8f, 0x75,
					 0x02, 0x20, 0x37, 0x00, 0x80, 0x08, 0x0b, 0x87};
	static const uint8_t busy[30] = {[0 ... 29] = 0x03};
	struct spi_bus *bus = open_bus();
	struct spi_op wait = {.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 5000};

	(void)state;
	device.answer = busy;
	device.answer_len = sizeof(busy);
	run_ops(bus, &wait, 1);
	sent(wanted, sizeof(wanted));
	assert_in_range(wait.took_us, 700, 706);
	assert_false(wait.missed || wait.early);
	adapter_close(bus);
}

static void the_status_in_front_of_each_packet_is_no_data(void **state)
{
	static const size_t packets[] = {512, 64, 3};
	static const uint8_t read[] = {0x03, 0, 0, 0};
	static uint8_t content[1500], rx[1500];

	(void)state;
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < COUNT_OF(packets); i++) {
		struct spi_bus *bus = open_bus();
		struct spi_op op = {
			.kind = SPI_XFER, .tx = read, .tx_len = 4, .rx = rx, .rx_len = sizeof(rx)};

		device.answer = content;
		device.answer_len = sizeof(content);
		device.packet = packets[i];
		run_ops(bus, &op, 1);
		assert_memory_equal(rx, content, sizeof(rx));
		adapter_close(bus);
	}
}

static void what_fails_for_good_has_its_kind(void **state)
{
	static const uint8_t wren = 0x06;
	struct spi_bus *bus = open_bus();
	struct spi_op op = {.kind = SPI_XFER, .tx = &wren, .tx_len = 1};

	(void)state;
	device.error = TROUBLE_ADAPTER_GONE;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_ADAPTER_GONE);
	device.error = TROUBLE_ADAPTER_SILENT;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_ADAPTER_SILENT);
	adapter_close(bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_with_its_clock_and_cen_let_go),
		cmocka_unit_test(an_id_is_one_stream),
		cmocka_unit_test(cen_is_low_by_its_direction_and_stays_so_while_cs_moves),
		cmocka_unit_test(another_pin_can_be_cen),
		cmocka_unit_test(duplex_and_pauses_are_bytes_of_the_stream),
		cmocka_unit_test(a_wait_pauses_in_its_window_and_looks),
		cmocka_unit_test(the_status_in_front_of_each_packet_is_no_data),
		cmocka_unit_test(what_fails_for_good_has_its_kind),
	};

	return cmocka_run_group_tests_name("ft232h", tests, NULL, NULL);
}
