/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual USB device, as seen by whatever carries its transfers (the USB/IP server, a test).
 *
 * Time is virtual: nanoseconds since the device was plugged in. The device
 * never looks at a clock. Each transfer carries the time at which the host
 * submitted it, and comes back with the time at which the host sees it
 * completed; transfers are submitted in the order of their time. Whatever
 * carries them must not show a completion to the host before its time.
 *
 * A device works as far ahead as it can: usb_submit() runs everything that
 * can run with the transfers it has got so far. What cannot yet complete (an
 * IN transfer without data, an OUT transfer that the device NAKs because nobody
 * reads its replies) stays with the device until a later transfer, an unlink or
 * the end frees it.
 *
 * Not for use by several threads at once.
 */
#ifndef SIM_USB_H
#define SIM_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One transfer (USB request block). The carrier allocates and frees it. */
struct usb_urb {
	uint32_t id;	    /* the carrier's, not touched by the device */
	uint8_t endpoint;   /* address with direction bit: 0x00/0x80, 0x02, 0x82, 0x81 */
	uint8_t setup[8];   /* control transfers: the SETUP packet as on the wire */
	uint8_t *data;	    /* OUT: the bytes to send; IN: room for the answer */
	uint32_t length;    /* bytes in or room at @data */
	uint64_t submit_ns; /* when the host submitted it */

	/* Set by the device when the transfer is completed. */
	uint32_t actual;     /* bytes really moved */
	int status;	     /* 0, or -EPIPE (stall), -EOVERFLOW, -ECONNRESET (unlinked) */
	uint64_t visible_ns; /* when the host sees the completion */

	struct usb_urb *next; /* for the queue that holds it */
};

struct usb_device;

/* What a kind of device implements; the first member of its structure is a usb_device. */
struct usb_device_ops {
	void (*submit)(struct usb_device *dev, struct usb_urb *urb);
	void (*unlink)(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns);
};

struct usb_device {
	const struct usb_device_ops *ops;
	const uint8_t *device_descriptor;  /* 18 bytes */
	const uint8_t *config_descriptor;  /* wTotalLength bytes */
	struct usb_urb *done, **done_tail; /* completed, earliest visible_ns first */
	uint64_t done_last_ns;		   /* visible_ns of the last one in @done */
	uint64_t now_ns;		   /* the latest time that the device has reached */

	bool high_speed;       /* 480 Mbit/s; else 12 */
	const char *product;   /* the string behind iProduct, or NULL */
	uint8_t configuration; /* as set by the host; 0: not configured */
	/*
	 * The program behind the transfers is to be killed now; nothing that it has sent is
	 * carried out any more. Set by the device, cleared when it is let go.
	 */
	bool host_dies;
	uint16_t halted_in, halted_out; /* a bit per endpoint number: it answers STALL */
};

/*
 * Hand a transfer to the device. It belongs to the device until usb_done()
 * gives it back; completions appear in usb_done() as soon as they are known.
 */
void usb_submit(struct usb_device *dev, struct usb_urb *urb);

/*
 * Take back a transfer that has not completed: it then comes out of
 * usb_done() with -ECONNRESET. One that has completed already stays as it is.
 */
void usb_unlink(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns);

/* The next completed transfer by time, or NULL. */
struct usb_urb *usb_done(struct usb_device *dev);

/* For devices: put a transfer among the completed ones. */
void usb_complete(struct usb_device *dev, struct usb_urb *urb, int status, uint64_t visible_ns);

/*
 * For devices: carry out a standard request on the default pipe. Returns the status to complete
 * @urb with: 0, with urb->actual set, or -EPIPE for a request that the device does not have. Does
 * not complete @urb: the device decides when the host sees the answer.
 */
int usb_control(struct usb_device *dev, struct usb_urb *urb);

/* For devices: answer a control read with @length bytes, or as many as are wanted. */
void usb_answer(struct usb_urb *urb, const void *data, size_t length);

/* For devices: whether an endpoint (address with direction bit) is halted; and halt it. */
bool usb_halted(const struct usb_device *dev, uint8_t endpoint);
void usb_halt(struct usb_device *dev, uint8_t endpoint, bool halted);

#endif
