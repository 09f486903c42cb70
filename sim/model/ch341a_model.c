/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/ch341a_model.h"

#include <errno.h>
#include <string.h>

#include "sim/model/host.h"

enum { EP_OUT = 0x02, EP_IN = 0x82, EP_INTERRUPT = 0x81 };

#define PID_SPI 0x5512
#define PID_UART 0x5523
#define PRODUCT_STRING 2
#define REQUEST_TYPE_IN 0xC0
#define REQUEST_VERSION 0x5F

static const uint8_t device_descriptor[18] = {
	0x12, 0x01, 0x10, 0x01, 0xFF, 0x00, 0x02, 0x08, 0x86,
	0x1A, 0x12, 0x55, 0x04, 0x03, 0x00, 0x00, 0x00, 0x01,
};

/* clang-format off */
static const uint8_t config_descriptor[39] = {
	0x09, 0x02, 0x27, 0x00, 0x01, 0x01, 0x00, 0x80, 0x30,
	0x09, 0x04, 0x00, 0x00, 0x03, 0xFF, 0x01, 0x02, 0x00,
	0x07, 0x05, 0x82, 0x02, 0x20, 0x00, 0x00,
	0x07, 0x05, 0x02, 0x02, 0x20, 0x00, 0x00,
	0x07, 0x05, 0x81, 0x03, 0x08, 0x00, 0x01,
};
/* clang-format on */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void complete(struct ch341a *adapter, struct usb_urb *urb, int status, uint64_t ns)
{
	uint64_t visible = host_visible(adapter->host, ns);

	adapter->usb.now_ns = later(adapter->usb.now_ns, ns);
	adapter->stats->virtual_us =
		later(adapter->stats->virtual_us, (visible - adapter->first_ns) / 1000);
	usb_complete(&adapter->usb, urb, status, visible);
}

static void complete_in(struct ch341a *adapter, struct usb_urb *urb, struct ch341a_reply *reply)
{
	size_t length = reply->length;
	int status = 0;

	if (length > urb->length) {
		length = urb->length;
		status = -EOVERFLOW;
	}
	if (length)
		memcpy(urb->data, reply->data, length);
	urb->actual = (uint32_t)length;
	adapter->stats->in_urbs++;
	complete(adapter, urb, status, reply->taken_ns);
}

/* Moves waiting replies to waiting IN transfers. */
static void deliver(struct ch341a *adapter)
{
	while (adapter->in.head && usb_halted(&adapter->usb, EP_IN)) {
		struct usb_urb *urb = urb_queue_pop(&adapter->in);

		complete(adapter, urb, -EPIPE, urb->submit_ns);
	}
	while (adapter->in.head && adapter->taken < adapter->produced) {
		struct ch341a_reply *reply = &adapter->reply[adapter->taken % CH341A_UNREAD];
		struct usb_urb *urb = urb_queue_pop(&adapter->in);

		adapter->in_ns = later(adapter->in_ns, later(reply->ready_ns, urb->submit_ns));
		reply->taken_ns = adapter->in_ns;
		adapter->taken++;
		complete_in(adapter, urb, reply);
	}
}

/* @urb was at the head of the OUT queue and has left it. */
static void advance_out(struct ch341a *adapter, struct usb_urb *urb)
{
	urb->actual = adapter->out_offset;
	adapter->out_offset = 0;
	adapter->out_counted = false;
	if (adapter->out.head)
		adapter->out_ready_ns = adapter->out.head->submit_ns;
}

static void finish_out(struct ch341a *adapter, int status, uint64_t ns)
{
	struct usb_urb *urb = urb_queue_pop(&adapter->out);

	advance_out(adapter, urb);
	if (status == 0)
		adapter->stats->out_urbs++;
	complete(adapter, urb, status, ns);
}

/*
 * The time at which a packet that answers can start: when its reply has a place. Returns false if
 * that is not known yet, or will never be.
 */
static bool find_room(struct ch341a *adapter, uint64_t cost_ns, uint64_t now_ns, uint64_t *start_ns)
{
	const struct ch341a_reply *before = &adapter->reply[adapter->produced % CH341A_UNREAD];

	if (adapter->produced < CH341A_UNREAD)
		return true;
	if (adapter->produced - adapter->taken < CH341A_UNREAD) {
		*start_ns = later(*start_ns, before->taken_ns);
		return true;
	}
	if (adapter->strict_replies && now_ns > *start_ns + cost_ns)
		adapter->locked_up = true;
	return false;
}

static void keep_reply(struct ch341a *adapter, size_t length)
{
	struct ch341a_reply *reply = &adapter->reply[adapter->produced % CH341A_UNREAD];

	if (++adapter->replies == adapter->lose_reply)
		return;
	reply->length = length;
	reply->ready_ns = adapter->free_ns;
	adapter->produced++;
}

/* Runs the next packet. Returns false if something else has to happen first. */
static bool step(struct ch341a *adapter, uint64_t now_ns)
{
	const struct usb_urb *urb = adapter->out.head;
	uint64_t start = later(adapter->free_ns, adapter->out_ready_ns);
	const uint8_t *packet;
	size_t length;
	struct ch341a_effect effect;

	if (!urb || adapter->locked_up || adapter->usb.host_dies)
		return false;
	if (!adapter->out_counted) {
		adapter->out_counted = true;
		if (++adapter->out_count == adapter->stall_out)
			usb_halt(&adapter->usb, EP_OUT, true);
	}
	if (usb_halted(&adapter->usb, EP_OUT)) {
		finish_out(adapter, -EPIPE, start);
		return true;
	}
	if (adapter->uart_mode || urb->length == 0) {
		adapter->out_offset = urb->length;
		finish_out(adapter, 0, start);
		return true;
	}

	packet = urb->data + adapter->out_offset;
	length = urb->length - adapter->out_offset;
	if (length > CH341A_PACKET)
		length = CH341A_PACKET;
	effect = ch341a_engine_look(packet, length);
	if (adapter->stats->packets)
		start = later(start, host_next_packet(adapter->host, adapter->packet_start_ns,
						      adapter->free_ns));
	if (effect.reply_length && !find_room(adapter, effect.cost_ns, now_ns, &start))
		return false;

	ch341a_engine_run(&adapter->engine, packet, length, start,
			  adapter->reply[adapter->produced % CH341A_UNREAD].data);
	adapter->packet_start_ns = start;
	adapter->free_ns = start + effect.cost_ns;
	adapter->usb.now_ns = later(adapter->usb.now_ns, adapter->free_ns);
	adapter->stats->packets++;
	if (adapter->kill_at && adapter->stats->spi_ops >= adapter->kill_at) {
		adapter->kill_at = 0;
		adapter->usb.host_dies = true;
	}
	adapter->out_offset += (uint32_t)length;
	if (adapter->out_offset == urb->length)
		finish_out(adapter, 0, start);
	if (effect.reply_length)
		keep_reply(adapter, effect.reply_length);
	return true;
}

static void run(struct ch341a *adapter, uint64_t now_ns)
{
	do
		deliver(adapter);
	while (step(adapter, now_ns));
}

static void submit_out(struct ch341a *adapter, struct usb_urb *urb)
{
	uint64_t now = urb->submit_ns;

	if (!adapter->out.head) {
		adapter->out_ready_ns = now;
		if (adapter->free_ns <= now) {
			adapter->out_ready_ns += host_turnaround(adapter->host);
			adapter->stats->host_turnarounds++;
		}
	}
	urb_queue_push(&adapter->out, urb);
}

static int control(struct ch341a *adapter, struct usb_urb *urb)
{
	static const uint8_t version[2] = {0x30, 0x00};

	if (urb->setup[0] == REQUEST_TYPE_IN && urb->setup[1] == REQUEST_VERSION) {
		usb_answer(urb, version, sizeof(version));
		return 0;
	}
	return usb_control(&adapter->usb, urb);
}

static void submit(struct usb_device *dev, struct usb_urb *urb)
{
	struct ch341a *adapter = (struct ch341a *)dev;

	if (!adapter->started) {
		adapter->started = true;
		adapter->first_ns = urb->submit_ns;
	}

	/* What has not been read by now was not read in time. */
	if (adapter->strict_replies)
		run(adapter, urb->submit_ns);

	switch (urb->endpoint) {
	case 0x00:
	case 0x80:
		adapter->stats->control_urbs++;
		complete(adapter, urb, control(adapter, urb), urb->submit_ns);
		break;
	case EP_OUT:
		submit_out(adapter, urb);
		break;
	case EP_IN:
		urb_queue_push(&adapter->in, urb);
		break;
	case EP_INTERRUPT:
		urb_queue_push(&adapter->interrupt, urb);
		break;
	default:
		complete(adapter, urb, -EPIPE, urb->submit_ns);
	}
	run(adapter, urb->submit_ns);
}

static void unlink_urb(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns)
{
	struct ch341a *adapter = (struct ch341a *)dev;
	bool was_head = adapter->out.head == urb;

	if (urb_queue_remove(&adapter->out, urb)) {
		if (was_head)
			advance_out(adapter, urb);
	} else if (!urb_queue_remove(&adapter->in, urb) &&
		   !urb_queue_remove(&adapter->interrupt, urb)) {
		return;
	}
	usb_complete(dev, urb, -ECONNRESET, now_ns);
	run(adapter, now_ns);
}

void ch341a_init(struct ch341a *adapter, const struct board_options *options, struct soc *soc,
		 struct board_stats *stats)
{
	static const struct usb_device_ops ops = {.submit = submit, .unlink = unlink_urb};
	uint16_t product = options->uart_mode ? PID_UART : PID_SPI;

	*adapter = (struct ch341a){
		.usb.ops = &ops,
		.usb.config_descriptor = config_descriptor,
		.engine.soc = soc,
		.engine.stats = stats,
		.stats = stats,
		.host = options->host,
		.uart_mode = options->uart_mode,
		.strict_replies = options->strict_replies,
		.stall_out = options->stall_out,
		.lose_reply = options->lose_reply,
		.kill_at = options->kill_at,
	};
	memcpy(adapter->device_descriptor, device_descriptor, sizeof(device_descriptor));
	adapter->device_descriptor[10] = (uint8_t)(product & 0xFF);
	adapter->device_descriptor[11] = (uint8_t)(product >> 8);
	if (options->product_string) {
		adapter->device_descriptor[15] = PRODUCT_STRING;
		adapter->usb.product = "USB UART-LPT";
	}
	adapter->usb.device_descriptor = adapter->device_descriptor;
}
