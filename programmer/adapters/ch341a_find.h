/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ch341a_find.h - which adapter is meant, and opening it; see ch341a_usb_open(). */
#ifndef CH341A_FIND_H
#define CH341A_FIND_H

#include <libusb.h>

#include "base/observer.h"

#define CH341A_INTERFACE 0
#define CH341A_PORT_ROOM 48

/*
 * Opened and with its interface claimed, or NULL after an error was logged. @port: the
 * kernel's name of the port that it is plugged in at, as in usb=1-4.2.
 */
libusb_device_handle *ch341a_find_open(libusb_context *context, const char *which,
				       char port[CH341A_PORT_ROOM],
				       const struct observer *observer);

#endif
