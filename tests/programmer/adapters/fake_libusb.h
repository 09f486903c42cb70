/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_libusb.h - libusb without USB, by link substitution: devices of a list, and bulk
 * transfers that are answered as a CH341A does, byte for byte 00, but for the faults. Or it is a
 * device that sends back what it gets, a transfer for a transfer.
 *
 * Time is virtual: each look for events that finds none lets its timeout pass.
 */
#ifndef TESTS_FAKE_LIBUSB_H
#define TESTS_FAKE_LIBUSB_H

#include <libusb.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_DEVICES 4

struct libusb_device {
	uint16_t vendor, product;
	uint8_t bus, address, ports[7];
	int port_count;
};

struct fake_libusb {
	struct libusb_device devices[FAKE_DEVICES];
	size_t device_count;

	/* What goes wrong: a libusb_error, or 0; @events once. */
	int init, list, open, claim, submit, events, control;
	enum libusb_transfer_status status; /* of the reply number @bad_reply */
	enum libusb_transfer_status out_status;
	unsigned bad_reply; /* from 1 on; 0: none */
	bool short_reply;   /* that one is a byte too short */
	bool short_out;	    /* the first OUT transfer is cut */
	bool no_transfers;
	bool silent, keeps_transfers; /* no replies; cancelled ones do not come back */
	bool kernel_driver;	      /* one of the kernel's is bound to the interface */
	unsigned stale;		      /* replies that lie in the adapter at the start */
	bool echo;
	uint32_t event_us; /* how long each transfer takes */

	/* Or all answers, good and bad, are told by these bytes; behind them it is silent. */
	bool scripted;
	const uint8_t *script;
	size_t script_size;

	/* What was done. */
	unsigned opened, closed, claimed, began, exited, cleared, drained, transfers, cancelled;
	uint8_t control_type, control_request; /* of the last one */
	uint16_t control_value, control_index;
};

extern struct fake_libusb fake_usb;

/* One CH341A in its right mode, nothing wrong. */
void fake_usb_begin(void);
void fake_usb_add(uint16_t vendor, uint16_t product, uint8_t bus, uint8_t address, uint8_t port);

#endif
