/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"

#include <stdlib.h>
#include <string.h>

struct bench bench_open(const struct board_options *options)
{
	struct board_options with_part = *options;
	struct bench bench = {0};

	if (!with_part.part)
		with_part.part = chipdb_part_by_name("XT25F16B");
	assert_non_null(with_part.part);
	bench.board = board_new(&with_part);
	assert_non_null(bench.board);
	bench.usb = board_usb(bench.board);
	return bench;
}

void bench_close(struct bench *bench)
{
	board_free(bench->board);
}

struct usb_urb *bench_urb(struct bench *bench, uint8_t endpoint, const void *data, size_t length)
{
	struct usb_urb *urb = calloc(1, sizeof(*urb));

	assert_non_null(urb);
	urb->endpoint = endpoint;
	urb->data = calloc(1, length ? length : 1);
	assert_non_null(urb->data);
	if (data && length)
		memcpy(urb->data, data, length);
	urb->length = (uint32_t)length;
	urb->submit_ns = bench->now_ns;
	return urb;
}

void bench_free(struct usb_urb *urb)
{
	free(urb->data);
	free(urb);
}

struct usb_urb *bench_submit(struct bench *bench, uint8_t endpoint, const void *data, size_t length)
{
	struct usb_urb *urb = bench_urb(bench, endpoint, data, length);

	usb_submit(bench->usb, urb);
	return urb;
}

struct usb_urb *bench_wait(struct bench *bench)
{
	struct usb_urb *urb = usb_done(bench->usb);

	assert_non_null(urb);
	if (bench->now_ns < urb->visible_ns)
		bench->now_ns = urb->visible_ns;
	return urb;
}

size_t bench_stream(struct bench *bench, const uint8_t *stream, size_t length, size_t answers,
		    uint8_t *replies)
{
	size_t got = 0;

	for (size_t i = 0; i < answers; i++)
		bench_submit(bench, 0x82, NULL, 32);
	bench_submit(bench, 0x02, stream, length);
	for (size_t i = 0; i < answers + 1; i++) {
		struct usb_urb *urb = bench_wait(bench);

		assert_int_equal(urb->status, 0);
		if (urb->endpoint == 0x82) {
			if (replies)
				memcpy(replies + got, urb->data, urb->actual);
			got += urb->actual;
		}
		bench_free(urb);
	}
	return got;
}

void bench_pins(struct bench *bench, uint8_t latch)
{
	const uint8_t packet[] = {0xAB, (uint8_t)(0x80 | latch), 0x40 | OUTPUTS, 0x20};

	bench_stream(bench, packet, sizeof(packet), 0, NULL);
}

uint8_t bench_reversed(uint8_t byte)
{
	uint8_t result = 0;

	for (int i = 0; i < 8; i++)
		result |= (uint8_t)(((byte >> i) & 1) << (7 - i));
	return result;
}

void bench_spi(struct bench *bench, const uint8_t *out, size_t out_length, uint8_t *in,
	       size_t in_length)
{
	static const uint8_t select[] = {0xAB, 0x80 | IDLE, 0x40 | OUTPUTS, 0x80 | SELECT, 0x20};
	static const uint8_t deselect[] = {0xAB, 0x80 | IDLE, 0x20};
	size_t total = out_length + in_length, packets = (total + 30) / 31, at = 32;
	uint8_t *stream = calloc(packets + 2, 32), *replies = calloc(packets + 1, 31);

	assert_non_null(stream);
	assert_non_null(replies);
	memcpy(stream, select, sizeof(select));
	for (size_t i = 0; i < total; i++) {
		if (i % 31 == 0)
			stream[at++] = 0xA8;
		stream[at++] = i < out_length ? bench_reversed(out[i]) : 0xFF;
	}
	/* A short packet ends the transfer, so CS rises in a transfer of its own. */
	assert_int_equal(bench_stream(bench, stream, at, packets, replies), total);
	for (size_t i = 0; i < in_length; i++)
		in[i] = bench_reversed(replies[out_length + i]);
	free(stream);
	free(replies);
	bench_stream(bench, deselect, sizeof(deselect), 0, NULL);
}

void bench_sleep(struct bench *bench, unsigned ms)
{
	bench->now_ns += ms * BENCH_MS;
}

void bench_reset(struct bench *bench, unsigned ms)
{
	bench_pins(bench, IDLE_RESET);
	bench_sleep(bench, ms);
	bench_pins(bench, IDLE);
}

unsigned bench_enter(struct bench *bench, unsigned ms, size_t window)
{
	uint64_t end = bench->now_ns + ms * BENCH_MS;
	uint8_t d2[256], reply[256];
	unsigned seen = 0;

	memset(d2, 0xD2, sizeof(d2));
	while (bench->now_ns < end) {
		static const uint8_t select[] = {0xAB, 0x80 | SELECT, 0x20};
		uint8_t stream[512] = {0xA8};
		size_t at = 0;

		bench_stream(bench, select, sizeof(select), 0, NULL);
		for (size_t i = 0; i < window; i++) {
			if (i % 31 == 0)
				stream[at++] = 0xA8;
			stream[at++] = bench_reversed(d2[i]);
		}
		bench_stream(bench, stream, at, (window + 30) / 31, reply);
		bench_pins(bench, IDLE);
		for (size_t i = 0; i < window; i++)
			seen += bench_reversed(reply[i]) == 0xD2;
	}
	return seen;
}

uint32_t bench_id(struct bench *bench)
{
	static const uint8_t rdid[] = {0x9F};
	uint8_t id[3];

	bench_spi(bench, rdid, 1, id, 3);
	return (uint32_t)id[0] << 16 | (uint32_t)id[1] << 8 | id[2];
}

void bench_expect_nothing(struct bench *bench)
{
	struct usb_urb *urb = bench_submit(bench, 0x82, NULL, 32);

	assert_null(usb_done(bench->usb));
	usb_unlink(bench->usb, urb, bench->now_ns);
	assert_ptr_equal(bench_wait(bench), urb);
	bench_free(urb);
}
