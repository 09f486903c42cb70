/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chapter 9 of the USB specification: what a device with one speed and one setting needs of it. */
#include "sim/model/usb.h"

#include <errno.h>
#include <string.h>

enum {
	GET_STATUS = 0,
	CLEAR_FEATURE = 1,
	SET_FEATURE = 3,
	SET_ADDRESS = 5,
	GET_DESCRIPTOR = 6,
	GET_CONFIGURATION = 8,
	SET_CONFIGURATION = 9,
	GET_INTERFACE = 10,
	SET_INTERFACE = 11,
};

enum { TO_DEVICE = 0, TO_INTERFACE = 1, TO_ENDPOINT = 2 };
enum {
	DESCRIPTOR_DEVICE = 1,
	DESCRIPTOR_CONFIG = 2,
	DESCRIPTOR_STRING = 3,
	DESCRIPTOR_ENDPOINT = 5,
	DESCRIPTOR_QUALIFIER = 6
};

#define LANGUAGE_ENGLISH_US 0x0409
#define STRING_CHARACTERS 126 /* the most that a string descriptor holds */

struct request {
	uint8_t type, recipient, code;
	bool in;
	uint16_t value, index;
};

static struct request parse(const uint8_t setup[8])
{
	return (struct request){
		.in = setup[0] & 0x80,
		.type = (setup[0] >> 5) & 3,
		.recipient = setup[0] & 0x1F,
		.code = setup[1],
		.value = (uint16_t)(setup[2] | setup[3] << 8),
		.index = (uint16_t)(setup[4] | setup[5] << 8),
	};
}

void usb_answer(struct usb_urb *urb, const void *data, size_t length)
{
	size_t wanted = (size_t)(urb->setup[6] | urb->setup[7] << 8);

	if (length > wanted)
		length = wanted;
	if (length > urb->length)
		length = urb->length;
	if (length)
		memcpy(urb->data, data, length);
	urb->actual = (uint32_t)length;
}

bool usb_halted(const struct usb_device *dev, uint8_t endpoint)
{
	uint16_t halted = endpoint & 0x80 ? dev->halted_in : dev->halted_out;

	return (halted >> (endpoint & 0x0F)) & 1;
}

void usb_halt(struct usb_device *dev, uint8_t endpoint, bool halted)
{
	uint16_t *field = endpoint & 0x80 ? &dev->halted_in : &dev->halted_out;
	uint16_t bit = (uint16_t)(1U << (endpoint & 0x0F));

	*field = (uint16_t)(halted ? *field | bit : *field & ~bit);
}

static size_t config_length(const struct usb_device *dev)
{
	return (size_t)(dev->config_descriptor[2] | dev->config_descriptor[3] << 8);
}

static bool has_endpoint(const struct usb_device *dev, uint16_t address)
{
	const uint8_t *config = dev->config_descriptor;

	if ((address & 0x7F) == 0)
		return true;
	for (size_t at = 0; at + 2 < config_length(dev) && config[at]; at += config[at])
		if (config[at + 1] == DESCRIPTOR_ENDPOINT && config[at + 2] == address)
			return true;
	return false;
}

static int get_string(const struct usb_device *dev, struct usb_urb *urb, uint8_t index)
{
	uint8_t text[2 + 2 * STRING_CHARACTERS] = {0, DESCRIPTOR_STRING};
	size_t length = 2;

	if (index == 0) {
		text[length++] = LANGUAGE_ENGLISH_US & 0xFF;
		text[length++] = LANGUAGE_ENGLISH_US >> 8;
	} else if (dev->product && index == dev->device_descriptor[15]) {
		for (const char *c = dev->product; *c && length < sizeof(text); c++) {
			text[length++] = (uint8_t)*c;
			text[length++] = 0;
		}
	} else {
		return -EPIPE;
	}
	text[0] = (uint8_t)length;
	usb_answer(urb, text, length);
	return 0;
}

/*
 * The descriptor for the other speed: a high-speed device must have one, a full-speed device has
 * none.
 */
static int get_qualifier(const struct usb_device *dev, struct usb_urb *urb)
{
	uint8_t qualifier[10] = {10, DESCRIPTOR_QUALIFIER};

	if (!dev->high_speed)
		return -EPIPE;
	memcpy(qualifier + 2, dev->device_descriptor + 2, 6);
	qualifier[8] = 1;
	usb_answer(urb, qualifier, sizeof(qualifier));
	return 0;
}

static int get_descriptor(const struct usb_device *dev, struct usb_urb *urb, struct request request)
{
	uint8_t index = (uint8_t)(request.value & 0xFF);

	switch (request.value >> 8) {
	case DESCRIPTOR_DEVICE:
		usb_answer(urb, dev->device_descriptor, 18);
		return 0;
	case DESCRIPTOR_CONFIG:
		if (index)
			return -EPIPE;
		usb_answer(urb, dev->config_descriptor, config_length(dev));
		return 0;
	case DESCRIPTOR_QUALIFIER:
		return get_qualifier(dev, urb);
	case DESCRIPTOR_STRING:
		return get_string(dev, urb, index);
	default:
		return -EPIPE;
	}
}

static int get_status(const struct usb_device *dev, struct usb_urb *urb, struct request request)
{
	uint8_t status[2] = {0, 0};

	if (request.recipient == TO_ENDPOINT) {
		if (!has_endpoint(dev, request.index))
			return -EPIPE;
		status[0] = usb_halted(dev, (uint8_t)request.index);
	} else if (request.recipient == TO_INTERFACE && request.index) {
		return -EPIPE;
	}
	usb_answer(urb, status, sizeof(status));
	return 0;
}

/* The only feature here is ENDPOINT_HALT: there is no remote wakeup (bmAttributes 0x80). */
static int set_feature(struct usb_device *dev, struct request request, bool on)
{
	if (request.recipient != TO_ENDPOINT || request.value != 0 || request.index > 0xFF ||
	    !has_endpoint(dev, request.index))
		return -EPIPE;
	if (request.index & 0x7F)
		usb_halt(dev, (uint8_t)request.index, on);
	return 0;
}

static void release_halts(struct usb_device *dev)
{
	dev->halted_in = 0;
	dev->halted_out = 0;
}

static int set_configuration(struct usb_device *dev, struct request request)
{
	if (request.value != 0 && request.value != dev->config_descriptor[5])
		return -EPIPE;
	dev->configuration = (uint8_t)request.value;
	release_halts(dev);
	return 0;
}

static int set_interface(struct usb_device *dev, struct request request)
{
	if (request.value != 0 || request.index != 0)
		return -EPIPE;
	release_halts(dev);
	return 0;
}

static int read_request(struct usb_device *dev, struct usb_urb *urb, struct request request)
{
	static const uint8_t alternate_setting = 0;

	switch (request.code) {
	case GET_STATUS:
		return get_status(dev, urb, request);
	case GET_DESCRIPTOR:
		return get_descriptor(dev, urb, request);
	case GET_CONFIGURATION:
		usb_answer(urb, &dev->configuration, 1);
		return 0;
	case GET_INTERFACE:
		if (request.index)
			return -EPIPE;
		usb_answer(urb, &alternate_setting, 1);
		return 0;
	default:
		return -EPIPE;
	}
}

static int write_request(struct usb_device *dev, struct request request)
{
	switch (request.code) {
	case CLEAR_FEATURE:
		return set_feature(dev, request, false);
	case SET_FEATURE:
		return set_feature(dev, request, true);
	case SET_ADDRESS:
		return request.value < 128 ? 0 : -EPIPE;
	case SET_CONFIGURATION:
		return set_configuration(dev, request);
	case SET_INTERFACE:
		return set_interface(dev, request);
	default:
		return -EPIPE;
	}
}

int usb_control(struct usb_device *dev, struct usb_urb *urb)
{
	struct request request = parse(urb->setup);

	if (request.type != 0)
		return -EPIPE;
	return request.in ? read_request(dev, urb, request) : write_request(dev, request);
}
