/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usb_find.h - finds the USB device by the ids of an adapter's row and by the port where it is
 * plugged in.
 *
 * Places: "BUS:ADDRESS" as lsusb prints them, or "BUS-PORT.PORT..." as the kernel names the
 * port. One thread; what libusb returns is the caller's.
 */
#ifndef USB_FIND_H
#define USB_FIND_H

#include <libusb.h>

#include "programmer/bus/adapter.h"

#define USB_PORT_ROOM 48

/* Whether @value has the form of a place; for the row's is_value. */
bool usb_is_place(const char *value);

/* What the rows of all adapters at USB have in common. */
#define USB_ROW(title, vendor_id, product_id)                                                      \
	.name = title, .parameter = "usb", .value_help = "usb=BUS:ADDRESS or usb=BUS-PORT",        \
	.is_value = usb_is_place, .usb = {vendor_id, product_id, NULL},                            \
	.present = usb_find_present, .list = usb_find_list

/* For the row's list. */
size_t usb_find_list(const struct adapter *adapter, struct adapter_place *places, size_t room);

/* For the row's present. */
bool usb_find_present(const struct adapter *adapter, const struct adapter_wish *wish);

/*
 * Opens the device and claims its @interface; a kernel driver is detached until the adapter is
 * plugged in again. NULL after a trouble, which was raised. @place: which one; NULL for the only
 * one. @port: the kernel's name of the port, as in usb=1-4.2.
 */
libusb_device_handle *usb_find_open(libusb_context *context, const struct adapter *adapter,
				    const char *place, int interface, char port[USB_PORT_ROOM],
				    const struct observer *observer);

#endif
