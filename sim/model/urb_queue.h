/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A first-in-first-out queue of transfers, linked through usb_urb.next.
 */
#ifndef SIM_URB_QUEUE_H
#define SIM_URB_QUEUE_H

#include "sim/model/usb.h"

struct urb_queue {
	struct usb_urb *head, *tail;
};

static inline void urb_queue_push(struct urb_queue *queue, struct usb_urb *urb)
{
	urb->next = NULL;
	if (queue->head)
		queue->tail->next = urb;
	else
		queue->head = urb;
	queue->tail = urb;
}

static inline struct usb_urb *urb_queue_pop(struct urb_queue *queue)
{
	struct usb_urb *urb = queue->head;

	if (urb) {
		queue->head = urb->next;
		urb->next = NULL;
	}
	return urb;
}

/* Returns false when @urb is not in the queue. */
static inline bool urb_queue_remove(struct urb_queue *queue, struct usb_urb *urb)
{
	struct usb_urb *before = NULL;

	for (struct usb_urb *at = queue->head; at; before = at, at = at->next) {
		if (at != urb)
			continue;
		if (before)
			before->next = urb->next;
		else
			queue->head = urb->next;
		if (queue->tail == urb)
			queue->tail = before;
		urb->next = NULL;
		return true;
	}
	return false;
}

#endif
