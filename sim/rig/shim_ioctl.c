/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_ioctl.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"

#define SPEED_FULL 2
#define REQUEST_TIMEOUT_MS 5000 /* as the kernel's for standard requests */
#define CAPABILITIES                                                                               \
	(USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |                              \
	 USBDEVFS_CAP_REAP_AFTER_DISCONNECT)

/* A standard request without data. */
static int request_out(struct node *node, uint8_t type, uint8_t request, uint32_t value,
		       uint32_t index)
{
	uint8_t setup[8] = {type,	    request,
			    (uint8_t)value, (uint8_t)(value >> 8),
			    (uint8_t)index, (uint8_t)(index >> 8)};

	return node_transfer(node, 0, setup, NULL, 0, REQUEST_TIMEOUT_MS);
}

static int control(struct node *node, const struct usbdevfs_ctrltransfer *transfer)
{
	uint8_t setup[8] = {transfer->bRequestType,	transfer->bRequest,
			    (uint8_t)transfer->wValue,	(uint8_t)(transfer->wValue >> 8),
			    (uint8_t)transfer->wIndex,	(uint8_t)(transfer->wIndex >> 8),
			    (uint8_t)transfer->wLength, (uint8_t)(transfer->wLength >> 8)};

	return node_transfer(node, 0, setup, transfer->data, transfer->wLength, transfer->timeout);
}

static int claim(struct node *node, unsigned interface)
{
	int status = node_import(node);

	if (status)
		return status;
	return interface < node_interfaces(node) ? 0 : -ENOENT;
}

static int reset(struct node *node)
{
	int status = node_import(node);

	if (status)
		return status;
	node_discard_all(node);
	/* What vhci_hcd sends for it: SET_FEATURE PORT_RESET to the port. A device may stall it. */
	status = request_out(node, 0x23, 3, 4, node_device(node) - 1);
	return status == -ENODEV ? status : 0;
}

static int reap(struct node *node, struct usbdevfs_urb **urb, bool wait)
{
	int status = node_reap(node, urb);
	uint64_t next;

	if (status != -EAGAIN)
		return status;
	/* A program that only reaps must make progress, too. */
	if (!wait) {
		clock_reach(clock_now() + CLOCK_TICK_NS);
		return status;
	}
	next = node_next(node, true);
	if (next == UINT64_MAX) {
		struct pollfd fd = {.fd = node_fd(node), .events = POLLIN};

		if (!node_busy(node))
			return -EAGAIN; /* the kernel would wait for ever */
		if (libc_ppoll(&fd, 1, NULL, NULL) < 0)
			return -errno;
		node_hangup(node);
	} else {
		clock_reach(next);
	}
	return node_reap(node, urb);
}

int shim_ioctl(struct node *node, unsigned long request, void *argument)
{
	unsigned value = 0;

	if (request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_REAPURB)
		return reap(node, argument, request == USBDEVFS_REAPURB);
	if (request == USBDEVFS_SUBMITURB)
		return node_gone(node) ? -ENODEV : node_submit(node, argument);
	if (request == USBDEVFS_DISCARDURB)
		return node_discard(node, argument);
	if (node_gone(node))
		return -ENODEV;
	if (_IOC_SIZE(request) == sizeof(value) && argument && _IOC_DIR(request) & _IOC_READ)
		memcpy(&value, argument, sizeof(value));

	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		value = CAPABILITIES;
		memcpy(argument, &value, sizeof(value));
		return 0;
	case USBDEVFS_GET_SPEED:
		return SPEED_FULL;
	case USBDEVFS_CONNECTINFO: {
		struct usbdevfs_connectinfo info = {.devnum = node_device(node)};

		memcpy(argument, &info, sizeof(info));
		return 0;
	}
	case USBDEVFS_GETDRIVER: /* no driver is bound: none to ask, none to disconnect */
	case USBDEVFS_IOCTL:
		return -ENODATA;
	case USBDEVFS_CLAIMINTERFACE:
		return claim(node, value);
	case USBDEVFS_DISCONNECT_CLAIM:
		return claim(node, ((struct usbdevfs_disconnect_claim *)argument)->interface);
	case USBDEVFS_RELEASEINTERFACE:
		return 0;
	case USBDEVFS_SETCONFIGURATION:
		return request_out(node, 0x00, 9, value, 0);
	case USBDEVFS_SETINTERFACE: {
		const struct usbdevfs_setinterface *set = argument;

		return request_out(node, 0x01, 11, set->altsetting, set->interface);
	}
	case USBDEVFS_CLEAR_HALT:
	case USBDEVFS_RESETEP:
		return request_out(node, 0x02, 1, 0, value);
	case USBDEVFS_RESET:
		return reset(node);
	case USBDEVFS_CONTROL:
		return control(node, argument);
	case USBDEVFS_BULK: {
		const struct usbdevfs_bulktransfer *bulk = argument;

		if (!(bulk->ep & 0x0f))
			return -EINVAL;
		return node_transfer(node, (uint8_t)bulk->ep, NULL, bulk->data, bulk->len,
				     bulk->timeout);
	}
	}
	return -ENOTTY;
}
