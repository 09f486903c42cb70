/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of the adapters that use a usb_pipe, CH347 and FT232H: transfers of any length with any
 * bytes in them. Whatever comes, nothing is written outside of the caller's buffer, and a transfer
 * ends with its answers or with a kind of trouble. The first byte of an input chooses the adapter;
 * after the end of the input the device is silent.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "programmer/adapters/usb_pipe.h"

#define RUNS_MOST 10000
#define REPLY_MOST 4096

static struct fuzz_input replies;
static unsigned runs, open_pipes;
static uint64_t clock_us;

/* --- in place of programmer/adapters/usb_pipe.c --- */

struct usb_pipe *usb_pipe_open(const struct adapter *adapter, const char *place,
			       const struct usb_pipe_ends *ends, char port[48],
			       const struct observer *observer)
{
	(void)adapter, (void)place, (void)ends, (void)observer;
	strcpy(port, "1-1");
	open_pipes++;
	return malloc(1);
}

void usb_pipe_close(struct usb_pipe *pipe)
{
	open_pipes--;
	free(pipe);
}

void usb_pipe_recover(struct usb_pipe *pipe)
{
	(void)pipe;
}

enum trouble_kind usb_pipe_control(struct usb_pipe *pipe, uint8_t type, uint8_t request,
				   uint16_t value, uint16_t index)
{
	(void)pipe, (void)type, (void)request, (void)value, (void)index;
	return TROUBLE_NONE;
}

static uint8_t bytes[REPLY_MOST];

static enum trouble_kind send_bytes(const struct usb_pipe_job *job, size_t head, size_t len)
{
	for (size_t i = head; i < len; i++)
		bytes[i] = fuzz_byte(&replies);
	return job->take(job->data, bytes, len);
}

/* The length of a CH347's answer to a frame, without the header, as its simulation has it. */
static size_t length_of(const uint8_t *frame)
{
	if (frame[0] == 0xc2)
		return (size_t)(frame[1] | frame[2] << 8) & 0x0fff;
	if (frame[0] == 0xca)
		return frame[3] ? 26 : 4;
	return 1;
}

/*
 * The answer to a frame. If its first byte in the input is even, it is correct; otherwise that byte
 * gives its length.
 */
static enum trouble_kind answer(const struct usb_pipe_job *job, const uint8_t *frame)
{
	uint8_t how = fuzz_byte(&replies);
	size_t len = 3 + length_of(frame);

	if (how & 1)
		return send_bytes(job, 0, how * 16u);
	bytes[0] = frame[0];
	bytes[1] = (uint8_t)(len - 3);
	bytes[2] = (uint8_t)((len - 3) >> 8);
	return send_bytes(job, 3, len < REPLY_MOST ? len : REPLY_MOST);
}

static enum trouble_kind run_frames(const struct usb_pipe_job *job)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t at = 0, len; !kind && at < job->out_len; at += len) {
		len = job->frame(job->data, at);
		assert_true(len > 0 && len <= job->out_len - at);
		if (job->out[at] == 0xc1)
			continue;
		if (replies.size == 0)
			return TROUBLE_ADAPTER_SILENT;
		kind = answer(job, job->out + at);
	}
	return !kind && job->answers(job->data) ? TROUBLE_ADAPTER_SILENT : kind;
}

enum trouble_kind usb_pipe_run(struct usb_pipe *pipe, const struct usb_pipe_job *job)
{
	enum trouble_kind kind = TROUBLE_NONE;

	(void)pipe;
	assert_true(++runs < RUNS_MOST);
	clock_us += 100;
	if (job->frame)
		return run_frames(job);
	while (!kind && job->missing(job->data) > 0) {
		uint8_t how = fuzz_byte(&replies);
		size_t missing = job->missing(job->data);

		if (replies.size == 0)
			return TROUBLE_ADAPTER_SILENT;
		if (how & 1)
			missing = how * 16u;
		kind = send_bytes(job, 0, missing < REPLY_MOST ? missing : REPLY_MOST);
	}
	return kind;
}

/* --- what is done with the bus --- */

static uint64_t now_us(struct spi_bus *bus)
{
	(void)bus;
	return clock_us += 10;
}

static void sleep_us(struct spi_bus *bus, uint64_t us)
{
	(void)bus;
	clock_us += us;
}

static void use(struct spi_bus *bus)
{
	static const uint8_t rdid = 0x9f, wren = 0x06, read[4] = {0x03, 1, 2, 3},
			     page[260] = {0x02, 1, 2};
	uint8_t id[3], duplex[64], *content = malloc(5000);
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = id, .rx_len = 3},
		{.kind = SPI_XFER, .tx = read, .tx_len = 4, .rx = content, .rx_len = 5000},
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = page, .tx_len = sizeof(page)},
		{.kind = SPI_WAIT_READY, .expect_us = 500, .max_us = 5000},
		{.kind = SPI_CEN, .level = false},
		{.kind = SPI_DELAY, .expect_us = 100},
		{.kind = SPI_CEN, .level = true},
		{.kind = SPI_DUPLEX, .tx = page, .tx_len = 64, .rx = duplex},
	};

	assert_non_null(content);
	for (unsigned i = 0; i < 3; i++)
		assert_int_not_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_BUG);
	free(content);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"CH347T", "CH347F", "FT232H"};
	struct fuzz_input input = {data, size};
	const char *name = names[fuzz_byte(&input) % COUNT_OF(names)];
	const struct adapter_wish wish = {.parameter = "usb", .value = "1-1", .speed_hz = 7500000};
	const struct adapter *const *row = adapters;
	static struct notes notes;
	struct spi_adapter_ops ops;
	struct spi_bus *bus;

	notes_begin(&notes);
	replies = input;
	runs = 0;
	while (*row && strcmp((*row)->name, name) != 0)
		row++;
	assert_non_null(*row);
	bus = (*row)->open(*row, &wish, &notes.observer);
	if (bus) {
		ops = *bus->ops;
		ops.now_us = now_us;
		ops.sleep_us = sleep_us;
		bus->ops = &ops;
		use(bus);
		adapter_close(bus);
	} else {
		assert_true(notes.errors > 0);
	}
	assert_int_equal(open_pipes, 0);
}

/* Well-formed transfers with equal bytes, after an FT232H's reply to an invalid command. */
void fuzz_seeds(void)
{
	static const uint8_t fills[] = {0x00, 0x02, 0xfe};
	static const uint8_t synchronized[] = {2, 0, 0, 0, 0xfa, 0xaa};
	static uint8_t seed[60000];

	for (uint8_t adapter = 0; adapter < 3; adapter++)
		for (size_t i = 0; i < COUNT_OF(fills); i++) {
			memset(seed, fills[i], sizeof(seed));
			memcpy(seed, synchronized, sizeof(synchronized));
			seed[0] = adapter;
			fuzz_seed(seed, sizeof(seed));
			fuzz_seed(seed, 300);
		}
}
