/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch341a_stream.h - spi ops as CH341A command packets, and the replies back.
 *
 * Pure computation: no USB, no clock. A stream is built from ops, sent in
 * slices by ch341a_usb.c, and fed the replies in order.
 *
 * The CH341A takes packets of up to 32 bytes; the first byte is the command.
 *   A8  1 to 31 bytes are shifted out, and as many come back in one IN packet
 *   AB  a list of pin operations: 80|v output latches D5..D0, 40|d directions,
 *       C0|n delay of n us, 00 input of D7..D0, 20 end. No reply without an input.
 * A slice is what travels as one OUT transfer. All its packets but the last are padded to 32 bytes.
 * Padding an AB packet does no harm; an A8 packet shifts as many bytes as it has, so a short one
 * always ends its slice. The chip shifts the least significant bit first, so every byte is reversed
 * here, both ways. A window of one byte whose answer is not wanted is clocked by pin operations in
 * the AB packet that begins and ends it (0.75 us an operation, the same captures), which saves two
 * packets a page. An AB packet writes all six pins at once: it is always made from the shadow of
 * all pins, or CEN on D2 would drop with the next chip select.
 *
 * Sources: flashrom ch341a_spi.c; WCH CH341DS2 and CH341PAR library; timing from
 * hpaluch/ch341-spi-shift-reg captures (about 40 us a packet, 6.03 us a byte).
 */
#ifndef CH341A_STREAM_H
#define CH341A_STREAM_H

#include "programmer/bus/spi.h"

#define CH341A_PACKET 32 /* bytes of a full command packet */

/* The longest slice: 7 ms of work, or 60 ms when it is full of delays. */
#define CH341A_SLICE_PACKETS 32

/* Pins as bits of the output latches, and of the levels that are read. */
#define CH341A_PIN_CS 0x01
#define CH341A_PIN_BESIDE_CEN 0x02
#define CH341A_PIN_CEN 0x04
#define CH341A_PIN_CLOCK 0x08
#define CH341A_PIN_OUT 0x20
#define CH341A_PIN_IN 0x80
#define CH341A_PINS_IDLE 0x37 /* clock low, everything else high */
#define CH341A_PINS_OUTPUT 0x3f

/* One reply packet: @len bytes will arrive, those from @skip on go to @to (or nowhere). */
struct ch341a_reply {
	size_t slice; /* index of the slice that causes it */
	uint8_t *to;
	uint8_t skip, len;
};

/* Samples of a wait, all in one reply: half of them before the expected time, half after it. */
#define CH341A_WAIT_SAMPLES 12

/* A wait of the stream, and its status samples once they have arrived. */
struct ch341a_wait {
	size_t op;	   /* index into the ops that the stream was built from */
	size_t last_reply; /* the reply that completes it */
	uint32_t first_us; /* when the first sample is taken, from the start of the wait */
	uint8_t samples[CH341A_WAIT_SAMPLES];
};

struct ch341a_stream {
	uint8_t *out; /* command packets */
	size_t out_len, out_room;
	size_t *slices; /* where in @out each slice starts; the last ends at out_len */
	size_t slice_count, slice_room;
	struct ch341a_reply *replies;
	size_t reply_count, reply_room;
	struct ch341a_wait *waits;
	size_t wait_count, wait_room;
	size_t waits_done;
	size_t op_count; /* how many of the ops are in the stream */

	/* A wait was too short: which op; what was sent after it is void, see spi.h. */
	bool missed;
	size_t missed_op;

	uint8_t pins;  /* shadow of the output latches after the last packet */
	bool uio_open; /* the last packet is an AB packet that can take more */
	bool cut;      /* no packet can follow the last one in its slice */
	bool no_memory;
};

/* The longest wait that the adapter times; the host times longer ones. */
#define CH341A_STREAM_WAIT_US 100000

/*
 * Start an empty stream; @pins is the state of the latches now. The buffers of
 * an earlier stream are reused; zero the structure before the first use.
 */
void ch341a_stream_begin(struct ch341a_stream *stream, uint8_t pins);

/* Where slice @index of the stream is; returns its length. */
size_t ch341a_stream_slice(const struct ch341a_stream *stream, size_t index, uint8_t **bytes);

/* Set directions and latches of all pins; CS goes high. */
void ch341a_stream_set_pins(struct ch341a_stream *stream, uint8_t pins, uint8_t directions);

/*
 * Append ops until all are in, or up to a wait that is too long to be timed by the adapter;
 * stream->op_count says how many. CS is high at the end. Returns TROUBLE_NONE or TROUBLE_NO_MEMORY.
 * The ops and their buffers must outlive the stream's use.
 */
enum trouble_kind ch341a_stream_add_ops(struct ch341a_stream *stream, const struct spi_op *ops,
					size_t count);

/* Pins by hand: output latches, directions, a delay, and then a look at D0 to D7. */
struct ch341a_step {
	uint8_t pins, directions, delay_us;
};

/*
 * Append them; the levels that are read go to @seen, one byte a step with its bits in reverse
 * order, like everything received. Returns TROUBLE_NONE or TROUBLE_NO_MEMORY.
 */
enum trouble_kind ch341a_stream_add_steps(struct ch341a_stream *stream,
					  const struct ch341a_step *steps, size_t count,
					  uint8_t *seen);

/*
 * Take reply packet number @index; TROUBLE_ADAPTER_FAULT when its length is wrong. The first
 * wait that turns out too short is noted in stream->missed.
 */
enum trouble_kind ch341a_stream_reply(struct ch341a_stream *stream, struct spi_op *ops,
				      size_t index, const uint8_t *data, size_t len);

void ch341a_stream_free(struct ch341a_stream *stream);

#endif
