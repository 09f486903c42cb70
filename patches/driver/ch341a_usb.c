/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2011 asbokid <ballymunboy@gmail.com>
 * SPDX-FileCopyrightText: 2014 Pluto Yang <yangyj.ee@gmail.com>
 * SPDX-FileCopyrightText: 2015-2016 Stefan Tauner
 * SPDX-FileCopyrightText: 2015 Urja Rannikko <urjaman@gmail.com>
 * SPDX-FileCopyrightText: The flashrom-beken authors
 */

#include "ch341a_usb.h"

#include <stdbool.h>
#include <stdlib.h>
#include "platform/string.h"
#include <libusb.h>
#include "flash.h"
#include "programmer.h"
#include "helpers.h"
#include "log.h"
#include "usb_device.h"
#include "usbdev.h"

/* The right calling convention on libusb callbacks, but not defined everywhere. m( */
#ifndef LIBUSB_CALL
#define LIBUSB_CALL
#endif

#define USB_TIMEOUT	1000	/* ms; an OUT transfer takes less than 100 */
#define DRAIN_TIMEOUT	20	/* ms */
#define WRITE_EP	0x02
#define READ_EP		0x82

#define MAX_PACKETS	4096
#define OUT_PACKETS	128	/* in one transfer */
#define OUT_TRANSFERS	4	/* so that one that ends with a short packet costs no time */
/* USB says that transfers end on non-full packets and the device sends 31 reply bytes at most, so many IN
 * transfers are queued. 32 seems to produce the most stable throughput on Windows. */
#define IN_TRANSFERS	32

struct transfer {
	struct ch341a_usb *usb;
	struct libusb_transfer *libusb;
	bool active;
};

struct ch341a_usb {
	struct libusb_device_handle *handle;
	struct transfer transfers[OUT_TRANSFERS + IN_TRANSFERS];
	unsigned int active;
	bool failed, too_long;

	/* The stream. Packet i is at 32 * i, and so is its reply. */
	size_t packets, sent, asked;
	size_t outs, ins; /* how many were submitted; transfers are used in turn */
	uint8_t length[MAX_PACKETS];
	uint8_t stream[MAX_PACKETS * CH341A_PACKET_LENGTH];
	uint8_t reply[MAX_PACKETS * CH341A_PACKET_LENGTH];
};

void ch341a_usb_begin(struct ch341a_usb *usb)
{
	usb->packets = 0;
	usb->too_long = false;
}

void ch341a_usb_packet(struct ch341a_usb *usb, const uint8_t *bytes, size_t len)
{
	uint8_t *packet = usb->stream + usb->packets * CH341A_PACKET_LENGTH;

	if (usb->packets == MAX_PACKETS || len > CH341A_PACKET_LENGTH) {
		usb->too_long = true;
		return;
	}
	/* Unused bytes are sent, too, if something follows. */
	memset(packet, 0, CH341A_PACKET_LENGTH);
	memcpy(packet, bytes, len);
	usb->length[usb->packets++] = len;
}

void ch341a_usb_uio(struct ch341a_usb *usb, const uint8_t *ops, size_t count)
{
	uint8_t packet[CH341A_PACKET_LENGTH] = { CH341A_CMD_UIO_STREAM };

	memcpy(packet + 1, ops, MIN(count, CH341A_UIO_OPS));
	packet[1 + MIN(count, CH341A_UIO_OPS)] = CH341A_UIO_END;
	ch341a_usb_packet(usb, packet, count + 2);
}

size_t ch341a_usb_spi(struct ch341a_usb *usb, const uint8_t *out, size_t outcnt, size_t incnt)
{
	const size_t at = usb->packets;
	uint8_t packet[CH341A_PACKET_LENGTH];
	size_t i, len;

	for (; outcnt + incnt; outcnt -= i, incnt -= len - i) {
		len = MIN(outcnt + incnt, CH341A_SPI_LENGTH);
		memset(packet, 0xFF, sizeof(packet));
		packet[0] = CH341A_CMD_SPI_STREAM;
		for (i = 0; i < len && i < outcnt; i++)
			packet[1 + i] = reverse_byte(*out++);
		ch341a_usb_packet(usb, packet, 1 + len);
	}
	return at;
}

void ch341a_usb_replies(const struct ch341a_usb *usb, size_t at, size_t skip, uint8_t *in, size_t incnt)
{
	size_t i;

	for (i = skip; i < skip + incnt; i++)
		*in++ = reverse_byte(usb->reply[(at + i / CH341A_SPI_LENGTH) * CH341A_PACKET_LENGTH +
						i % CH341A_SPI_LENGTH]);
}

static void LIBUSB_CALL transfer_done(struct libusb_transfer *libusb)
{
	struct transfer *transfer = libusb->user_data;
	struct ch341a_usb *usb = transfer->usb;

	transfer->active = false;
	usb->active--;
	if (libusb->status == LIBUSB_TRANSFER_COMPLETED && libusb->actual_length == libusb->length)
		return;
	if (!usb->failed)
		msg_perr("CH341A: transfer of %d bytes on endpoint %02x failed: status %d, %d bytes.\n",
			 libusb->length, libusb->endpoint, libusb->status, libusb->actual_length);
	usb->failed = true;
}

static void submit(struct transfer *transfer, uint8_t *buffer, size_t length)
{
	int ret;

	transfer->libusb->buffer = buffer;
	transfer->libusb->length = length;
	ret = libusb_submit_transfer(transfer->libusb);
	if (ret) {
		msg_perr("CH341A: failed to submit a transfer: %s\n", libusb_error_name(ret));
		transfer->usb->failed = true;
		return;
	}
	transfer->active = true;
	transfer->usb->active++;
}

/* The adapter clocks as many bytes as such a packet has. */
static bool is_spi(const struct ch341a_usb *usb, size_t packet)
{
	return usb->stream[packet * CH341A_PACKET_LENGTH] == CH341A_CMD_SPI_STREAM;
}

/* One for each reply, since each reply ends a transfer; a different length is an error. */
static void submit_ins(struct ch341a_usb *usb)
{
	for (; usb->asked < usb->packets && !usb->failed; usb->asked++) {
		struct transfer *transfer = &usb->transfers[OUT_TRANSFERS + usb->ins % IN_TRANSFERS];

		if (!is_spi(usb, usb->asked))
			continue;
		if (transfer->active)
			return;
		submit(transfer, usb->reply + usb->asked * CH341A_PACKET_LENGTH, usb->length[usb->asked] - 1);
		usb->ins++;
	}
}

static void submit_outs(struct ch341a_usb *usb)
{
	while (usb->sent < usb->packets && !usb->failed) {
		struct transfer *transfer = &usb->transfers[usb->outs % OUT_TRANSFERS];
		const size_t first = usb->sent;
		size_t last = first;

		if (transfer->active)
			return;
		/* A short packet ends a transfer. A packet that is not an SPI packet can be padded. */
		while (last + 1 < usb->packets && last + 1 - first < OUT_PACKETS &&
		       (!is_spi(usb, last) || usb->length[last] == CH341A_PACKET_LENGTH))
			last++;
		submit(transfer, usb->stream + first * CH341A_PACKET_LENGTH,
		       (last - first) * CH341A_PACKET_LENGTH + usb->length[last]);
		usb->outs++;
		usb->sent = last + 1;
	}
}

static void cancel(struct ch341a_usb *usb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usb->transfers); i++)
		if (usb->transfers[i].active)
			libusb_cancel_transfer(usb->transfers[i].libusb);
	/* Each of them ends at once, or after its own timeout. */
	for (i = 0; usb->active && i < ARRAY_SIZE(usb->transfers); i++)
		libusb_handle_events_timeout(NULL, &(struct timeval){1, 0});
}

int ch341a_usb_run(struct ch341a_usb *usb)
{
	/* Also if transfers of an earlier run were never returned. */
	if (usb->too_long || usb->active)
		return -1;
	usb->failed = false;
	usb->sent = usb->asked = usb->outs = usb->ins = 0;
	do {
		/* IN first: with more than four unread replies the adapter stalls, according to the driver
		 * github.com/frank-zago/ch341-i2c-spi-gpio. */
		submit_ins(usb);
		submit_outs(usb);
		if (usb->active) {
			const int ret = libusb_handle_events_timeout(NULL, &(struct timeval){1, 0});

			usb->failed |= ret < 0 && ret != LIBUSB_ERROR_INTERRUPTED;
		}
	} while (!usb->failed && (usb->active || usb->sent < usb->packets));
	if (usb->failed) {
		cancel(usb);
		return -1;
	}
	return 0;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	uint8_t stale[CH341A_PACKET_LENGTH];
	int i, len;

	libusb_clear_halt(usb->handle, WRITE_EP);
	libusb_clear_halt(usb->handle, READ_EP);
	for (i = 0; i < IN_TRANSFERS; i++)
		if (libusb_bulk_transfer(usb->handle, READ_EP, stale, sizeof(stale), &len, DRAIN_TIMEOUT))
			break;
}

static void free_transfers(struct ch341a_usb *usb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usb->transfers); i++)
		if (usb->transfers[i].libusb && !usb->transfers[i].active)
			libusb_free_transfer(usb->transfers[i].libusb);
}

static int alloc_transfers(struct ch341a_usb *usb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usb->transfers); i++) {
		struct transfer *transfer = &usb->transfers[i];

		transfer->usb = usb;
		transfer->libusb = libusb_alloc_transfer(0);
		if (!transfer->libusb) {
			msg_perr("Failed to alloc libusb transfer %u\n", i);
			free_transfers(usb);
			return -1;
		}
		libusb_fill_bulk_transfer(transfer->libusb, usb->handle, i < OUT_TRANSFERS ? WRITE_EP : READ_EP,
					  NULL, 0, transfer_done, transfer, USB_TIMEOUT);
	}
	return 0;
}

struct ch341a_usb *ch341a_usb_open(uint16_t vid, uint16_t pid, unsigned int num)
{
	struct ch341a_usb *usb = calloc(1, sizeof(*usb));

	if (!usb)
		return NULL;
	if (libusb_init(NULL) < 0) {
		msg_perr("Couldn't initialize libusb!\n");
		goto free_usb;
	}

	/* Enable information, warning, and error messages (only). */
#if LIBUSB_API_VERSION < 0x01000106
	libusb_set_debug(NULL, 3);
#else
	libusb_set_option(NULL, LIBUSB_OPTION_LOG_LEVEL, LIBUSB_LOG_LEVEL_INFO);
#endif

	usb->handle = usb_dev_get_by_vid_pid_number(NULL, vid, pid, num);
	if (!usb->handle) {
		msg_perr("Couldn't open device %04x:%04x.\n", vid, pid);
		goto exit_libusb;
	}
	if (usb_dev_claim_and_describe(usb->handle, 0) != 0)
		goto close_handle;
	if (!alloc_transfers(usb))
		return usb;

	libusb_release_interface(usb->handle, 0);
close_handle:
	libusb_attach_kernel_driver(usb->handle, 0);
	libusb_close(usb->handle);
exit_libusb:
	libusb_exit(NULL);
free_usb:
	free(usb);
	return NULL;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	free_transfers(usb);
	libusb_release_interface(usb->handle, 0);
	libusb_attach_kernel_driver(usb->handle, 0);
	libusb_close(usb->handle);
	libusb_exit(NULL);
	if (!usb->active) /* otherwise libusb still writes to it */
		free(usb);
}
