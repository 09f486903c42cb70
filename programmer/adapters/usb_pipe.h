/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usb_pipe.h - a stream of bytes to a USB device and one back, for high-speed adapters.
 *
 * Data is sent in pieces, several in flight. Transfers for the answers are queued before the data
 * that causes them is sent, and no more of them than are needed: a device whose buffer is full
 * stops listening, and a transfer that waits for ever would have to be cancelled. One thread.
 */
#ifndef USB_PIPE_H
#define USB_PIPE_H

#include "programmer/bus/adapter.h"

struct usb_pipe;

struct usb_pipe_ends {
	int interface;
	uint8_t out, in; /* endpoints */
};

struct usb_pipe_job {
	const uint8_t *out;
	size_t out_len;
	/* What came in one transfer, and how much of it is still to come, with all that it is in.
	 */
	enum trouble_kind (*take)(void *data, const uint8_t *bytes, size_t len);
	size_t (*missing)(void *data);
	/*
	 * For devices that take a frame in a transfer, and answer with one; both NULL for a stream.
	 * The length of the frame at @at, and how many answers are still to come.
	 */
	size_t (*frame)(void *data, size_t at);
	size_t (*answers)(void *data);
	void *data;
};

/*
 * The device of the row @adapter at @place; NULL: the only one. See usb_find.h, also for @port.
 * NULL after a trouble, which was raised.
 */
struct usb_pipe *usb_pipe_open(const struct adapter *adapter, const char *place,
			       const struct usb_pipe_ends *ends, char port[48],
			       const struct observer *observer);
void usb_pipe_close(struct usb_pipe *pipe);

/* All was sent and nothing is missing; after an error nothing is in flight any more. */
enum trouble_kind usb_pipe_run(struct usb_pipe *pipe, const struct usb_pipe_job *job);

/* A control request without data; @type as bmRequestType. */
enum trouble_kind usb_pipe_control(struct usb_pipe *pipe, uint8_t type, uint8_t request,
				   uint16_t value, uint16_t index);

/* After an error: clear stalls, and discard what is still in the device. */
void usb_pipe_recover(struct usb_pipe *pipe);

#endif
