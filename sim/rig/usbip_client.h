/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the USB/IP server: one connection and what it says. Only usbip.c and
 * usbip_client.c include this.
 */
#ifndef SIM_USBIP_CLIENT_H
#define SIM_USBIP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/usb.h"
#include "sim/rig/buffer.h"

struct usbip_transfer {
	struct usb_urb urb; /* first: what the device gives back is this */
	struct usbip_transfer *prev, *after;
	bool unlinked;		/* the client asked for it, with ... */
	uint32_t unlink_seqnum; /* ... this */
	uint8_t data[];
};

struct usbip_lent {
	struct usb_device *device;
	uint64_t unplug_ns;
	uint64_t clock_ns; /* the latest time that any client has reached */
	bool gone;
	struct usbip_client *holder;
};

struct usbip_client {
	int fd;
	struct usbip_lent *devices; /* the server's */
	size_t device_count;
	struct usbip_lent *lent; /* what it has imported, or NULL */
	bool timed;		 /* lives in virtual time */
	uint64_t base_ns;	 /* device's time at the import */
	uint64_t clock_ns;	 /* device's time at the client's latest word */
	uint64_t real_ns;	 /* CLOCK_MONOTONIC then; for clients in real time */
	struct buffer in, out;
	struct usbip_transfer *transfers; /* with the device */
	size_t transfer_count, transfer_bytes;
	void (*settle)(struct usbip_client *holder); /* see client_feed() */
};

/*
 * Obey all complete messages in @client->in; answers go to @client->out. False: the client has to
 * be dropped. When somebody wants a device that another client holds, settle() is called for the
 * holder first, because it may have left already without the server having noticed.
 */
bool client_feed(struct usbip_client *client);

/*
 * For a client that lives in real time: how long until its device vanishes,
 * rounded up to milliseconds. 0: now, and the client has to be dropped; -1: never.
 */
int client_time_left(struct usbip_client *client);

/* Take the device and all transfers back. */
void client_release(struct usbip_client *client);

#endif
