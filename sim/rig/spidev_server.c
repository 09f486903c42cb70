/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/spidev_server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/rig/spidev_wire.h"

#define TRANSFERS_MOST 512

struct spidev_server {
	struct spidev *spidev;
	int lock_owner, line_owner, speed_owner; /* connections, or -1 */
	uint8_t data[SPIDEV_WIRE_DATA], answer[SPIDEV_WIRE_DATA];
};

/* Its transfers have their bytes in server->data, and receive theirs in server->answer. */
static int64_t message(struct spidev_server *server, const struct rig_request *request,
		       uint32_t *length)
{
	struct spidev_transfer transfers[TRANSFERS_MOST];
	size_t count = (size_t)request->argument, in = 0;
	size_t out = count * sizeof(struct spidev_wire_transfer);

	if (request->argument > TRANSFERS_MOST || out > request->length)
		return -EPROTO;
	for (size_t i = 0; i < count; i++) {
		struct spidev_wire_transfer wire;

		memcpy(&wire, server->data + i * sizeof(wire), sizeof(wire));
		if ((wire.sends && wire.length > request->length - out) ||
		    (wire.receives && wire.length > sizeof(server->answer) - in))
			return -EPROTO;
		transfers[i] = (struct spidev_transfer){
			.tx = wire.sends ? server->data + out : NULL,
			.rx = wire.receives ? server->answer + in : NULL,
			.length = wire.length,
			.hz = wire.hz,
			.delay_us = wire.delay_us,
			.cs_change = wire.cs_change,
		};
		out += wire.sends ? wire.length : 0;
		in += wire.receives ? wire.length : 0;
	}
	*length = (uint32_t)in;
	return spidev_message(server->spidev, transfers, count, request->ns);
}

static int64_t lock(struct spidev_server *server, int fd)
{
	int status = fd == server->lock_owner ? 0 : spidev_lock(server->spidev);

	if (!status)
		server->lock_owner = fd;
	return status;
}

static int64_t unlock(struct spidev_server *server, int fd)
{
	if (fd == server->lock_owner) {
		spidev_unlock(server->spidev);
		server->lock_owner = -1;
	}
	return 0;
}

static int64_t line_info(struct spidev_server *server, uint32_t number, uint32_t *length)
{
	const char *consumer = spidev_line_consumer(server->spidev, number);
	struct spidev_wire_line line = {.name = ""};

	if (number >= SPIDEV_LINES)
		return -EINVAL;
	spidev_line_name(number, line.name);
	if (consumer)
		strncpy(line.consumer, consumer, sizeof(line.consumer) - 1);
	if (number == SPIDEV_CEN_LINE) {
		line.output = server->spidev->line.output;
		line.open_drain = server->spidev->line.open_drain;
	}
	memcpy(server->answer, &line, sizeof(line));
	*length = sizeof(line);
	return 0;
}

static int64_t line(struct spidev_server *server, int fd, const struct rig_request *request)
{
	struct spidev *spidev = server->spidev;
	struct spidev_wish wish = {.as_is = true};
	int64_t status;

	if (request->length == sizeof(wish))
		memcpy(&wish, server->data, sizeof(wish));
	if (request->op == SPIDEV_LINE_REQUEST) {
		status = spidev_line_request(spidev, (uint32_t)request->argument, &wish,
					     request->ns);
		if (!status)
			server->line_owner = fd;
		return status;
	}
	if (fd != server->line_owner)
		return -EPROTO;
	if (request->op == SPIDEV_LINE_CONFIG)
		return spidev_line_config(spidev, &wish, request->ns);
	return request->op == SPIDEV_LINE_SET
		       ? spidev_line_set(spidev, request->argument, request->ns)
		       : spidev_line_get(spidev, request->ns);
}

static int64_t obey(struct spidev_server *server, int fd, const struct rig_request *request,
		    uint32_t *length)
{
	struct spidev *spidev = server->spidev;

	switch (request->op) {
	case SPIDEV_HELLO:
		return 0;
	case SPIDEV_MODE:
		return spidev_mode(spidev, (uint32_t)request->argument, request->ns);
	case SPIDEV_BITS:
		return spidev_bits(spidev, (uint32_t)request->argument, request->ns);
	case SPIDEV_SPEED:
		server->speed_owner = fd;
		return spidev_speed(spidev, (uint32_t)request->argument, request->ns);
	case SPIDEV_MESSAGE:
		return message(server, request, length);
	case SPIDEV_LOCK:
		return lock(server, fd);
	case SPIDEV_UNLOCK:
		return unlock(server, fd);
	case SPIDEV_LINE_INFO:
		return line_info(server, (uint32_t)request->argument, length);
	default:
		return line(server, fd, request);
	}
}

/* The sender dies in the middle of a command. */
static void kill_peer(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 1)
		kill(peer.pid, SIGKILL);
}

/* False: the client is gone, or violates the protocol. */
static bool answer(void *data, int fd)
{
	struct spidev_server *server = data;
	struct rig_request request;
	struct rig_answer answer = {.status = 0};

	if (!local_take(fd, &request, sizeof(request)) || request.op >= SPIDEV_OPS ||
	    request.length > sizeof(server->data) ||
	    (request.length && !local_take(fd, server->data, request.length)))
		return false;
	answer.status = obey(server, fd, &request, &answer.length);
	if (server->spidev->host_dies) {
		kill_peer(fd);
		server->spidev->host_dies = false;
		return false;
	}
	if (answer.status == -EPROTO)
		return false;
	if (answer.status < 0)
		answer.length = 0;
	answer.ns = spidev_now(server->spidev);
	return local_give(fd, &answer, sizeof(answer)) &&
	       (!answer.length || local_give(fd, server->answer, answer.length));
}

static void drop(void *data, int fd)
{
	struct spidev_server *server = data;

	unlock(server, fd);
	if (fd == server->line_owner) {
		server->line_owner = -1;
		spidev_line_release(server->spidev);
	}
	if (fd == server->speed_owner) {
		server->speed_owner = -1;
		spidev_close(server->spidev);
	}
}

struct local_server *spidev_server_new(int listen_fd, struct spidev *spidev)
{
	static const struct local_server_ops ops = {.answer = answer, .drop = drop};
	struct spidev_server *bus = calloc(1, sizeof(*bus));
	struct local_server *server;

	if (!bus)
		return NULL;
	bus->spidev = spidev;
	bus->lock_owner = bus->line_owner = bus->speed_owner = -1;
	server = local_server_new(listen_fd, &ops, bus);
	if (!server)
		free(bus);
	return server;
}
