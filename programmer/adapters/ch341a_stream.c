/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch341a_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/opcodes.h"

#define CMD_SPI 0xa8
#define CMD_UIO 0xab
#define UIO_INPUT 0x00
#define UIO_END 0x20
#define UIO_DIRECTION 0x40
#define UIO_OUTPUT 0x80
#define UIO_DELAY 0xc0
#define UIO_DELAY_MOST 63

#define SPI_PAYLOAD (CH341A_PACKET - 1)

/* The adapter's times, rounded; they only aim the samples of a wait. */
#define PACKET_US 40
#define BYTE_US 6
#define DELAY_EXTRA_NS 1100

#define WAIT_EARLY_US (CH341A_WAIT_SAMPLES / 2 * BYTE_US)
static_assert(1 + CH341A_WAIT_SAMPLES <= SPI_PAYLOAD, "RDSR and its answers are one packet");

#define SR_WIP 0x01
#define SR_WEL 0x02

static uint8_t reverse(uint8_t byte)
{
	byte = (uint8_t)((byte & 0xf0) >> 4 | (byte & 0x0f) << 4);
	byte = (uint8_t)((byte & 0xcc) >> 2 | (byte & 0x33) << 2);
	return (uint8_t)((byte & 0xaa) >> 1 | (byte & 0x55) << 1);
}

/* Makes room for @more elements of @size bytes after @count of them; NULL: @array is unchanged. */
static void *grow(void *array, size_t count, size_t *room, size_t more, size_t size)
{
	size_t wanted = *room ? *room : 64;

	if (count + more <= *room)
		return array;
	while (wanted < count + more)
		wanted *= 2;
	array = realloc(array, wanted * size);
	if (array)
		*room = wanted;
	return array;
}

static size_t slice_begin(const struct ch341a_stream *stream)
{
	return stream->slices[stream->slice_count - 1];
}

/* How much of the last packet is used, 0 when it is full. */
static size_t packet_used(const struct ch341a_stream *stream)
{
	return (stream->out_len - slice_begin(stream)) % CH341A_PACKET;
}

/* Pads the slice to a whole packet, or begins a new slice after it. */
static bool packet_begin(struct ch341a_stream *stream)
{
	size_t used, padding;

	if (stream->slice_count == 0 || stream->cut ||
	    stream->out_len - slice_begin(stream) > (CH341A_SLICE_PACKETS - 1) * CH341A_PACKET) {
		size_t *slices = grow(stream->slices, stream->slice_count, &stream->slice_room, 1,
				      sizeof(*slices));

		if (!slices)
			return false;
		stream->slices = slices;
		slices[stream->slice_count++] = stream->out_len;
		stream->cut = false;
		return true;
	}
	used = packet_used(stream);
	padding = used ? CH341A_PACKET - used : 0;
	memset(stream->out + stream->out_len, 0, padding);
	stream->out_len += padding;
	return true;
}

/* Begins a packet with this command byte; there is room for all of it. */
static uint8_t *packet_new(struct ch341a_stream *stream, uint8_t command)
{
	uint8_t *out = NULL;

	if (!stream->no_memory)
		out = grow(stream->out, stream->out_len, &stream->out_room, 2 * CH341A_PACKET, 1);
	if (out)
		stream->out = out;
	if (!out || !packet_begin(stream)) {
		stream->no_memory = true;
		return NULL;
	}
	stream->out[stream->out_len++] = command;
	return stream->out + stream->out_len - 1;
}

static void uio_close(struct ch341a_stream *stream)
{
	if (stream->uio_open && !stream->no_memory)
		stream->out[stream->out_len++] = UIO_END;
	stream->uio_open = false;
}

static bool uio_full(const struct ch341a_stream *stream)
{
	/* One byte of each packet is kept for the end mark. */
	return !stream->uio_open || packet_used(stream) == CH341A_PACKET - 1;
}

static void uio_put(struct ch341a_stream *stream, uint8_t op)
{
	if (uio_full(stream)) {
		uio_close(stream);
		if (!packet_new(stream, CMD_UIO))
			return;
		stream->uio_open = true;
	}
	stream->out[stream->out_len++] = op;
}

static void set_output(struct ch341a_stream *stream, uint8_t pins)
{
	stream->pins = pins;
	uio_put(stream, UIO_OUTPUT | pins);
}

static void select_die(struct ch341a_stream *stream)
{
	set_output(stream, stream->pins & (uint8_t)~CH341A_PIN_CS);
	uio_close(stream);
}

static void deselect_die(struct ch341a_stream *stream)
{
	set_output(stream, stream->pins | CH341A_PIN_CS);
}

static void delay(struct ch341a_stream *stream, uint32_t us)
{
	uint64_t left_ns = us * UINT64_C(1000);

	while (left_ns > DELAY_EXTRA_NS && !stream->no_memory) {
		uint64_t step_us, step_ns;

		/* A new packet takes time, too; what follows the delay needs one anyway. */
		if (uio_full(stream)) {
			if (left_ns <= PACKET_US * 1000)
				break;
			left_ns -= PACKET_US * 1000;
		}
		step_us = left_ns > DELAY_EXTRA_NS ? (left_ns - DELAY_EXTRA_NS) / 1000 : 0;
		if (step_us > UIO_DELAY_MOST)
			step_us = UIO_DELAY_MOST;
		uio_put(stream, (uint8_t)(UIO_DELAY | step_us));
		step_ns = step_us * 1000 + DELAY_EXTRA_NS;
		left_ns = left_ns > step_ns ? left_ns - step_ns : 0;
	}
}

static void reply_expect(struct ch341a_stream *stream, uint8_t *to, size_t skip, size_t len)
{
	struct ch341a_reply *replies = NULL;

	if (!stream->no_memory)
		replies = grow(stream->replies, stream->reply_count, &stream->reply_room, 1,
			       sizeof(*replies));
	if (!replies) {
		stream->no_memory = true;
		return;
	}
	stream->replies = replies;
	replies[stream->reply_count++] = (struct ch341a_reply){
		.slice = stream->slice_count - 1,
		.to = to,
		.skip = (uint8_t)skip,
		.len = (uint8_t)len,
	};
}

/* One CS window of @total bytes: @tx, then filler; answers from byte @skip on are stored in @rx. */
static void window(struct ch341a_stream *stream, const uint8_t *tx, size_t tx_len, uint8_t *rx,
		   size_t skip, size_t total)
{
	select_die(stream);
	for (size_t done = 0; done < total;) {
		size_t len = total - done < SPI_PAYLOAD ? total - done : SPI_PAYLOAD;
		size_t drop = done < skip ? skip - done : 0;
		uint8_t *packet = packet_new(stream, CMD_SPI);

		if (!packet)
			return;
		for (size_t i = 0; i < len; i++)
			packet[1 + i] = done + i < tx_len ? reverse(tx[done + i]) : 0xff;
		stream->out_len += len;
		stream->cut = len < SPI_PAYLOAD;
		if (drop > len)
			drop = len;
		reply_expect(stream, rx && drop < len ? rx + done + drop - skip : NULL, drop, len);
		done += len;
	}
	deselect_die(stream);
}

/*
 * A CS window of one byte whose answer is not needed, clocked by hand: the packet of pins that
 * starts and ends the window has room for it.
 */
static void window_by_hand(struct ch341a_stream *stream, uint8_t byte)
{
	const uint8_t low = stream->pins & (uint8_t) ~(CH341A_PIN_CS | CH341A_PIN_OUT);
	const uint8_t idle = stream->pins & (uint8_t)~CH341A_PIN_CS;

	set_output(stream, idle);
	for (unsigned bit = 0x80; bit; bit >>= 1) {
		uint8_t pins = byte & bit ? low | CH341A_PIN_OUT : low;

		set_output(stream, pins);
		set_output(stream, pins | CH341A_PIN_CLOCK);
	}
	set_output(stream, idle);
	deselect_die(stream);
}

static void add_xfer(struct ch341a_stream *stream, const struct spi_op *op)
{
	if (op->tx_len == 1 && op->rx_len == 0)
		window_by_hand(stream, op->tx[0]);
	else
		window(stream, op->tx, op->tx_len, op->rx, op->tx_len, op->tx_len + op->rx_len);
}

static void add_wait(struct ch341a_stream *stream, const struct spi_op *op, size_t index)
{
	static const uint8_t rdsr = OPCODE_RDSR;
	const uint32_t first = PACKET_US + 2 * BYTE_US;
	const uint32_t lead = first + WAIT_EARLY_US;
	struct ch341a_wait *waits =
		grow(stream->waits, stream->wait_count, &stream->wait_room, 1, sizeof(*waits));

	if (!waits) {
		stream->no_memory = true;
		return;
	}
	stream->waits = waits;
	if (op->expect_us > lead)
		delay(stream, op->expect_us - lead);
	window(stream, &rdsr, 1, NULL, 1, 1 + CH341A_WAIT_SAMPLES);
	waits[stream->wait_count++] = (struct ch341a_wait){
		.op = index,
		.last_reply = stream->reply_count - 1,
		.first_us = op->expect_us > lead ? op->expect_us - WAIT_EARLY_US : first,
	};
}

void ch341a_stream_begin(struct ch341a_stream *stream, uint8_t pins)
{
	stream->out_len = 0;
	stream->slice_count = 0;
	stream->reply_count = 0;
	stream->wait_count = 0;
	stream->waits_done = 0;
	stream->op_count = 0;
	stream->missed = false;
	stream->pins = pins;
	stream->uio_open = false;
	stream->cut = false;
	stream->no_memory = false;
}

size_t ch341a_stream_slice(const struct ch341a_stream *stream, size_t index, uint8_t **bytes)
{
	size_t end = index + 1 < stream->slice_count ? stream->slices[index + 1] : stream->out_len;

	*bytes = stream->out + stream->slices[index];
	return end - stream->slices[index];
}

void ch341a_stream_set_pins(struct ch341a_stream *stream, uint8_t pins, uint8_t directions)
{
	set_output(stream, pins | CH341A_PIN_CS);
	uio_put(stream, UIO_DIRECTION | directions);
	uio_close(stream);
}

enum trouble_kind ch341a_stream_add_ops(struct ch341a_stream *stream, const struct spi_op *ops,
					size_t count)
{
	/*
	 * A stream that was stopped after a missed wait may have left CS low; without an edge, this
	 * one would be taken as more data of that command.
	 */
	deselect_die(stream);
	for (size_t i = 0; i < count; i++) {
		const struct spi_op *op = &ops[i];

		if (op->kind == SPI_WAIT_READY && op->expect_us > CH341A_STREAM_WAIT_US)
			break;
		switch (op->kind) {
		case SPI_XFER:
			add_xfer(stream, op);
			break;
		case SPI_DUPLEX:
			window(stream, op->tx, op->tx_len, op->rx, 0, op->tx_len);
			break;
		case SPI_WAIT_READY:
			add_wait(stream, op, i);
			break;
		case SPI_DELAY:
			delay(stream, op->expect_us);
			break;
		case SPI_CEN:
			set_output(stream, op->level ? stream->pins | CH341A_PIN_CEN
						     : stream->pins & (uint8_t)~CH341A_PIN_CEN);
			break;
		}
		stream->op_count = i + 1;
	}
	uio_close(stream);
	return stream->no_memory ? TROUBLE_NO_MEMORY : TROUBLE_NONE;
}

/* This many steps of four operations fill a packet. */
#define STEPS_PER_PACKET 7

enum trouble_kind ch341a_stream_add_steps(struct ch341a_stream *stream,
					  const struct ch341a_step *steps, size_t count,
					  uint8_t *seen)
{
	for (size_t at = 0; at < count && !stream->no_memory; at += STEPS_PER_PACKET) {
		size_t now = count - at < STEPS_PER_PACKET ? count - at : STEPS_PER_PACKET;

		uio_close(stream);
		for (size_t i = at; i < at + now; i++) {
			set_output(stream, steps[i].pins);
			uio_put(stream, UIO_DIRECTION | steps[i].directions);
			uio_put(stream, UIO_DELAY | steps[i].delay_us);
			uio_put(stream, UIO_INPUT);
		}
		reply_expect(stream, seen + at, 0, now);
	}
	uio_close(stream);
	return stream->no_memory ? TROUBLE_NO_MEMORY : TROUBLE_NONE;
}

/* Looks at a wait's samples: true when the die was ready at the last one. */
static bool wait_judge(const struct ch341a_wait *wait, struct spi_op *op)
{
	uint8_t last = wait->samples[CH341A_WAIT_SAMPLES - 1];

	op->missed = last & SR_WIP;
	op->enabled = !op->missed && last & SR_WEL;
	op->early = !(wait->samples[0] & SR_WIP);
	for (size_t i = 0; i < CH341A_WAIT_SAMPLES; i++) {
		op->took_us = wait->first_us + (uint32_t)i * BYTE_US;
		if (!(wait->samples[i] & SR_WIP))
			break;
	}
	return !op->missed;
}

enum trouble_kind ch341a_stream_reply(struct ch341a_stream *stream, struct spi_op *ops,
				      size_t index, const uint8_t *data, size_t len)
{
	const struct ch341a_reply *reply = &stream->replies[index];
	struct ch341a_wait *wait = NULL;

	if (len != reply->len)
		return TROUBLE_ADAPTER_FAULT;
	if (reply->to)
		for (size_t i = reply->skip; i < len; i++)
			reply->to[i - reply->skip] = reverse(data[i]);

	if (stream->waits_done < stream->wait_count)
		wait = &stream->waits[stream->waits_done];
	if (!wait || wait->last_reply != index)
		return TROUBLE_NONE;
	stream->waits_done++;
	for (size_t i = 0; i < CH341A_WAIT_SAMPLES; i++)
		wait->samples[i] = reverse(data[reply->skip + i]);
	if (!wait_judge(wait, &ops[wait->op]) && !stream->missed) {
		stream->missed = true;
		stream->missed_op = wait->op;
	}
	return TROUBLE_NONE;
}

void ch341a_stream_free(struct ch341a_stream *stream)
{
	free(stream->out);
	free(stream->slices);
	free(stream->replies);
	free(stream->waits);
	*stream = (struct ch341a_stream){0};
}
