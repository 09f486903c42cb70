/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/adapters/fake_libusb.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUEUE 64
#define PACKET 32
#define ECHO_ROOM 131072

struct fake_libusb fake_usb;

static struct libusb_transfer *in_flight[QUEUE];
static size_t in_count;
static int replies[4096]; /* lengths of replies that are due */
static size_t reply_count, reply_next;
static unsigned answered;
static uint8_t echo[ECHO_ROOM];
static size_t echo_in, echo_out;
static uint64_t now_us;

void fake_usb_add(uint16_t vendor, uint16_t product, uint8_t bus, uint8_t address, uint8_t port)
{
	fake_usb.devices[fake_usb.device_count++] = (struct libusb_device){.vendor = vendor,
									   .product = product,
									   .bus = bus,
									   .address = address,
									   .ports = {port, 2},
									   .port_count = 2};
}

void fake_usb_begin(void)
{
	memset(&fake_usb, 0, sizeof(fake_usb));
	in_count = reply_count = reply_next = answered = 0;
	echo_in = echo_out = 0;
	fake_usb_add(0x1a86, 0x5512, 1, 4, 3);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	if (id != CLOCK_MONOTONIC)
		return timespec_get(time, TIME_UTC) == TIME_UTC ? 0 : -1;
	time->tv_sec = (time_t)(now_us / 1000000);
	time->tv_nsec = (long)(now_us % 1000000 * 1000);
	return 0;
}

/* --- the library and its devices --- */

int libusb_init(libusb_context **context)
{
	*context = (libusb_context *)&fake_usb;
	fake_usb.began += !fake_usb.init;
	return fake_usb.init;
}

void libusb_exit(libusb_context *context)
{
	(void)context;
	fake_usb.exited++;
}

ssize_t libusb_get_device_list(libusb_context *context, libusb_device ***list)
{
	(void)context;
	if (fake_usb.list)
		return fake_usb.list;
	*list = calloc(FAKE_DEVICES + 1, sizeof(**list));
	for (size_t i = 0; i < fake_usb.device_count; i++)
		(*list)[i] = &fake_usb.devices[i];
	return (ssize_t)fake_usb.device_count;
}

void libusb_free_device_list(libusb_device **list, int unref)
{
	(void)unref;
	free(list);
}

int libusb_get_device_descriptor(libusb_device *device, struct libusb_device_descriptor *descriptor)
{
	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->idVendor = device->vendor;
	descriptor->idProduct = device->product;
	return 0;
}

int libusb_get_port_numbers(libusb_device *device, uint8_t *ports, int room)
{
	memcpy(ports, device->ports,
	       (size_t)(device->port_count < room ? device->port_count : room));
	return device->port_count;
}

uint8_t libusb_get_bus_number(libusb_device *device)
{
	return device->bus;
}

uint8_t libusb_get_device_address(libusb_device *device)
{
	return device->address;
}

int libusb_open(libusb_device *device, libusb_device_handle **handle)
{
	*handle = (libusb_device_handle *)device;
	fake_usb.opened += !fake_usb.open;
	return fake_usb.open;
}

void libusb_close(libusb_device_handle *handle)
{
	(void)handle;
	fake_usb.closed++;
}

int libusb_detach_kernel_driver(libusb_device_handle *handle, int interface)
{
	(void)handle, (void)interface;
	if (!fake_usb.kernel_driver)
		return LIBUSB_ERROR_NOT_FOUND;
	fake_usb.kernel_driver = false;
	return 0;
}

int libusb_claim_interface(libusb_device_handle *handle, int interface)
{
	(void)handle, (void)interface;
	if (fake_usb.kernel_driver)
		return LIBUSB_ERROR_BUSY;
	fake_usb.claimed += !fake_usb.claim;
	return fake_usb.claim;
}

int libusb_release_interface(libusb_device_handle *handle, int interface)
{
	(void)handle, (void)interface;
	fake_usb.claimed--;
	return 0;
}

/* --- transfers --- */

int libusb_clear_halt(libusb_device_handle *handle, unsigned char endpoint)
{
	(void)handle, (void)endpoint;
	fake_usb.cleared++;
	return 0;
}

int libusb_control_transfer(libusb_device_handle *handle, uint8_t type, uint8_t request,
			    uint16_t value, uint16_t index, unsigned char *data, uint16_t length,
			    unsigned timeout)
{
	(void)handle, (void)data, (void)timeout;
	fake_usb.control_type = type;
	fake_usb.control_request = request;
	fake_usb.control_value = value;
	fake_usb.control_index = index;
	return fake_usb.control ? fake_usb.control : length;
}

int libusb_bulk_transfer(libusb_device_handle *handle, unsigned char endpoint, unsigned char *data,
			 int length, int *actual, unsigned timeout)
{
	(void)handle, (void)endpoint, (void)data, (void)timeout;
	*actual = length;
	if (fake_usb.stale == 0)
		return LIBUSB_ERROR_TIMEOUT;
	fake_usb.stale--;
	fake_usb.drained++;
	return 0;
}

struct libusb_transfer *libusb_alloc_transfer(int packets)
{
	(void)packets;
	if (fake_usb.no_transfers)
		return NULL;
	fake_usb.transfers++;
	return calloc(1, sizeof(struct libusb_transfer));
}

void libusb_free_transfer(struct libusb_transfer *transfer)
{
	fake_usb.transfers--;
	free(transfer);
}

int libusb_submit_transfer(struct libusb_transfer *transfer)
{
	if (fake_usb.submit)
		return fake_usb.submit;
	transfer->status = LIBUSB_TRANSFER_COMPLETED;
	in_flight[in_count++] = transfer;
	return 0;
}

int libusb_cancel_transfer(struct libusb_transfer *transfer)
{
	transfer->status = LIBUSB_TRANSFER_CANCELLED;
	fake_usb.cancelled++;
	return 0;
}

static void give_back(size_t index)
{
	struct libusb_transfer *transfer = in_flight[index];

	memmove(in_flight + index, in_flight + index + 1,
		(--in_count - index) * sizeof(in_flight[0]));
	transfer->callback(transfer);
}

static void take_echo(const struct libusb_transfer *out)
{
	memcpy(echo + echo_in, out->buffer, (size_t)out->length);
	echo_in += (size_t)out->length;
	replies[reply_count++] = out->length;
}

/* Each packet of an A8 slice is answered with as many bytes as it shifts; AB has no answer. */
static void take_slices(const struct libusb_transfer *out)
{
	for (int at = 0; at < out->length; at += PACKET) {
		int left = out->length - at;

		if (out->buffer[at] == 0xa8)
			replies[reply_count++] = (left < PACKET ? left : PACKET) - 1;
	}
}

static void take(struct libusb_transfer *out)
{
	if (fake_usb.echo)
		take_echo(out);
	else
		take_slices(out);
	out->status = fake_usb.out_status;
	out->actual_length = out->length - (fake_usb.short_out ? 1 : 0);
}

static int next_of_script(void)
{
	if (fake_usb.script_size == 0) {
		fake_usb.silent = true;
		return 0;
	}
	fake_usb.script_size--;
	return *fake_usb.script++;
}

/*
 * One byte for each answer. Below 80h: no fault. Otherwise its low bits are a status, the others a
 * length.
 */
static void answer_by_script(struct libusb_transfer *in, int length)
{
	int what = next_of_script();

	in->status = LIBUSB_TRANSFER_COMPLETED;
	if (what & 0x80) {
		in->status = (enum libusb_transfer_status)((what & 7) % 7);
		length = (length + (what >> 3 & 15)) % (in->length + 1);
	}
	memset(in->buffer, what, (size_t)length);
	in->actual_length = length;
}

static void answer(struct libusb_transfer *in)
{
	int length = replies[reply_next++];

	if (fake_usb.scripted) {
		answer_by_script(in, length);
		return;
	}
	in->status = LIBUSB_TRANSFER_COMPLETED;
	if (++answered == fake_usb.bad_reply) {
		in->status = fake_usb.status;
		length -= fake_usb.short_reply;
	}
	memset(in->buffer, 0, (size_t)length);
	if (fake_usb.echo) {
		memcpy(in->buffer, echo + echo_out, (size_t)length);
		echo_out += (size_t)length;
	}
	in->actual_length = length;
}

static bool one_event(void)
{
	for (size_t i = 0; i < in_count; i++) {
		struct libusb_transfer *transfer = in_flight[i];
		bool is_in = transfer->endpoint & 0x80;

		if (transfer->status == LIBUSB_TRANSFER_CANCELLED) {
			if (fake_usb.keeps_transfers)
				continue;
		} else if (!is_in) {
			take(transfer);
		} else if (!fake_usb.silent && reply_next < reply_count) {
			answer(transfer);
		} else {
			continue;
		}
		give_back(i);
		return true;
	}
	return false;
}

int libusb_handle_events_timeout(libusb_context *context, struct timeval *timeout)
{
	int error = fake_usb.events;

	(void)context;
	fake_usb.events = 0;
	if (error)
		return error;
	if (one_event())
		now_us += fake_usb.event_us;
	else
		now_us += (uint64_t)timeout->tv_sec * 1000000 + (uint64_t)timeout->tv_usec;
	return 0;
}
