/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the USB/IP server: a server with an echo device, and the client's side of the
 * protocol. Everything runs in one thread; say() lets the server work until it is idle. Failures
 * end the test.
 */
#ifndef TEST_SIM_USBIP_PEER_H
#define TEST_SIM_USBIP_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "sim/model/usb.h"
#include "sim/rig/usbip.h"
#include "sim/rig/usbip_wire.h"

#define DEVID (1u << 16 | 2)

/* A device that returns on 0x82 what it receives on 0x02, a microsecond later or more. */
struct echo {
	struct usb_device usb; /* first */
	struct usb_urb *waiting;
	uint8_t kept[64];
	uint32_t kept_length;
	unsigned submitted, unlinked;
	uint64_t more_ns; /* additional time */
};

struct fixture {
	struct echo echo;
	struct usbip_server *server;
	char directory[64], path[80];
};

/* Set-up and tear-down for cmocka. */
int set_up(void **state);
int tear_down(void **state);

/* Starts a server with a new device. */
void plug_in(struct fixture *f, uint64_t unplug_ns);

void pump(struct fixture *f);

/* Connects; sends; receives exactly this many bytes. */
int dial(struct fixture *f);
void say(struct fixture *f, int fd, const void *bytes, size_t length);
void hear(int fd, void *bytes, size_t length);

/* Asserts that nothing was sent; that the server has hung up (closes @fd). */
void silence(int fd);
void hung_up(int fd);

/* Build messages; each returns the length. import() does the whole handshake. */
size_t import_request(uint8_t *at, const char *busid, uint32_t mark);
size_t header(uint8_t *at, uint32_t command, uint32_t seqnum, uint32_t direction, uint32_t ep,
	      uint32_t length);
uint32_t import(struct fixture *f, int fd, const char *busid, uint32_t mark);

void expect(const uint8_t *at, uint32_t command, uint32_t seqnum, int status);

/* Asserts that the server lists its device, lends it, and gets it back. */
void still_serves(struct fixture *f);

#endif
