/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_server.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sim/rig/shim_libc.h"
#include "sim/rig/usbip_wire.h"

int server_connect(bool close_on_exec)
{
	return server_connect_to("BEKEN_SIM_SOCKET", close_on_exec);
}

int server_connect_to(const char *variable, bool close_on_exec)
{
	const char *path = getenv(variable);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (!path || strlen(path) >= sizeof(name.sun_path))
		return -ENODEV;
	memcpy(name.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | (close_on_exec ? SOCK_CLOEXEC : 0), 0);
	if (fd < 0)
		return -errno;
	if (libc_connect(fd, (struct sockaddr *)&name, sizeof(name))) {
		libc_close(fd);
		return -ENODEV;
	}
	return fd;
}

static int send_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = libc_send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -ENODEV;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

static int receive_all(int fd, uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = libc_recv(fd, bytes, length, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -ENODEV;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int server_import(int fd, unsigned bus, unsigned device)
{
	uint8_t request[USBIP_OP_SIZE + USBIP_BUSID_SIZE] = {0};
	uint8_t reply[USBIP_DEVICE_SIZE];

	usbip_put16(request, USBIP_VERSION);
	usbip_put16(request + 2, USBIP_OP_REQ_IMPORT);
	usbip_put32(request + 4, USBIP_TIME_MAGIC);
	snprintf((char *)request + USBIP_OP_SIZE, USBIP_BUSID_SIZE, "%u-%u", bus, device - 1);
	if (send_all(fd, request, sizeof(request)) || receive_all(fd, reply, USBIP_OP_SIZE))
		return -ENODEV;
	if (usbip_get32(reply + 4) == USBIP_ST_DEV_BUSY)
		return -EBUSY;
	if (usbip_get32(reply + 4) != USBIP_ST_OK || receive_all(fd, reply, USBIP_DEVICE_SIZE))
		return -ENODEV;
	return reply[USBIP_DEV_INTERFACES];
}
