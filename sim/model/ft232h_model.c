/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/ft232h_model.h"

#include <errno.h>
#include <string.h>

enum { EP_OUT = 0x02, EP_IN = 0x81 };

#define PACKET 512
#define STATUS 2 /* bytes in front of each packet */
#define COMMAND_NS 1000
#define USB_BYTE_NS 25

#define PIN_CS 0x08
#define PIN_CEN 0x10

/* Shifting commands by their bits. */
#define SHIFT_OUT 0x10
#define SHIFT_IN 0x20

enum {
	SET_LOW = 0x80,
	GET_LOW = 0x81,
	SET_HIGH = 0x82,
	GET_HIGH = 0x83,
	LOOPBACK_ON = 0x84,
	LOOPBACK_OFF = 0x85,
	SET_DIVISOR = 0x86,
	SEND_NOW = 0x87,
	NO_DIVIDE_BY_5 = 0x8A,
	DIVIDE_BY_5 = 0x8B,
	THREE_PHASE = 0x8C,
	TWO_PHASE = 0x8D,
	CLOCKS = 0x8E,
	CLOCKS_BY_8 = 0x8F,
	ADAPTIVE_ON = 0x96,
	ADAPTIVE_OFF = 0x97,
	DRIVE_ZERO = 0x9E,
	BAD_COMMAND = 0xFA,
};

static const uint8_t device_descriptor[18] = {
	0x12, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x40, 0x03,
	0x04, 0x14, 0x60, 0x00, 0x09, 0x00, 0x02, 0x00, 0x01,
};

/* clang-format off */
static const uint8_t config_descriptor[32] = {
	0x09, 0x02, 0x20, 0x00, 0x01, 0x01, 0x00, 0x80, 0x2D,
	0x09, 0x04, 0x00, 0x00, 0x02, 0xFF, 0xFF, 0xFF, 0x00,
	0x07, 0x05, 0x81, 0x02, 0x00, 0x02, 0x00,
	0x07, 0x05, 0x02, 0x02, 0x00, 0x02, 0x00,
};
/* clang-format on */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void complete(struct ft232h *ft, struct usb_urb *urb, int status, uint64_t ns)
{
	uint64_t visible = host_visible(ft->host, ns);

	ft->usb.now_ns = later(ft->usb.now_ns, ns);
	ft->stats->virtual_us = later(ft->stats->virtual_us, (visible - ft->first_ns) / 1000);
	usb_complete(&ft->usb, urb, status, visible);
}

/* --- to the host --- */

static uint64_t waiting(const struct ft232h *ft)
{
	return ft->produced - ft->taken;
}

/* Puts one packet into the transfer, with @count of the waiting bytes. */
static void put_packet(struct ft232h *ft, struct usb_urb *urb, size_t count, uint64_t ns)
{
	uint8_t packet[PACKET] = {0x32, 0x60};

	for (size_t i = 0; i < count; i++) {
		const struct ft232h_byte *byte = &ft->fifo[ft->taken++ % FT232H_FIFO];

		packet[STATUS + i] = byte->value;
		ns = later(ns, byte->ready_ns);
	}
	count += STATUS;
	ft->in_ns = later(ft->in_ns, ns) + count * USB_BYTE_NS;
	memcpy(urb->data + urb->actual, packet, count);
	urb->actual += (uint32_t)count;
}

/* @idle: the engine can do nothing more, so that the latency timer decides. */
static bool deliver_one(struct ft232h *ft, bool idle)
{
	struct usb_urb *urb = ft->in.head;
	size_t count = PACKET - STATUS;
	uint64_t ns;

	if (!urb || urb->length < PACKET)
		return false;
	ns = urb->submit_ns;
	if (waiting(ft) < count) {
		count = (size_t)waiting(ft);
		if (!ft->flush && (!idle || (!count && !urb->actual)))
			return false;
		if (!ft->flush)
			ns = later(ns, later(ft->in_ns, ft->free_ns) +
					       ft->latency_ms * UINT64_C(1000000));
		ft->flush = false;
	}
	put_packet(ft, urb, count, ns);
	if (count < PACKET - STATUS || urb->actual + PACKET > urb->length) {
		urb_queue_pop(&ft->in);
		ft->stats->in_urbs++;
		complete(ft, urb, 0, ft->in_ns);
	}
	return true;
}

static void answer(struct ft232h *ft, uint8_t value)
{
	ft->fifo[ft->produced++ % FT232H_FIFO] =
		(struct ft232h_byte){.value = value, .ready_ns = ft->free_ns};
}

/* --- the pins --- */

static uint16_t levels(const struct ft232h *ft)
{
	return (uint16_t)((ft->value & ft->direction) | ~ft->direction);
}

static void set_pins(struct ft232h *ft, uint16_t value, uint16_t direction)
{
	uint16_t before = levels(ft), changed;

	ft->value = value;
	ft->direction = direction;
	changed = before ^ levels(ft);
	if (changed & ft->cen_pin && before & ft->cen_pin)
		ft->stats->cen_pulses++;
	if (!ft->soc)
		return;
	if (changed & ft->cen_pin)
		soc_set_cen(ft->soc, levels(ft) & ft->cen_pin, ft->free_ns);
	if (changed & PIN_CS)
		soc_set_cs(ft->soc, !(levels(ft) & PIN_CS), ft->free_ns);
}

/* --- the engine --- */

static uint64_t clock_ns(const struct ft232h *ft, uint64_t clocks)
{
	uint64_t half_hz = ft->by_5 ? 6000000 : 30000000;

	return clocks * 1000000000 * (1 + (uint64_t)ft->divisor) / half_hz;
}

/* Data from the host goes into a buffer; a transfer is complete when all of it is there. */
static void fill(struct ft232h *ft)
{
	struct usb_urb *urb;

	while ((urb = ft->out.head)) {
		uint32_t left = urb->length - ft->out_offset;
		uint64_t room = FT232H_FIFO - (ft->sent - ft->used);

		if (left && !room)
			return;
		if (left > room)
			left = (uint32_t)room;
		/* The engine makes room if there was none. */
		if (ft->sent >= FT232H_FIFO && room < FT232H_FIFO)
			ft->sent_ns = later(ft->sent_ns, ft->free_ns);
		ft->sent_ns =
			later(ft->sent_ns, later(ft->out_ns, urb->submit_ns)) + left * USB_BYTE_NS;
		for (uint32_t i = 0; i < left; i++)
			ft->buffer[ft->sent++ % FT232H_FIFO] = urb->data[ft->out_offset++];
		if (ft->out_offset < urb->length)
			return;
		urb_queue_pop(&ft->out);
		ft->out_offset = 0;
		urb->actual = urb->length;
		ft->stats->out_urbs++;
		complete(ft, urb, 0, ft->sent_ns);
	}
}

/* Number of bytes that the engine can have, one after another. */
static uint32_t at_hand(struct ft232h *ft, const uint8_t **bytes)
{
	uint32_t at, count;

	fill(ft);
	at = (uint32_t)(ft->used % FT232H_FIFO);
	count = (uint32_t)(ft->sent - ft->used);
	*bytes = ft->buffer + at;
	if (count)
		ft->free_ns = later(ft->free_ns, ft->sent_ns);
	return count < FT232H_FIFO - at ? count : FT232H_FIFO - at;
}

static bool dies(struct ft232h *ft)
{
	if (!ft->kill_at || ft->stats->spi_ops < ft->kill_at)
		return false;
	ft->kill_at = 0;
	return ft->usb.host_dies = true;
}

/* Does a piece of the shifting command; false if it has to wait for bytes or for the host. */
static bool go_on_shifting(struct ft232h *ft)
{
	uint8_t out[256], in[256];
	const uint8_t *bytes = NULL;
	uint32_t count = ft->left < sizeof(out) ? ft->left : (uint32_t)sizeof(out);
	uint64_t room = FT232H_FIFO - waiting(ft), step = clock_ns(ft, 8);

	if (ft->shift & SHIFT_OUT) {
		uint32_t there = at_hand(ft, &bytes);

		count = count < there ? count : there;
	}
	if (ft->shift & SHIFT_IN && count > room)
		count = (uint32_t)room;
	if (!count)
		return false;
	/* A place in the FIFO is free when the host has read it. */
	if (ft->shift & SHIFT_IN && ft->produced >= FT232H_FIFO && room < FT232H_FIFO)
		ft->free_ns = later(ft->free_ns, room <= PACKET ? ft->in_ns : 0);
	memset(out, 0, sizeof(out));
	if (bytes)
		memcpy(out, bytes, count);
	if (ft->soc)
		soc_shift(ft->soc, out, in, count, ft->free_ns, step);
	else
		memset(in, 0xFF, sizeof(in));
	for (uint32_t i = 0; i < count; i++) {
		ft->free_ns += step;
		if (ft->shift & SHIFT_IN)
			answer(ft, in[i]);
	}
	if (bytes)
		ft->used += count;
	ft->left -= count;
	if (!ft->left)
		ft->shift = 0;
	dies(ft);
	return true;
}

static bool is_shift(uint8_t command)
{
	return command == 0x10 || command == 0x11 || command == 0x20 || command == 0x24 ||
	       command == 0x31 || command == 0x34;
}

/* Length of the command with its parameters. */
static unsigned length_of(uint8_t command)
{
	switch (command) {
	case SET_LOW:
	case SET_HIGH:
	case SET_DIVISOR:
	case CLOCKS_BY_8:
	case DRIVE_ZERO:
		return 3;
	case CLOCKS:
		return 2;
	default:
		return is_shift(command) ? 3 : 1;
	}
}

static void bad_command(struct ft232h *ft, uint8_t command)
{
	answer(ft, BAD_COMMAND);
	answer(ft, command);
}

static void execute(struct ft232h *ft)
{
	const uint8_t *c = ft->command;
	uint16_t word = (uint16_t)(c[1] | c[2] << 8);

	ft->free_ns += COMMAND_NS;
	ft->stats->packets++;
	switch (c[0]) {
	case SET_LOW:
		set_pins(ft, (ft->value & 0xFF00) | c[1], (ft->direction & 0xFF00) | c[2]);
		break;
	case SET_HIGH:
		set_pins(ft, (uint16_t)((ft->value & 0xFF) | c[1] << 8),
			 (uint16_t)((ft->direction & 0xFF) | c[2] << 8));
		break;
	case GET_LOW:
		answer(ft, (uint8_t)levels(ft));
		break;
	case GET_HIGH:
		answer(ft, (uint8_t)(levels(ft) >> 8));
		break;
	case SET_DIVISOR:
		ft->divisor = word;
		break;
	case NO_DIVIDE_BY_5:
	case DIVIDE_BY_5:
		ft->by_5 = c[0] == DIVIDE_BY_5;
		break;
	case SEND_NOW:
		ft->flush = true;
		break;
	case CLOCKS:
		ft->free_ns += clock_ns(ft, c[1] + UINT64_C(1));
		break;
	case CLOCKS_BY_8:
		ft->free_ns += clock_ns(ft, 8 * (word + UINT64_C(1)));
		break;
	case LOOPBACK_OFF:
	case LOOPBACK_ON:
	case THREE_PHASE:
	case TWO_PHASE:
	case ADAPTIVE_ON:
	case ADAPTIVE_OFF:
	case DRIVE_ZERO:
		break;
	default:
		if (!is_shift(c[0])) {
			bad_command(ft, c[0]);
			break;
		}
		ft->shift = c[0];
		ft->left = word + 1u;
	}
}

/* Does the next command, or a piece of it. False if something else has to happen first. */
static bool step(struct ft232h *ft)
{
	const uint8_t *bytes;
	uint32_t there;

	if (ft->usb.host_dies)
		return false;
	if (ft->shift)
		return go_on_shifting(ft);
	there = at_hand(ft, &bytes);
	if (!there)
		return false;
	if (!ft->mpsse) {
		ft->used += there;
		return true;
	}
	/* Room for the possible answer of a command without data. */
	if (waiting(ft) + 2 > FT232H_FIFO)
		return false;
	ft->command[ft->have++] = bytes[0];
	ft->used++;
	if (ft->have < length_of(ft->command[0]))
		return true;
	execute(ft);
	ft->have = 0;
	return true;
}

static void run(struct ft232h *ft)
{
	do {
		while (deliver_one(ft, false))
			continue;
	} while (step(ft) || deliver_one(ft, true));
}

/* --- transfers --- */

static void reset_engine(struct ft232h *ft)
{
	ft->have = 0;
	ft->shift = 0;
	ft->taken = ft->produced;
	ft->used = ft->sent;
	set_pins(ft, 0, 0);
}

static int vendor(struct ft232h *ft, struct usb_urb *urb)
{
	static const uint8_t blank[2] = {0xFF, 0xFF}, status[2] = {0x32, 0x60};
	uint16_t value = (uint16_t)(urb->setup[2] | urb->setup[3] << 8);

	ft->free_ns = later(ft->free_ns, urb->submit_ns);
	if (urb->setup[0] == 0xC0) {
		if (urb->setup[1] == 0x05)
			usb_answer(urb, status, 2);
		else if (urb->setup[1] == 0x0A)
			usb_answer(urb, &ft->latency_ms, 1);
		else
			usb_answer(urb, blank, 2);
		return 0;
	}
	switch (urb->setup[1]) {
	case 0x00: /* reset; 1 and 2 empty the FIFOs */
		ft->taken = ft->produced;
		if (value == 0)
			ft->have = ft->shift = 0;
		break;
	case 0x09:
		if (value == 0 || value > 255)
			return -EPIPE;
		ft->latency_ms = (uint8_t)value;
		break;
	case 0x0B:
		ft->mpsse = value >> 8 == 2;
		reset_engine(ft);
		break;
	default:
		break;
	}
	return 0;
}

static void submit(struct usb_device *dev, struct usb_urb *urb)
{
	struct ft232h *ft = (struct ft232h *)dev;

	if (!ft->started) {
		ft->started = true;
		ft->first_ns = urb->submit_ns;
	}
	urb->actual = 0;
	switch (urb->endpoint) {
	case 0x00:
	case 0x80:
		ft->stats->control_urbs++;
		complete(ft, urb,
			 (urb->setup[0] & 0x60) == 0x40 ? vendor(ft, urb) : usb_control(dev, urb),
			 urb->submit_ns);
		break;
	case EP_OUT:
		if (!ft->out.head && ft->sent == ft->used && ft->free_ns <= urb->submit_ns) {
			ft->out_ns = urb->submit_ns + host_turnaround(ft->host);
			ft->stats->host_turnarounds++;
		}
		urb_queue_push(&ft->out, urb);
		break;
	case EP_IN:
		urb_queue_push(&ft->in, urb);
		break;
	default:
		complete(ft, urb, -EPIPE, urb->submit_ns);
	}
	run(ft);
}

static void unlink_urb(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns)
{
	struct ft232h *ft = (struct ft232h *)dev;
	bool was_head = ft->out.head == urb;

	if (urb_queue_remove(&ft->out, urb)) {
		if (was_head)
			ft->out_offset = 0;
	} else if (!urb_queue_remove(&ft->in, urb)) {
		return;
	}
	usb_complete(dev, urb, -ECONNRESET, now_ns);
	run(ft);
}

void ft232h_init(struct ft232h *ft, const struct board_options *options, struct soc *soc,
		 struct board_stats *stats)
{
	static const struct usb_device_ops ops = {.submit = submit, .unlink = unlink_urb};

	*ft = (struct ft232h){
		.usb.ops = &ops,
		.usb.config_descriptor = config_descriptor,
		.usb.product = "Single RS232-HS",
		.usb.high_speed = true,
		.soc = soc,
		.stats = stats,
		.host = options->host,
		.kill_at = options->kill_at,
		.latency_ms = 16,
		.by_5 = true,
		.cen_pin = options->cen_pin ? (uint16_t)(1 << (options->cen_pin - 1)) : PIN_CEN,
	};
	memcpy(ft->device_descriptor, device_descriptor, sizeof(device_descriptor));
	ft->usb.device_descriptor = ft->device_descriptor;
}
