/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/usbip.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/rig/usbip_client.h"
#include "sim/rig/usbip_wire.h"

#define MAX_CLIENTS 32
#define READ_SIZE ((size_t)256 * 1024)
#define OUT_LIMIT ((size_t)8 << 20) /* a client that reads no answers is not heard */

struct usbip_server {
	int listen_fd;
	struct usbip_lent devices[USBIP_MAX_DEVICES];
	size_t device_count;
	struct usbip_client *clients[MAX_CLIENTS];
	size_t client_count;
};

struct usbip_server *usbip_new(int listen_fd, const struct usbip_export *exports, size_t count)
{
	struct usbip_server *server;

	if (count > USBIP_MAX_DEVICES)
		return NULL;
	server = calloc(1, sizeof(*server));
	if (!server)
		return NULL;
	server->listen_fd = listen_fd;
	server->device_count = count;
	for (size_t i = 0; i < count; i++) {
		server->devices[i].device = exports[i].device;
		server->devices[i].unplug_ns = exports[i].unplug_ns;
	}
	return server;
}

static void hang_up(struct usbip_client *client)
{
	client_release(client);
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

static void forget(struct usbip_server *server, size_t index)
{
	struct usbip_client *client = server->clients[index];

	hang_up(client);
	buffer_free(&client->in);
	buffer_free(&client->out);
	free(client);
	server->clients[index] = server->clients[--server->client_count];
}

void usbip_free(struct usbip_server *server)
{
	if (!server)
		return;
	while (server->client_count)
		forget(server, server->client_count - 1);
	close(server->listen_fd);
	free(server);
}

static bool flush(struct usbip_client *client)
{
	while (buffer_used(&client->out)) {
		ssize_t n = send(client->fd, buffer_front(&client->out), buffer_used(&client->out),
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		buffer_drop(&client->out, (size_t)n);
	}
	return true;
}

/* Handles the client's messages until it has sent no more. False: it is gone, or has to go. */
static bool hear(struct usbip_client *client)
{
	while (buffer_used(&client->out) < OUT_LIMIT) {
		uint8_t *room = buffer_room(&client->in, READ_SIZE);
		ssize_t n;

		if (!room)
			return false;
		n = recv(client->fd, room, READ_SIZE, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		if (n == 0)
			return false;
		buffer_commit(&client->in, (size_t)n);
		if (!client_feed(client)) {
			flush(client); /* what was pending for it */
			return false;
		}
		if (!flush(client))
			return false;
		if ((size_t)n < READ_SIZE)
			break;
	}
	return true;
}

static void settle(struct usbip_client *holder)
{
	struct pollfd poll_fd = {.fd = holder->fd, .events = POLLIN};

	while (holder->fd >= 0 && poll(&poll_fd, 1, 0) > 0)
		if (!hear(holder) || buffer_used(&holder->out) >= OUT_LIMIT)
			hang_up(holder);
}

static void welcome(struct usbip_server *server)
{
	struct usbip_client *client;
	int yes = 1, fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	client = server->client_count < MAX_CLIENTS ? calloc(1, sizeof(*client)) : NULL;
	if (!client) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)); /* a unix socket refuses it */
	client->fd = fd;
	client->devices = server->devices;
	client->device_count = server->device_count;
	client->settle = settle;
	server->clients[server->client_count++] = client;
}

int usbip_serve(struct usbip_server *server, int wake_fd, int timeout_ms)
{
	struct pollfd fds[2 + MAX_CLIENTS];
	size_t count = server->client_count;

	fds[0] = (struct pollfd){.fd = wake_fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = server->listen_fd, .events = POLLIN};
	for (size_t i = 0; i < count; i++) {
		size_t owed = buffer_used(&server->clients[i]->out);

		fds[2 + i] = (struct pollfd){.fd = server->clients[i]->fd};
		if (owed)
			fds[2 + i].events |= POLLOUT;
		if (owed < OUT_LIMIT)
			fds[2 + i].events |= POLLIN;
	}
	for (size_t i = 0; i < count; i++) {
		int left = client_time_left(server->clients[i]);

		if (left >= 0 && (timeout_ms < 0 || left < timeout_ms))
			timeout_ms = left;
	}
	if (poll(fds, 2 + count, timeout_ms) < 0)
		return errno == EINTR ? 0 : -errno;

	for (size_t i = 0; i < count; i++) {
		struct usbip_client *client = server->clients[i];
		bool ok = client->fd >= 0;

		if (ok && fds[2 + i].revents & POLLOUT)
			ok = flush(client);
		if (ok && fds[2 + i].revents & (POLLIN | POLLERR | POLLHUP))
			ok = hear(client);
		if (client_time_left(client) == 0)
			ok = false;
		if (!ok)
			hang_up(client);
	}
	for (size_t i = count; i-- > 0;)
		if (server->clients[i]->fd < 0)
			forget(server, i);
	if (fds[1].revents)
		welcome(server);
	return fds[0].revents ? 1 : 0;
}

bool usbip_unplugged(const struct usbip_server *server, size_t index)
{
	return index < server->device_count && server->devices[index].gone;
}
