/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/net_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/rig/net_wire.h"

#define STEP_NS UINT64_C(1000000)
#define WAIT_MOST_NS UINT64_C(60000000000)

struct net_server {
	struct uart_bridge *bridge;
	int fds[UART_BRIDGE_CONNECTIONS]; /* the owner of each connection, or -1 */
};

static int id_of(const struct net_server *server, int fd)
{
	for (int i = 0; i < (int)UART_BRIDGE_CONNECTIONS; i++)
		if (server->fds[i] == fd)
			return i;
	return -1;
}

static int64_t open_connection(struct net_server *server, int fd, const struct rig_request *request,
			       uint8_t *data, uint32_t *length)
{
	uint64_t established;
	int id = uart_bridge_connect(server->bridge, (enum uart_bridge_port)request->argument,
				     request->ns, &established);

	if (id < 0)
		return -ECONNREFUSED;
	server->fds[id] = fd;
	memcpy(data, &established, sizeof(established));
	*length = sizeof(established);
	return id;
}

static uint32_t events_of(const struct uart_bridge *bridge, uint32_t id)
{
	return (uart_bridge_readable(bridge, (int)id) ? NET_IN : 0) |
	       (uart_bridge_writable(bridge, (int)id) ? NET_OUT : 0);
}

static int64_t poll_all(struct net_server *server, const struct rig_request *request, uint8_t *data,
			uint32_t *length)
{
	struct net_wish wishes[NET_WIRE_WISHES];
	size_t count = request->length / sizeof(wishes[0]);
	uint64_t end = request->argument, now;
	int64_t ready = 0;

	if (count > NET_WIRE_WISHES)
		return -EINVAL;
	memcpy(wishes, data, count * sizeof(wishes[0]));
	for (size_t i = 0; i < count; i++)
		if (wishes[i].id >= UART_BRIDGE_CONNECTIONS || server->fds[wishes[i].id] < 0)
			return -EINVAL;
	uart_bridge_advance(server->bridge, request->ns);
	now = uart_bridge_now(server->bridge);
	if (end > now + WAIT_MOST_NS)
		end = now + WAIT_MOST_NS;
	for (;;) {
		for (size_t i = 0; i < count; i++)
			ready += (events_of(server->bridge, wishes[i].id) & wishes[i].events) != 0;
		now = uart_bridge_now(server->bridge);
		if (ready || now >= end)
			break;
		now = (now / STEP_NS + 1) * STEP_NS;
		uart_bridge_advance(server->bridge, now < end ? now : end);
	}
	for (size_t i = 0; i < count; i++)
		wishes[i].events &= events_of(server->bridge, wishes[i].id);
	memcpy(data, wishes, count * sizeof(wishes[0]));
	*length = (uint32_t)(count * sizeof(wishes[0]));
	return ready;
}

static int64_t read_some(struct net_server *server, int id, const struct rig_request *request,
			 uint8_t *data, uint32_t *length)
{
	size_t most = request->argument < RIG_WIRE_DATA ? (size_t)request->argument : RIG_WIRE_DATA;
	long got = uart_bridge_read(server->bridge, id, data, most, request->ns);

	if (got <= 0)
		return got < 0 ? 0 : -EAGAIN;
	*length = (uint32_t)got;
	return got;
}

static int64_t obey(struct net_server *server, int fd, const struct rig_request *request,
		    uint8_t *data, uint32_t *length)
{
	int id = id_of(server, fd);
	long wrote;

	if (request->op == NET_OPEN)
		return id < 0 ? open_connection(server, fd, request, data, length) : -EINVAL;
	if (request->op == NET_POLL)
		return poll_all(server, request, data, length);
	if (id < 0)
		return -EINVAL;
	switch (request->op) {
	case NET_WRITE:
		wrote = uart_bridge_write(server->bridge, id, data, request->length, request->ns);
		return wrote < 0 ? -EPIPE : wrote;
	case NET_READ:
		return read_some(server, id, request, data, length);
	default:
		return uart_bridge_refused(server->bridge, id);
	}
}

static bool answer(void *data, int fd)
{
	struct net_server *server = data;
	struct rig_answer answer = {.status = 0};
	uint8_t bytes[RIG_WIRE_DATA];
	struct rig_request request;

	if (!local_take(fd, &request, sizeof(request)) || request.op >= NET_OPS ||
	    request.length > sizeof(bytes) ||
	    (request.length && !local_take(fd, bytes, request.length)))
		return false;
	answer.status = obey(server, fd, &request, bytes, &answer.length);
	answer.ns = uart_bridge_now(server->bridge);
	return local_give(fd, &answer, sizeof(answer)) &&
	       (!answer.length || local_give(fd, bytes, answer.length));
}

static void drop(void *data, int fd)
{
	struct net_server *server = data;
	int id = id_of(server, fd);

	if (id < 0)
		return;
	server->fds[id] = -1;
	uart_bridge_close(server->bridge, id, uart_bridge_now(server->bridge));
}

struct local_server *net_server_new(int listen_fd, struct uart_bridge *bridge)
{
	static const struct local_server_ops ops = {.answer = answer, .drop = drop};
	struct net_server *net = malloc(sizeof(*net));
	struct local_server *server;

	if (!net)
		return NULL;
	net->bridge = bridge;
	memset(net->fds, -1, sizeof(net->fds));
	server = local_server_new(listen_fd, &ops, net);
	if (!server)
		free(net);
	return server;
}
