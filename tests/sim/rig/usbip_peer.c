/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/rig/usbip_peer.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/rig/listen.h"

#define DELAY_NS 1000

static const uint8_t device_descriptor[18] = {18,   1,	  0x10, 1, 0xff, 0, 2, 8, 0x86,
					      0x1a, 0x12, 0x55, 4, 3,	 0, 0, 0, 1};
static const uint8_t config_descriptor[39] = {
	9,    2, 39, 0, 1, 1, 0, 0x80, 0x30, 9,	 4, 0, 0, 3, 0xff, 1, 2, 0, 7, 5,
	0x82, 2, 32, 0, 0, 7, 5, 2,    2,    32, 0, 0, 7, 5, 0x81, 3, 8, 0, 1,
};

static void answer(struct echo *echo, uint64_t now_ns)
{
	struct usb_urb *urb = echo->waiting;

	if (!urb || !echo->kept_length)
		return;
	echo->waiting = NULL;
	urb->actual = echo->kept_length < urb->length ? echo->kept_length : urb->length;
	memcpy(urb->data, echo->kept, urb->actual);
	echo->kept_length = 0;
	usb_complete(&echo->usb, urb, 0, now_ns + DELAY_NS + echo->more_ns);
}

static void submit(struct usb_device *dev, struct usb_urb *urb)
{
	struct echo *echo = (struct echo *)dev;

	echo->submitted++;
	if (dev->now_ns < urb->submit_ns)
		dev->now_ns = urb->submit_ns;
	if (urb->endpoint == 0x82) {
		assert_null(echo->waiting);
		echo->waiting = urb;
	} else {
		echo->kept_length = urb->length < 64 ? urb->length : 64;
		if (urb->endpoint == 0x02)
			memcpy(echo->kept, urb->data, echo->kept_length);
		urb->actual = urb->length;
		usb_complete(dev, urb, 0, urb->submit_ns + DELAY_NS + echo->more_ns);
	}
	answer(echo, urb->submit_ns);
}

static void take_back(struct usb_device *dev, struct usb_urb *urb, uint64_t now_ns)
{
	struct echo *echo = (struct echo *)dev;

	if (echo->waiting != urb)
		return;
	echo->waiting = NULL;
	echo->unlinked++;
	usb_complete(dev, urb, -ECONNRESET, now_ns);
}

static const struct usb_device_ops echo_ops = {.submit = submit, .unlink = take_back};

void plug_in(struct fixture *f, uint64_t unplug_ns)
{
	struct usbip_export export = {.device = &f->echo.usb, .unplug_ns = unplug_ns};
	char address[96], error[128];
	int fd;

	memset(&f->echo, 0, sizeof(f->echo));
	f->echo.usb.ops = &echo_ops;
	f->echo.usb.device_descriptor = device_descriptor;
	f->echo.usb.config_descriptor = config_descriptor;
	f->echo.usb.done_tail = &f->echo.usb.done;
	snprintf(address, sizeof(address), "unix:%s", f->path);
	fd = listen_on(address, error, sizeof(error));
	assert_true(fd >= 0);
	f->server = usbip_new(fd, &export, 1);
	assert_non_null(f->server);
}

int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->directory, "/tmp/test-usbip-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	snprintf(f->path, sizeof(f->path), "%s/s", f->directory);
	plug_in(f, USBIP_NEVER);
	*state = f;
	return 0;
}

int tear_down(void **state)
{
	struct fixture *f = *state;

	usbip_free(f->server);
	unlink(f->path);
	rmdir(f->directory);
	free(f);
	return 0;
}

void pump(struct fixture *f)
{
	for (int i = 0; i < 4; i++)
		assert_int_equal(usbip_serve(f->server, -1, 0), 0);
}

int dial(struct fixture *f)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(name.sun_path, f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	pump(f);
	return fd;
}

void say(struct fixture *f, int fd, const void *bytes, size_t length)
{
	/* The server may have hung up: then the bytes are lost, as in reality. */
	send(fd, bytes, length, MSG_NOSIGNAL);
	pump(f);
}

void hear(int fd, void *bytes, size_t length)
{
	assert_int_equal(recv(fd, bytes, length, MSG_DONTWAIT | MSG_WAITALL), length);
}

void silence(int fd)
{
	uint8_t byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

void hung_up(int fd)
{
	uint8_t byte;
	ssize_t n = recv(fd, &byte, 1, MSG_DONTWAIT);

	assert_true(n == 0 || (n < 0 && errno == ECONNRESET));
	close(fd);
}

size_t import_request(uint8_t *at, const char *busid, uint32_t mark)
{
	memset(at, 0, USBIP_OP_SIZE + USBIP_BUSID_SIZE);
	usbip_put16(at, USBIP_VERSION);
	usbip_put16(at + 2, USBIP_OP_REQ_IMPORT);
	usbip_put32(at + 4, mark);
	strcpy((char *)at + USBIP_OP_SIZE, busid);
	return USBIP_OP_SIZE + USBIP_BUSID_SIZE;
}

uint32_t import(struct fixture *f, int fd, const char *busid, uint32_t mark)
{
	uint8_t bytes[USBIP_DEVICE_SIZE];
	uint32_t status;

	say(f, fd, bytes, import_request(bytes, busid, mark));
	hear(fd, bytes, USBIP_OP_SIZE);
	assert_int_equal(usbip_get16(bytes), USBIP_VERSION);
	assert_int_equal(usbip_get16(bytes + 2), USBIP_OP_REP_IMPORT);
	status = usbip_get32(bytes + 4);
	if (status == USBIP_ST_OK) {
		hear(fd, bytes, USBIP_DEVICE_SIZE);
		assert_string_equal((char *)bytes + USBIP_DEV_BUSID, "1-1");
		assert_int_equal(usbip_get32(bytes + USBIP_DEV_DEVNUM), 2);
	}
	return status;
}

size_t header(uint8_t *at, uint32_t command, uint32_t seqnum, uint32_t direction, uint32_t ep,
	      uint32_t length)
{
	memset(at, 0, USBIP_HEADER_SIZE);
	usbip_put32(at + USBIP_COMMAND, command);
	usbip_put32(at + USBIP_SEQNUM, seqnum);
	usbip_put32(at + USBIP_DEVID, DEVID);
	usbip_put32(at + USBIP_DIRECTION, direction);
	usbip_put32(at + USBIP_EP, ep);
	usbip_put32(at + USBIP_LENGTH, length);
	return USBIP_HEADER_SIZE;
}

void expect(const uint8_t *at, uint32_t command, uint32_t seqnum, int status)
{
	assert_int_equal(usbip_get32(at + USBIP_COMMAND), command);
	assert_int_equal(usbip_get32(at + USBIP_SEQNUM), seqnum);
	assert_int_equal((int)usbip_get32(at + USBIP_STATUS), status);
}

void still_serves(struct fixture *f)
{
	const uint8_t request[8] = {0x01, 0x11, 0x80, 0x05};
	uint8_t reply[12 + USBIP_DEVICE_SIZE + 4];
	int fd = dial(f);

	say(f, fd, request, sizeof(request));
	hear(fd, reply, sizeof(reply));
	assert_int_equal(usbip_get32(reply + 8), 1);
	assert_int_equal(usbip_get16(reply + 12 + USBIP_DEV_VENDOR), 0x1a86);
	assert_int_equal(usbip_get16(reply + 12 + USBIP_DEV_VENDOR + 2), 0x5512);
	assert_int_equal(reply[12 + USBIP_DEV_INTERFACES], 1);
	assert_int_equal(reply[12 + USBIP_DEVICE_SIZE], 0xff);
	silence(fd);
	assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
	close(fd);
	pump(f);
	assert_null(f->echo.waiting);
	f->echo.kept_length = 0;
}
