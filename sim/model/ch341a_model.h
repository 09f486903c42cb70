/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CH341A's USB side: descriptors, queues, and when what happens.
 *
 * One engine runs the packets of bulk OUT 0x02 in their order (ch341a_engine.h). Each packet that
 * answers makes one short bulk IN packet; up to four of them wait unread, then the next packet that
 * would answer is held back, with all that follow it. One IN transfer takes one of them. An OUT
 * transfer completes when its last packet begins.
 *
 * Transfers come in the order of their time, so a packet can run as soon as no later transfer could
 * change it: time runs ahead of the host as far as the queued transfers carry it.
 *
 * "Idle", for the host's turnaround: no OUT transfer is queued and the engine is done.
 *
 * Assumptions: the look-ahead and the four unread replies are one driver author's
 * observation; an adapter that locked up (strict_replies) still answers on the default
 * pipe, and stays locked up. Moving a packet over USB (59 us a pair, overlapping
 * the next packet) is part of the 40 us and of the host's completion time.
 */
#ifndef SIM_CH341A_H
#define SIM_CH341A_H

#include "sim/model/ch341a_engine.h"
#include "sim/model/urb_queue.h"
#include "sim/model/usb.h"

#define CH341A_UNREAD 4

struct ch341a_reply {
	uint64_t ready_ns, taken_ns;
	size_t length;
	uint8_t data[CH341A_PACKET];
};

struct ch341a {
	struct usb_device usb;
	struct ch341a_engine engine;
	struct board_stats *stats;
	enum host_class host;
	bool uart_mode, strict_replies;
	uint32_t stall_out, lose_reply;
	uint64_t kill_at; /* 0: never, or no more */
	uint8_t device_descriptor[18];

	struct urb_queue out, in, interrupt;
	uint64_t first_ns; /* when the first transfer was submitted */
	bool started, locked_up;

	/* The OUT transfer at the head of its queue. */
	uint64_t out_ready_ns; /* it cannot start earlier */
	uint32_t out_offset;
	bool out_counted;
	uint32_t out_count, replies; /* since the beginning, for the faults */

	uint64_t packet_start_ns, free_ns; /* the last packet's start and end */

	/* Replies number @taken to @produced - 1 wait, number n in place n % CH341A_UNREAD. */
	struct ch341a_reply reply[CH341A_UNREAD];
	uint64_t produced, taken;
	uint64_t in_ns; /* when the last one was taken */
};

/* @soc may be NULL: nothing is connected. */
void ch341a_init(struct ch341a *adapter, const struct board_options *options, struct soc *soc,
		 struct board_stats *stats);

#endif
