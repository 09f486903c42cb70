/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch341a_usb.h - the USB side of a CH341A: finding it, and running streams.
 *
 * A stream is sent in slices with several OUT transfers in flight, and the
 * IN transfers for its replies are queued before the packets that cause them:
 * the chip stops (or, by one report, locks up) when more than about four
 * replies are unread, and hosts that report completions once a millisecond need
 * a deep queue. One IN transfer takes one reply packet.
 *
 * Besides ch341a.c nothing uses this; nothing else includes libusb.h.
 */
#ifndef CH341A_USB_H
#define CH341A_USB_H

#include "programmer/adapters/ch341a_stream.h"
#include "base/observer.h"

struct ch341a_usb;

/*
 * Open the adapter that @which names: "BUS:ADDRESS" as lsusb prints them, or
 * "BUS-PORT.PORT..." as the kernel names it; NULL for the only one plugged in.
 * The kernel's driver is detached until ch341a_usb_close(). NULL after an error,
 * which has been logged together with what to do.
 */
struct ch341a_usb *ch341a_usb_open(const char *which, const struct observer *observer);
void ch341a_usb_close(struct ch341a_usb *usb);

/* Where it is plugged in, as in usb=1-4.2. */
void ch341a_usb_port(const struct ch341a_usb *usb, char port[48]);

/*
 * Send @stream and take its replies. Returns 0, or CH341A_MISSED when a wait was too short
 * (*missed_op tells which; everything sent has been answered), or an error; then
 * nothing is in flight any more, but replies may still be inside the adapter.
 */
int ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream, struct spi_op *ops,
		   size_t *missed_op);

/* After an error: clear stalls and throw stale replies away. */
void ch341a_usb_recover(struct ch341a_usb *usb);

#endif
