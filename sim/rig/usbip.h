/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A USB/IP server: lends virtual USB devices to programs (through the shim) and
 * to kernels (vhci_hcd). See usbip_wire.h for the protocol.
 *
 * Device k (0, 1, ...) has the busid 1-<k+1> and is number k+2 on bus 1; number
 * 1 would be the root hub. One client has a device at a time; what the client
 * did to the device outlives the connection. One thread, no blocking: all work
 * is done inside usbip_serve(). A client that breaks the protocol loses its
 * connection and nothing else happens.
 *
 * Times are those of usb.h. A client that lives in real time gets every completion at once; its
 * clock then jumps to the completion's time, and between its messages it advances with real time.
 *
 * The server does not print. Functions that return int give 0 or -errno.
 */
#ifndef SIM_USBIP_H
#define SIM_USBIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/usb.h"

#define USBIP_MAX_DEVICES 8

struct usbip_export {
	struct usb_device *device; /* borrowed; must outlive the server */
	uint64_t unplug_ns;	   /* the device vanishes at this time; USBIP_NEVER */
};

struct usbip_server;

/* Takes over @listen_fd (see listen.h). NULL when memory is short: then it is still the caller's.
 */
struct usbip_server *usbip_new(int listen_fd, const struct usbip_export *exports, size_t count);

/* Closes all connections. */
void usbip_free(struct usbip_server *server);

/*
 * Wait for something to do, at most @timeout_ms (-1: for ever), and do it.
 * @wake_fd (-1: none) ends the wait, too. Returns 1 when @wake_fd is readable,
 * 0 otherwise, or -errno.
 */
int usbip_serve(struct usbip_server *server, int wake_fd, int timeout_ms);

/* The device has vanished. */
bool usbip_unplugged(const struct usbip_server *server, size_t index);

#endif
