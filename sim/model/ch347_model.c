/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/ch347_model.h"

#include <errno.h>
#include <string.h>

enum { EP_OUT = 0x06, EP_IN = 0x86 };

#define FRAME_NS 10000
#define USB_BYTE_NS 25
#define HEADER 3
#define OLD_MOST 507
#define NEW_MOST 4093
#define READ_PIECE 507
#define COUNT_BITS 0x0FFF
#define CS0_FIRST 0x8000
#define CS0_LAST 0x4000
#define CS1_FIRST 0x2000
#define CS1_LAST 0x1000

#define CHANGE 0x80
#define DEASSERT 0x40

#define OLD_FIRMWARE 0x0140
#define NEW_FIRMWARE 0x0341

/* clang-format off */
static const uint8_t device_descriptor[18] = {
	0x12, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x40, 0x86,
	0x1A, 0xDB, 0x55, 0x41, 0x03, 0x00, 0x02, 0x00, 0x01,
};

#define UART(number) 0x09, 0x04, (number), 0x00, 0x00, 0x02, 0x02, 0x01, 0x00
#define SPI(number) \
	0x09, 0x04, (number), 0x00, 0x02, 0xFF, 0x00, 0x00, 0x00, \
	0x07, 0x05, 0x86, 0x02, 0x00, 0x02, 0x00, \
	0x07, 0x05, 0x06, 0x02, 0x00, 0x02, 0x00

static const uint8_t config_t[50] = {
	0x09, 0x02, 0x32, 0x00, 0x03, 0x01, 0x00, 0x80, 0x32, UART(0), UART(1), SPI(2),
};
static const uint8_t config_f[68] = {
	0x09, 0x02, 0x44, 0x00, 0x05, 0x01, 0x00, 0x80, 0x32, UART(0), UART(1), UART(2), UART(3),
	SPI(4),
};
/* clang-format on */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void complete(struct ch347 *ch, struct usb_urb *urb, int status, uint64_t ns)
{
	uint64_t visible = host_visible(ch->host, ns);

	ch->usb.now_ns = later(ch->usb.now_ns, ns);
	ch->stats->virtual_us = later(ch->stats->virtual_us, (visible - ch->first_ns) / 1000);
	usb_complete(&ch->usb, urb, status, visible);
}

/* Completes one transfer with one answer, if both exist. */
static bool deliver(struct ch347 *ch)
{
	struct ch347_reply *reply = &ch->replies[ch->taken % CH347_REPLIES];
	struct usb_urb *urb = ch->in.head;
	uint32_t length = reply->length;
	int status = 0;

	if (!urb || ch->taken == ch->produced)
		return false;
	urb_queue_pop(&ch->in);
	if (length > urb->length) {
		length = urb->length;
		status = -EOVERFLOW;
	}
	memcpy(urb->data, reply->bytes, length);
	urb->actual = length;
	ch->in_ns = later(later(ch->in_ns, reply->ready_ns), urb->submit_ns) + length * USB_BYTE_NS;
	reply->taken_ns = ch->in_ns;
	ch->taken++;
	ch->stats->in_urbs++;
	complete(ch, urb, status, ch->in_ns);
	return true;
}

/* The buffer for the next answer, with its header. */
static uint8_t *begin_reply(struct ch347 *ch, uint8_t command, uint16_t length)
{
	struct ch347_reply *reply = &ch->replies[ch->produced % CH347_REPLIES];

	/* A place is free when the host has read what was in it. */
	if (ch->produced >= CH347_REPLIES)
		ch->free_ns = later(ch->free_ns, reply->taken_ns);
	reply->bytes[0] = command;
	reply->bytes[1] = (uint8_t)length;
	reply->bytes[2] = (uint8_t)(length >> 8);
	reply->length = HEADER + (length & COUNT_BITS);
	return reply->bytes + HEADER;
}

static void end_reply(struct ch347 *ch)
{
	ch->replies[ch->produced++ % CH347_REPLIES].ready_ns = ch->free_ns;
}

static void set_cen(struct ch347 *ch, bool cen_low)
{
	if (cen_low && !ch->cen_low)
		ch->stats->cen_pulses++;
	if (ch->soc && cen_low != ch->cen_low)
		soc_set_cen(ch->soc, !cen_low, ch->free_ns);
	ch->cen_low = cen_low;
}

static void set_selects(struct ch347 *ch, bool cs_low, bool cs1_low)
{
	if (!ch->cen_gpio)
		set_cen(ch, ch->cs1_enabled && cs1_low);
	if (ch->soc && cs_low != ch->cs_low)
		soc_set_cs(ch->soc, cs_low, ch->free_ns);
	ch->cs_low = cs_low;
}

/* C0h changes a pin, 30h makes it an output, 08h is its level. */
static void set_gpios(struct ch347 *ch, const uint8_t *wanted)
{
	for (unsigned i = 0; i < sizeof(ch->pins); i++)
		if ((wanted[i] & 0xC0) == 0xC0)
			ch->pins[i] = (uint8_t)((wanted[i] & 0x30 ? 0x80 : 0) |
						(!(wanted[i] & 0x30) || wanted[i] & 8 ? 0x40 : 0));
	memcpy(begin_reply(ch, 0xCC, sizeof(ch->pins)), ch->pins, sizeof(ch->pins));
	end_reply(ch);
	if (ch->cen_gpio)
		set_cen(ch, !(ch->pins[ch->cen_gpio - 1] & 0x40));
}

static void shift(struct ch347 *ch, const uint8_t *out, uint8_t *in, uint32_t count)
{
	static const uint8_t filler[READ_PIECE] = {[0 ... READ_PIECE - 1] = 0xFF};
	unsigned halvings = (unsigned)(ch->config[12] | ch->config[13] << 8) / 8;
	uint64_t step = (UINT64_C(8000000000) << halvings) / 60000000;
	bool right = ch->config[14] == 0; /* MSB first */

	if (!out)
		out = filler;
	if (ch->soc && right)
		soc_shift(ch->soc, out, in, count, ch->free_ns, step);
	else
		memset(in, 0xFF, count);
	ch->free_ns += count * step;
}

static void exchange(struct ch347 *ch, const uint8_t *payload, uint16_t word)
{
	uint32_t count = word & COUNT_BITS;

	if (ch->old && (word != count || count > OLD_MOST))
		return;
	set_selects(ch, ch->cs_low || word & CS0_FIRST, ch->cen_low || word & CS1_FIRST);
	shift(ch, payload, begin_reply(ch, 0xC2, word), count);
	set_selects(ch, ch->cs_low && !(word & CS0_LAST), ch->cen_low && !(word & CS1_LAST));
	end_reply(ch);
}

static void send(struct ch347 *ch, const uint8_t *payload, uint32_t count)
{
	uint8_t unread[CH347_FRAME];

	shift(ch, payload, unread, count);
	begin_reply(ch, 0xC4, 1)[0] = 0;
	end_reply(ch);
}

static void read_piece(struct ch347 *ch)
{
	uint16_t count = ch->to_read < READ_PIECE ? (uint16_t)ch->to_read : READ_PIECE;

	shift(ch, NULL, begin_reply(ch, 0xC3, count), count);
	ch->to_read -= count;
	end_reply(ch);
}

static void tell(struct ch347 *ch, uint8_t what)
{
	uint16_t version = ch->old ? OLD_FIRMWARE : NEW_FIRMWARE;
	uint8_t *answer;

	if (what == 0) {
		answer = begin_reply(ch, 0xCA, 4);
		memset(answer, 0, 4);
		answer[0] = (uint8_t)version;
		answer[1] = (uint8_t)(version >> 8);
	} else {
		memcpy(begin_reply(ch, 0xCA, CH347_CONFIG), ch->config, CH347_CONFIG);
	}
	end_reply(ch);
}

static void execute(struct ch347 *ch, const uint8_t *frame, uint32_t length)
{
	uint16_t word = (uint16_t)(frame[1] | frame[2] << 8);
	const uint8_t *payload = frame + HEADER;
	uint32_t count = frame[0] == 0xC2 ? word & COUNT_BITS : word;

	ch->free_ns += FRAME_NS;
	ch->stats->packets++;
	if (length < HEADER + count || count > (ch->old ? OLD_MOST : NEW_MOST))
		return;
	switch (frame[0]) {
	case 0xC0:
		if (count == CH347_CONFIG)
			memcpy(ch->config, payload, CH347_CONFIG);
		begin_reply(ch, 0xC0, 1)[0] = 0;
		end_reply(ch);
		break;
	case 0xC1:
		if (count == 10)
			set_selects(ch, payload[0] & CHANGE ? !(payload[0] & DEASSERT) : ch->cs_low,
				    payload[5] & CHANGE ? !(payload[5] & DEASSERT) : ch->cen_low);
		break;
	case 0xC2:
		exchange(ch, payload, word);
		break;
	case 0xC3:
		if (count == 4)
			ch->to_read = (uint32_t)(payload[0] | payload[1] << 8 | payload[2] << 16) |
				      (uint32_t)payload[3] << 24;
		break;
	case 0xC4:
		send(ch, payload, count);
		break;
	case 0xCA:
		tell(ch, payload[0]);
		break;
	case 0xCC:
		if (count == sizeof(ch->pins))
			set_gpios(ch, payload);
		break;
	case 0xE2:
		ch->cs1_enabled = ch->is_f && payload[0] == 0x81;
		begin_reply(ch, 0xE2, 1)[0] = 0;
		end_reply(ch);
		break;
	default:
		break;
	}
}

static bool step(struct ch347 *ch)
{
	struct usb_urb *urb = ch->out.head;

	if (ch->usb.host_dies || ch->produced - ch->taken >= CH347_REPLIES)
		return false;
	if (ch->to_read) {
		read_piece(ch);
		return true;
	}
	if (!urb)
		return false;
	urb_queue_pop(&ch->out);
	ch->free_ns =
		later(ch->free_ns, later(ch->out_ns, urb->submit_ns) + urb->length * USB_BYTE_NS);
	complete(ch, urb, 0, ch->free_ns);
	ch->stats->out_urbs++;
	urb->actual = urb->length;
	if (urb->length >= HEADER)
		execute(ch, urb->data, urb->length);
	if (ch->kill_at && ch->stats->spi_ops >= ch->kill_at) {
		ch->kill_at = 0;
		ch->usb.host_dies = true;
	}
	return true;
}

static void run(struct ch347 *ch)
{
	do
		while (deliver(ch))
			continue;
	while (step(ch));
}

static void submit(struct usb_device *dev, struct usb_urb *urb)
{
	struct ch347 *ch = (struct ch347 *)dev;

	if (!ch->started) {
		ch->started = true;
		ch->first_ns = urb->submit_ns;
	}
	switch (urb->endpoint) {
	case 0x00:
	case 0x80:
		ch->stats->control_urbs++;
		complete(ch, urb, usb_control(dev, urb), urb->submit_ns);
		break;
	case EP_OUT:
		if (!ch->out.head && ch->free_ns <= urb->submit_ns) {
			ch->out_ns = urb->submit_ns + host_turnaround(ch->host);
			ch->stats->host_turnarounds++;
		}
		urb_queue_push(&ch->out, urb);
		break;
	case EP_IN:
		urb_queue_push(&ch->in, urb);
		break;
	default:
		complete(ch, urb, -EPIPE, urb->submit_ns);
	}
	run(ch);
}

static void unlink_urb(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns)
{
	struct ch347 *ch = (struct ch347 *)dev;

	if (!urb_queue_remove(&ch->out, urb) && !urb_queue_remove(&ch->in, urb))
		return;
	usb_complete(dev, urb, -ECONNRESET, now_ns);
	run(ch);
}

void ch347_init(struct ch347 *ch, const struct board_options *options, struct soc *soc,
		struct board_stats *stats)
{
	static const struct usb_device_ops ops = {.submit = submit, .unlink = unlink_urb};

	*ch = (struct ch347){
		.usb.ops = &ops,
		.usb.product = "USB To UART+SPI+I2C",
		.usb.high_speed = true,
		.soc = soc,
		.stats = stats,
		.host = options->host,
		.kill_at = options->kill_at,
		.old = options->adapter == BOARD_CH347T_OLD,
		.is_f = options->adapter == BOARD_CH347F,
		.config[14] = 0x80, /* LSB first */
	};
	ch->cs1_enabled = !ch->is_f;
	ch->cen_gpio = options->cen_pin <= sizeof(ch->pins) ? options->cen_pin : 0;
	memset(ch->pins, 0x40, sizeof(ch->pins));
	memcpy(ch->device_descriptor, device_descriptor, sizeof(device_descriptor));
	if (ch->is_f)
		ch->device_descriptor[10] = 0xDE;
	ch->usb.config_descriptor = ch->is_f ? config_f : config_t;
	ch->usb.device_descriptor = ch->device_descriptor;
}
