/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/usb.h"

void usb_submit(struct usb_device *dev, struct usb_urb *urb)
{
	urb->actual = 0;
	urb->status = 0;
	urb->next = NULL;
	if (dev->now_ns < urb->submit_ns)
		dev->now_ns = urb->submit_ns;
	dev->ops->submit(dev, urb);
}

void usb_unlink(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns)
{
	if (dev->now_ns < now_ns)
		dev->now_ns = now_ns;
	dev->ops->unlink(dev, urb, now_ns);
}

struct usb_urb *usb_done(struct usb_device *dev)
{
	struct usb_urb *urb = dev->done;

	if (!urb)
		return NULL;
	dev->done = urb->next;
	urb->next = NULL;
	return urb;
}

void usb_complete(struct usb_device *dev, struct usb_urb *urb, int status, uint64_t visible_ns)
{
	struct usb_urb **place;

	urb->status = status;
	urb->visible_ns = visible_ns;

	/* Nearly every completion is the latest one: this avoids walking a long list for it. */
	if (!dev->done)
		place = &dev->done;
	else if (visible_ns >= dev->done_last_ns)
		place = dev->done_tail;
	else
		for (place = &dev->done; (*place)->visible_ns <= visible_ns;
		     place = &(*place)->next)
			;

	urb->next = *place;
	*place = urb;
	if (!urb->next) {
		dev->done_tail = &urb->next;
		dev->done_last_ns = visible_ns;
	}
}
