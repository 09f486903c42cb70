/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames that a CH347 receives, and how its answers are evaluated. */
#include "tests/unit.h"
#include "programmer/adapters/usb_pipe.h"
#include "programmer/bus/cen.h"
#include "tests/programmer/adapters/pins.h"

#include <stdlib.h>

/* A device that records what it receives, and answers each frame. */
static struct {
	uint8_t out[16384];
	size_t len;
	unsigned frames;
	bool old;
	const uint8_t *content; /* of C2h, from the second byte on; NULL: zeros */
	size_t content_len;
	enum trouble_kind error;
	uint8_t config[29]; /* of the last C0h */
	bool cut;	    /* an answer lacks its last byte */
	bool mute;	    /* GPIO commands are not answered */
} device;
static struct notes notes;
static int interface;

struct usb_pipe *usb_pipe_open(const struct adapter *adapter, const char *place,
			       const struct usb_pipe_ends *ends, char port[48],
			       const struct observer *observer)
{
	(void)adapter;
	(void)place;
	(void)observer;
	interface = ends->interface;
	assert_int_equal(ends->out, 0x06);
	assert_int_equal(ends->in, 0x86);
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

enum trouble_kind usb_pipe_control(struct usb_pipe *pipe, uint8_t type, uint8_t request,
				   uint16_t value, uint16_t index)
{
	(void)pipe;
	(void)type;
	(void)request;
	(void)value;
	(void)index;
	fail_msg("it needs no such request");
	return TROUBLE_BUG;
}

/* The answer to a frame; returns its length, 0 for none. */
static size_t answer(const uint8_t *frame, uint8_t *reply)
{
	size_t count = (size_t)(frame[1] | frame[2] << 8) & 0x0fff, len = 1;

	memset(reply, 0, 4096);
	if (frame[0] == 0xc1)
		return 0;
	if (frame[0] == 0xca) {
		len = frame[3] ? 26 : 4;
		reply[3] = device.old ? 0x40 : 0x41;
		reply[4] = 0x03; /* the last old status, then the first new one */
		reply[3 + 16] = 0x07;
	}
	if (frame[0] == 0xcc)
		len = 8;
	if (frame[0] == 0xc2) {
		len = count;
		for (size_t i = 0; device.content && i < device.content_len && 1 + i < len; i++)
			reply[4 + i] = device.content[i];
	}
	reply[0] = frame[0];
	reply[1] = (uint8_t)len;
	reply[2] = (uint8_t)(len >> 8);
	return 3 + len - (device.cut ? 1 : 0);
}

enum trouble_kind usb_pipe_run(struct usb_pipe *pipe, const struct usb_pipe_job *job)
{
	static uint8_t reply[4096];

	(void)pipe;
	if (device.error)
		return device.error;
	if (device.mute && job->out[0] == 0xcc)
		return TROUBLE_ADAPTER_SILENT;
	assert_true(job->out_len <= sizeof(device.out));
	memcpy(device.out, job->out, job->out_len);
	if (job->out[0] == 0xc0)
		memcpy(device.config, job->out, sizeof(device.config));
	device.len = job->out_len;
	device.frames = 0;
	for (size_t at = 0; at < job->out_len; device.frames++) {
		size_t n = job->frame(job->data, at), len;
		enum trouble_kind kind;

		assert_true(n <= (device.old ? 510 : 4096) && at + n <= job->out_len);
		len = answer(job->out + at, reply);
		/* An answer that fills its last packet would not end the transfer. */
		assert_true(len == 0 || len % 512 != 0);
		kind = len ? job->take(job->data, reply, len) : TROUBLE_NONE;
		if (kind)
			return kind;
		at += n;
	}
	assert_int_equal(job->answers(job->data), 0);
	return TROUBLE_NONE;
}

static struct spi_bus *open_with(const char *name, const char *cen)
{
	const struct adapter_wish wish = {
		.parameter = "usb", .value = "1-4", .speed_hz = 7500000, .cen = cen};
	const struct adapter *const *row = adapters;

	notes_begin(&notes);
	while (*row && strcmp((*row)->name, name) != 0)
		row++;
	assert_non_null(*row);
	return (*row)->open(*row, &wish, &notes.observer);
}

static struct spi_bus *open_as(const char *name, bool old)
{
	struct spi_bus *bus;

	memset(&device, 0, sizeof(device));
	device.old = old;
	bus = open_with(name, NULL);
	assert_non_null(bus);
	assert_pins_are_drawn(&bus->caps.pins, "CH347");
	return bus;
}

static void sent(const uint8_t *bytes, size_t len)
{
	assert_int_equal(device.len, len);
	assert_memory_equal(device.out, bytes, len);
}

static const uint8_t rdid = 0x9f, id[] = {0x0b, 0x40, 0x16};

static void ask_id(struct spi_bus *bus)
{
	uint8_t rx[3];
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = rx, .rx_len = 3};

	device.content = id;
	device.content_len = 3;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_memory_equal(rx, id, 3);
}

/* The answer is waited for, so it ends a stream. SCS1 stays high. */
static void a_gpio_can_be_cen(void **state)
{
	static const struct {
		const char *name, *cen, *pin; /* pin NULL: not a pin of its own */
		uint8_t at;
	} rows[] = {
		{"CH347T", "gpio7", "GPIO7", 7}, {"CH347T", "gpio4", "GPIO4", 4},
		{"CH347T", "gpio5", NULL, 0},	 {"CH347T", "GPIO7", NULL, 0},
		{"CH347F", "gpio0", "GPIO0", 0}, {"CH347F", "gpio8", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t low[11] = {0xcc, 0x08}, high[11] = {0xcc, 0x08};
		struct spi_op cen = {.kind = SPI_CEN};
		struct spi_bus *bus;

		memset(&device, 0, sizeof(device));
		bus = open_with(rows[i].name, rows[i].cen);
		assert_non_null(bus);
		assert_string_equal(bus->caps.pins.cen, rows[i].pin ? rows[i].pin : "SCS1");
		assert_int_equal(bus->caps.cen, rows[i].pin ? SPI_CEN_APART : SPI_CEN_IN_STREAM);
		low[3 + rows[i].at] = 0xf0;
		high[3 + rows[i].at] = 0xf8;
		if (rows[i].pin) {
			sent(high, sizeof(high));
			assert_int_equal(spi_transfer(bus, &cen, 1), TROUBLE_NONE);
			sent(low, sizeof(low));
			bus->cen->ops->close(bus->cen);
			bus->cen = NULL;
			sent(high, sizeof(high));
		}
		adapter_close(bus);
	}
	/* It does not answer GPIO commands. */
	memset(&device, 0, sizeof(device));
	device.mute = true;
	assert_null(open_with("CH347T", "gpio7"));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_SILENT);
}

static void an_id_is_one_frame_with_new_firmware(void **state)
{
	static const uint8_t wanted[] = {0xc2, 0x04, 0xc0, 0x9f, 0x00, 0x00, 0x00};
	struct spi_bus *bus = open_as("CH347T", false);

	(void)state;
	assert_int_equal(interface, 2);
	assert_int_equal(bus->caps.clock_hz, 7500000);
	ask_id(bus);
	sent(wanted, sizeof(wanted));
	adapter_close(bus);
	bus = open_as("CH347F", true);
	assert_int_equal(interface, 4);
	ask_id(bus);
	sent(wanted, sizeof(wanted));
	adapter_close(bus);
}

static void the_bus_is_set_up_for_mode_0_and_the_clock(void **state)
{
	static const uint8_t wanted[29] = {0xc0, 0x1a, 0,	    0,		 0,
					   0x04, 0x01, [14] = 0x02, [15] = 0x18, [19] = 0x07};
	struct spi_bus *bus = open_as("CH347T", false);

	(void)state;
	assert_memory_equal(device.config, wanted, sizeof(wanted));
	adapter_close(bus);
}

static void with_old_firmware_frames_of_their_own_move_the_chip_select(void **state)
{
	static const uint8_t wanted[] = {0xc1, 0x0a, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0xc0,
					 0x00, 0x00, 0x00, 0x00, 0xc2, 0x04, 0x00, 0x9f, 0x00,
					 0x00, 0x00, 0xc1, 0x0a, 0x00, 0xc0, 0x00, 0x00, 0x00,
					 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00};
	struct spi_bus *bus = open_as("CH347T", true);

	(void)state;
	ask_id(bus);
	sent(wanted, sizeof(wanted));
	adapter_close(bus);
}

static void cen_is_the_second_select_and_high_at_the_end(void **state)
{
	static const uint8_t low[] = {0xc1, 0x0a, 0x00, 0xc0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0};
	static const uint8_t high[] = {0xc1, 0x0a, 0x00, 0xc0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0};
	struct spi_bus *bus = open_as("CH347T", false);
	struct spi_op cen = {.kind = SPI_CEN};

	(void)state;
	sent(high, sizeof(high));
	assert_int_equal(spi_transfer(bus, &cen, 1), TROUBLE_NONE);
	sent(low, sizeof(low));
	adapter_close(bus);
	sent(high, sizeof(high));
}

static void long_windows_are_several_frames_and_only_their_ends_move_the_select(void **state)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};
	static uint8_t rx[9000];
	struct spi_bus *bus = open_as("CH347T", false);
	struct spi_op op = {
		.kind = SPI_XFER, .tx = read, .tx_len = 4, .rx = rx, .rx_len = sizeof(rx)};

	(void)state;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_int_equal(device.frames, 3);
	assert_int_equal(device.out[2] & 0xf0, 0x80);
	assert_int_equal(device.out[4003 + 2] & 0xf0, 0x00);
	assert_int_equal(device.out[2 * 4003 + 2] & 0xf0, 0x40);
	adapter_close(bus);
}

static void no_answer_fills_its_packets(void **state)
{
	static const size_t lengths[] = {508, 509, 510, 1020, 1021, 1022, 4092, 4093, 4094};
	static uint8_t tx[5000], rx[5000];

	(void)state;
	for (unsigned old = 0; old < 2; old++) {
		for (size_t i = 0; i < COUNT_OF(lengths); i++) {
			struct spi_bus *bus = open_as("CH347T", old);
			struct spi_op op = {
				.kind = SPI_DUPLEX, .tx = tx, .tx_len = lengths[i], .rx = rx};

			assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
			adapter_close(bus);
		}
	}
}

static void a_wait_is_a_window_that_is_long_enough(void **state)
{
	static const uint8_t busy[660] = {[0 ... 659] = 0x03};
	struct spi_bus *bus = open_as("CH347T", false);
	struct spi_op wait = {.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 5000};

	(void)state;
	device.content = busy;
	device.content_len = sizeof(busy);
	assert_int_equal(spi_transfer(bus, &wait, 1), TROUBLE_NONE);
	assert_int_equal(device.frames, 1);
	assert_int_equal(device.out[3], 0x05);
	assert_in_range(wait.took_us, 700, 707);
	assert_false(wait.missed || wait.early || wait.enabled);
	adapter_close(bus);
}

static void a_write_enable_that_nothing_used_is_seen_behind_the_wait(void **state)
{
	static const uint8_t enabled[2000] = {[0 ... 9] = 0x03, [10 ... 1999] = 0x02};
	struct spi_bus *bus = open_as("CH347T", false);
	struct spi_op wait = {.kind = SPI_WAIT_READY, .expect_us = 10, .max_us = 5000};

	(void)state;
	device.content = enabled;
	device.content_len = sizeof(enabled);
	assert_int_equal(spi_transfer(bus, &wait, 1), TROUBLE_NONE);
	assert_true(wait.enabled && !wait.missed);
	adapter_close(bus);
}

static void an_answer_that_is_cut_is_a_fault(void **state)
{
	struct spi_bus *bus = open_as("CH347T", false);
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdid, .tx_len = 1};

	(void)state;
	device.cut = true;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_ADAPTER_FAULT);
	device.error = TROUBLE_ADAPTER_GONE;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_ADAPTER_GONE);
	adapter_close(bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bus_is_set_up_for_mode_0_and_the_clock),
		cmocka_unit_test(a_gpio_can_be_cen),
		cmocka_unit_test(an_id_is_one_frame_with_new_firmware),
		cmocka_unit_test(with_old_firmware_frames_of_their_own_move_the_chip_select),
		cmocka_unit_test(cen_is_the_second_select_and_high_at_the_end),
		cmocka_unit_test(
			long_windows_are_several_frames_and_only_their_ends_move_the_select),
		cmocka_unit_test(no_answer_fills_its_packets),
		cmocka_unit_test(a_wait_is_a_window_that_is_long_enough),
		cmocka_unit_test(a_write_enable_that_nothing_used_is_seen_behind_the_wait),
		cmocka_unit_test(an_answer_that_is_cut_is_a_fault),
	};

	return cmocka_run_group_tests_name("ch347", tests, NULL, NULL);
}
