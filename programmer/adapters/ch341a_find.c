/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch341a_find.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * The same chip has three faces, chosen by two of its pins (WCH CH341DS1): the
 * jumper on the usual boards moves between the first two.
 */
#define VENDOR_WCH 0x1a86
#define PRODUCT_SPI 0x5512
#define PRODUCT_UART 0x5523

#define PORTS_MOST 7 /* the deepest that USB goes */

struct found {
	libusb_device *device; /* the one that is meant */
	unsigned matching;     /* how many fit what was asked for */
	unsigned uart;	       /* adapters in the UART position */
	char list[512];	       /* the adapters in the SPI position, for a message */
};

/* "1:4" as in lsusb, and "1-2.3" as the kernel names the port. */
static void names_of(libusb_device *device, char address[16], char port[CH341A_PORT_ROOM])
{
	uint8_t ports[PORTS_MOST];
	int count = libusb_get_port_numbers(device, ports, PORTS_MOST);
	unsigned bus = libusb_get_bus_number(device);
	size_t len;

	snprintf(address, 16, "%u:%u", bus, (unsigned)libusb_get_device_address(device));
	len = (size_t)snprintf(port, CH341A_PORT_ROOM, "%u", bus);
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(port + len, CH341A_PORT_ROOM - len, "%c%u", i ? '.' : '-',
					ports[i]);
}

/* "01:004", as lsusb prints it, is "1:4" too. */
static bool same_address(const char *which, libusb_device *device)
{
	unsigned bus, address;
	char end;

	return sscanf(which, "%3u:%3u%c", &bus, &address, &end) == 2 &&
	       bus == libusb_get_bus_number(device) && address == libusb_get_device_address(device);
}

static void consider(struct found *found, libusb_device *device, const char *which)
{
	struct libusb_device_descriptor descriptor;
	char address[16], port[CH341A_PORT_ROOM];
	size_t len = strlen(found->list);

	if (libusb_get_device_descriptor(device, &descriptor) || descriptor.idVendor != VENDOR_WCH)
		return;
	if (descriptor.idProduct == PRODUCT_UART)
		found->uart++;
	if (descriptor.idProduct != PRODUCT_SPI)
		return;
	names_of(device, address, port);
	snprintf(found->list + len, sizeof(found->list) - len, "%s usb=%s (or usb=%s)",
		 len ? "," : "", address, port);
	if (which && strcmp(which, port) != 0 && !same_address(which, device))
		return;
	found->matching++;
	found->device = device;
}

static bool unambiguous(const struct found *found, const char *which,
			const struct observer *observer)
{
	if (found->matching == 1)
		return true;
	if (found->matching > 1)
		observer_raise(observer, TROUBLE_MANY_ADAPTERS, NO_RANGE,
			       "several CH341A adapters are plugged in; say which one is meant:%s",
			       found->list);
	else if (found->list[0])
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE,
			       "there is no CH341A at usb=%s; plugged in:%s", which, found->list);
	else if (found->uart)
		observer_raise(observer, TROUBLE_ADAPTER_MODE, NO_RANGE,
			       "the CH341A is in its UART position (USB 1a86:5523)");
	else
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE,
			       "no CH341A adapter found (USB 1a86:5512)");
	return false;
}

static libusb_device_handle *open_and_claim(libusb_device *device, char port[CH341A_PORT_ROOM],
					    const struct observer *observer)
{
	libusb_device_handle *handle;
	char address[16];
	int ret;

	names_of(device, address, port);
	ret = libusb_open(device, &handle);
	if (ret == LIBUSB_ERROR_ACCESS) {
		observer_raise(observer, TROUBLE_ADAPTER_FORBIDDEN, NO_RANGE,
			       "no permission to open the CH341A at %s", address);
		return NULL;
	}
	if (ret) {
		observer_raise(observer, TROUBLE_ADAPTER_IN_USE, NO_RANGE,
			       "the CH341A at %s can not be opened: %s", address,
			       libusb_strerror(ret));
		return NULL;
	}
	/* Where the system cannot detach drivers, claiming tells whether one is in the way. */
	libusb_set_auto_detach_kernel_driver(handle, 1);
	ret = libusb_claim_interface(handle, CH341A_INTERFACE);
	if (ret) {
		observer_raise(observer, TROUBLE_ADAPTER_IN_USE, NO_RANGE,
			       "the CH341A at %s can not be claimed: %s", address,
			       libusb_strerror(ret));
		libusb_close(handle);
		return NULL;
	}
	observer_note(observer, NOTE_DEBUG, TROUBLE_NONE, "CH341A at usb=%s (port %s)", address,
		      port);
	return handle;
}

libusb_device_handle *ch341a_find_open(libusb_context *context, const char *which,
				       char port[CH341A_PORT_ROOM], const struct observer *observer)
{
	libusb_device_handle *handle = NULL;
	libusb_device **devices;
	struct found found = {0};
	ssize_t count = libusb_get_device_list(context, &devices);

	if (count < 0) {
		observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE,
			       "the USB devices can not be listed: %s",
			       libusb_strerror((int)count));
		return NULL;
	}
	for (ssize_t i = 0; i < count; i++)
		consider(&found, devices[i], which);
	if (unambiguous(&found, which, observer))
		handle = open_and_claim(found.device, port, observer);
	libusb_free_device_list(devices, 1);
	return handle;
}
