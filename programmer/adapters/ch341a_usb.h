/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch341a_usb.h - the USB side of a CH341A: running streams.
 *
 * A stream is sent in slices with several OUT transfers in flight, and the
 * IN transfers for its replies are queued before the packets that cause them:
 * the chip stops (or, by one report, locks up) when more than about four
 * replies are unread, and hosts that report completions once a millisecond need
 * a deep queue. One IN transfer takes one reply packet.
 *
 * Besides ch341a.c nothing uses this.
 */
#ifndef CH341A_USB_H
#define CH341A_USB_H

#include "programmer/adapters/ch341a_stream.h"
#include "programmer/bus/adapter.h"

struct ch341a_usb;

/*
 * Open the device of the row @adapter at @place; NULL: the only one. See usb_find.h, also for
 * @port. The kernel's driver is detached, and stays detached. NULL after a trouble, which was
 * raised.
 */
struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer);
void ch341a_usb_close(struct ch341a_usb *usb);

/*
 * Send @stream and take its replies. Afterwards everything that was sent has been answered;
 * that is not the whole stream if stream->missed says so. After an error nothing is in flight
 * any more, but replies may still be inside the adapter.
 */
enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops);

/* After an error: clear stalls and discard stale replies. */
void ch341a_usb_recover(struct ch341a_usb *usb);

#endif
