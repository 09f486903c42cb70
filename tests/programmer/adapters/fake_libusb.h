/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_libusb.h - replaces libusb at link time: a list of devices, and bulk transfers that are
 * answered like a CH341A's, with all bytes 00, except for the faults. Or the device returns what it
 * receives, transfer by transfer.
 *
 * Time is virtual: each wait for events that finds none takes its whole timeout.
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

	/* Faults: a libusb_error, or 0; @events fails once. */
	int init, list, open, claim, submit, events, control;
	enum libusb_transfer_status status; /* of the reply number @bad_reply */
	enum libusb_transfer_status out_status;
	unsigned bad_reply; /* counted from 1; 0: none */
	bool short_reply;   /* that reply is a byte too short */
	bool short_out;	    /* the first OUT transfer is cut short */
	bool no_transfers;
	bool silent, keeps_transfers; /* no replies; cancelled transfers do not come back */
	bool kernel_driver;	      /* a kernel driver is bound to the interface */
	unsigned stale;		      /* replies that wait in the adapter at the start */
	bool echo;
	uint32_t event_us; /* the time that each transfer takes */

	/* Alternatively, these bytes determine all answers; after their end there are none. */
	bool scripted;
	const uint8_t *script;
	size_t script_size;

	/* Calls that were made. */
	unsigned opened, closed, claimed, began, exited, cleared, drained, transfers, cancelled;
	uint8_t control_type, control_request; /* of the last one */
	uint16_t control_value, control_index;
};

extern struct fake_libusb fake_usb;

/* One CH341A in the right mode, without faults. */
void fake_usb_begin(void);
void fake_usb_add(uint16_t vendor, uint16_t product, uint8_t bus, uint8_t address, uint8_t port);

#endif
