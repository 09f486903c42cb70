/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/usb_find.h"

#include <stdio.h>
#include <string.h>

#include "programmer/adapters/holder.h"

#define PORTS_MOST 7 /* the deepest that USB goes */

struct found {
	libusb_device *device;	   /* the one that is meant */
	const struct usb_id *mode; /* if it is in another mode; else NULL */
	unsigned count;		   /* number of adapters, and of those that are meant */
	unsigned matching;
	char list[512]; /* all of them, for a message */
};

bool usb_is_place(const char *value)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(value), bus = strspn(value, digits);

	/* One separator after the bus, digits at both ends. */
	if (bus == 0 || len < bus + 2 || !strchr(digits, value[len - 1]))
		return false;
	if (value[bus] == ':')
		return bus + 1 + strspn(value + bus + 1, digits) == len;
	return value[bus] == '-' && bus + 1 + strspn(value + bus + 1, "0123456789.") == len;
}

/* "1:4" as in lsusb, and "1-2.3" as the kernel names the port. */
static void names_of(libusb_device *device, char address[16], char port[USB_PORT_ROOM])
{
	uint8_t ports[PORTS_MOST];
	int count = libusb_get_port_numbers(device, ports, PORTS_MOST);
	unsigned bus = libusb_get_bus_number(device);
	size_t len;

	snprintf(address, 16, "%u:%u", bus, (unsigned)libusb_get_device_address(device));
	len = (size_t)snprintf(port, USB_PORT_ROOM, "%u", bus);
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(port + len, USB_PORT_ROOM - len, "%c%u", i ? '.' : '-',
					ports[i]);
}

/* "01:004", as lsusb prints it, is "1:4" too. */
static bool same_address(const char *place, libusb_device *device)
{
	unsigned bus, address;
	char end;

	return sscanf(place, "%3u:%3u%c", &bus, &address, &end) == 2 &&
	       bus == libusb_get_bus_number(device) && address == libusb_get_device_address(device);
}

static bool is_id(const struct usb_id *id, const struct libusb_device_descriptor *descriptor)
{
	return id->vendor == descriptor->idVendor && id->product == descriptor->idProduct;
}

/* A mode in which it cannot be used, or NULL. */
static const struct usb_id *mode_of(const struct adapter *adapter,
				    const struct libusb_device_descriptor *descriptor)
{
	const struct usb_id *mode = adapter->other_modes;

	while (mode->vendor && !is_id(mode, descriptor))
		mode++;
	return mode->vendor ? mode : NULL;
}

static void consider(struct found *found, const struct adapter *adapter, libusb_device *device,
		     const char *place)
{
	struct libusb_device_descriptor descriptor;
	char address[16], port[USB_PORT_ROOM];
	size_t len = strlen(found->list);

	if (libusb_get_device_descriptor(device, &descriptor))
		return;
	if (mode_of(adapter, &descriptor))
		found->mode = mode_of(adapter, &descriptor);
	if (!is_id(&adapter->usb, &descriptor))
		return;
	found->count++;
	names_of(device, address, port);
	snprintf(found->list + len, sizeof(found->list) - len, "%s usb=%s (or usb=%s)",
		 len ? "," : "", address, port);
	if (place && strcmp(place, port) != 0 && !same_address(place, device))
		return;
	found->matching++;
	found->device = device;
}

static void raise_mode(const struct adapter *adapter, const struct usb_id *mode,
		       const struct observer *observer)
{
	const struct usb_id *right = &adapter->usb;
	struct trouble trouble =
		trouble_seen(TROUBLE_ADAPTER_MODE, "the %s is in its %s (USB %04x:%04x)",
			     adapter->name, mode->mode, mode->vendor, mode->product);

	trouble_add_text(&trouble, "usb_id", "%04x:%04x", mode->vendor, mode->product);
	trouble_set_next(&trouble, "%s, then plug it in again; lsusb shows %04x:%04x then",
			 adapter->mode_next, right->vendor, right->product);
	observer_tell(observer, &trouble);
}

/* All that could be at USB, since none of them is there. */
static struct trouble none_found(void)
{
	char list[200] = "";
	size_t len = 0;

	for (size_t i = 0; adapters[i] && len < sizeof(list); i++)
		if (adapters[i]->usb.vendor)
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s %04x:%04x",
						len ? ", " : "", adapters[i]->name,
						adapters[i]->usb.vendor, adapters[i]->usb.product);
	return trouble_seen(TROUBLE_NO_ADAPTER,
			    "no adapter found; USB adapters that are supported: %s", list);
}

static bool unambiguous(const struct found *found, const struct adapter *adapter, const char *place,
			const struct observer *observer)
{
	struct trouble trouble;

	if (found->matching == 1)
		return true;
	if (found->matching > 1) {
		trouble =
			trouble_seen(TROUBLE_MANY_ADAPTERS, "several %s adapters are plugged in:%s",
				     adapter->name, found->list);
	} else if (found->count) {
		trouble =
			trouble_seen(TROUBLE_NO_ADAPTER, "there is no %s at usb=%s; plugged in:%s",
				     adapter->name, place, found->list);
		trouble_add_text(&trouble, "usb", "%s", place);
	} else if (found->mode) {
		raise_mode(adapter, found->mode, observer);
		return false;
	} else {
		trouble = none_found();
	}
	trouble_add_number(&trouble, "adapters", found->count);
	observer_tell(observer, &trouble);
	return false;
}

/* The program that uses it, if that can be found; else "". */
static void add_holder(struct trouble *trouble, libusb_device *device)
{
	char path[64];

	/* As the kernel names it; libusb does the same. */
	snprintf(path, sizeof(path), "/dev/bus/usb/%03u/%03u",
		 (unsigned)libusb_get_bus_number(device),
		 (unsigned)libusb_get_device_address(device));
	holder_add(trouble, path);
}

static void raise_at(const struct observer *observer, enum trouble_kind kind,
		     const struct adapter *adapter, libusb_device *device, const char *what,
		     const char *why)
{
	char address[16], port[USB_PORT_ROOM];
	struct trouble trouble;

	names_of(device, address, port);
	trouble = trouble_seen(kind, "the %s at %s %s%s%s", adapter->name, address, what,
			       why[0] ? ": " : "", why);
	trouble_add_text(&trouble, "usb", "%s", port);
	if (kind == TROUBLE_ADAPTER_IN_USE)
		add_holder(&trouble, device);
	observer_tell(observer, &trouble);
}

static enum trouble_kind kind_of(int error)
{
	switch (error) {
	case LIBUSB_ERROR_ACCESS:
		return TROUBLE_ADAPTER_FORBIDDEN;
	case LIBUSB_ERROR_NO_DEVICE:
		return TROUBLE_ADAPTER_GONE;
	case LIBUSB_ERROR_NO_MEM:
		return TROUBLE_NO_MEMORY;
	default:
		return TROUBLE_ADAPTER_IN_USE;
	}
}

/* Driver of an interface; all adapters have one configuration, number 1. */
static bool driver_of(const char *port, int interface, char name[HOLDER_NAME])
{
	char link[USB_PORT_ROOM + 48];

	snprintf(link, sizeof(link), "/sys/bus/usb/devices/%s:1.%d/driver", port, interface);
	return holder_driver(link, name);
}

static libusb_device_handle *open_and_claim(libusb_device *device, const struct adapter *adapter,
					    int interface, char port[USB_PORT_ROOM],
					    const struct observer *observer)
{
	char address[16], driver[HOLDER_NAME], why[HOLDER_NAME + 80];
	libusb_device_handle *handle;
	bool driven;
	int ret;

	names_of(device, address, port);
	driven = driver_of(port, interface, driver);
	ret = libusb_open(device, &handle);
	if (ret) {
		raise_at(observer, kind_of(ret), adapter, device, "cannot be opened",
			 ret == LIBUSB_ERROR_ACCESS ? "no permission" : libusb_strerror(ret));
		return NULL;
	}
	/*
	 * Where the system cannot detach drivers, claiming the interface shows whether one is
	 * bound. The driver is not attached again: it would move the pins, and so disturb the chip,
	 * without our control.
	 */
	libusb_detach_kernel_driver(handle, interface);
	ret = libusb_claim_interface(handle, interface);
	if (ret) {
		snprintf(why, sizeof(why), "%s%s%s", libusb_strerror(ret),
			 driven ? "; the kernel's driver is " : "", driven ? driver : "");
		raise_at(observer, kind_of(ret), adapter, device, "cannot be claimed", why);
		libusb_close(handle);
		return NULL;
	}
	if (driven)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE,
			      "the kernel driver %s was detached from the %s, until that is "
			      "plugged in again",
			      driver, adapter->name);
	observer_note(observer, NOTE_DEBUG, TROUBLE_NONE, "%s at usb=%s (port %s)", adapter->name,
		      address, port);
	return handle;
}

libusb_device_handle *usb_find_open(libusb_context *context, const struct adapter *adapter,
				    const char *place, int interface, char port[USB_PORT_ROOM],
				    const struct observer *observer)
{
	libusb_device_handle *handle = NULL;
	libusb_device **devices;
	struct found found = {0};
	ssize_t count = libusb_get_device_list(context, &devices);

	if (count < 0) {
		observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE,
			       "the USB devices cannot be listed: %s", libusb_strerror((int)count));
		return NULL;
	}
	for (ssize_t i = 0; i < count; i++)
		consider(&found, adapter, devices[i], place);
	if (unambiguous(&found, adapter, place, observer))
		handle = open_and_claim(found.device, adapter, interface, port, observer);
	libusb_free_device_list(devices, 1);
	return handle;
}

size_t usb_find_list(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	struct libusb_device_descriptor descriptor;
	libusb_context *context;
	libusb_device **devices;
	size_t found = 0;
	ssize_t count;

	if (libusb_init(&context))
		return 0;
	count = libusb_get_device_list(context, &devices);
	for (ssize_t i = 0; i < count && found < room; i++) {
		struct adapter_place *place = &places[found];
		const struct usb_id *mode;
		char address[16];

		if (libusb_get_device_descriptor(devices[i], &descriptor))
			continue;
		mode = mode_of(adapter, &descriptor);
		if (!mode && !is_id(&adapter->usb, &descriptor))
			continue;
		place->adapter = adapter;
		place->mode = mode ? mode->mode : NULL;
		names_of(devices[i], address, place->value);
		found++;
	}
	if (count >= 0)
		libusb_free_device_list(devices, 1);
	libusb_exit(context);
	return found;
}

bool usb_find_present(const struct adapter *adapter, const struct adapter_wish *wish)
{
	struct found found = {0};
	libusb_context *context;
	libusb_device **devices;
	ssize_t count;

	if (libusb_init(&context))
		return false;
	count = libusb_get_device_list(context, &devices);
	for (ssize_t i = 0; i < count; i++)
		consider(&found, adapter, devices[i], wish->value);
	if (count >= 0)
		libusb_free_device_list(devices, 1);
	libusb_exit(context);
	return found.matching > 0;
}
