/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/local_server.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 8

struct local_server {
	int listen_fd, epoll_fd;
	const struct local_server_ops *ops;
	void *data;
};

static bool watch(struct local_server *server, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct local_server *local_server_new(int listen_fd, const struct local_server_ops *ops, void *data)
{
	struct local_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	*server = (struct local_server){.listen_fd = listen_fd,
					.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
					.ops = ops,
					.data = data};
	if (server->epoll_fd < 0 || !watch(server, listen_fd)) {
		if (server->epoll_fd >= 0)
			close(server->epoll_fd);
		free(server);
		return NULL;
	}
	return server;
}

void local_server_free(struct local_server *server)
{
	if (!server)
		return;
	close(server->epoll_fd);
	close(server->listen_fd);
	free(server->data);
	free(server);
}

int local_server_fd(const struct local_server *server)
{
	return server->epoll_fd;
}

bool local_take(int fd, void *bytes, size_t length)
{
	return recv(fd, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

bool local_give(int fd, const void *bytes, size_t length)
{
	return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

void local_server_serve(struct local_server *server)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(server->epoll_fd, events, EVENTS, 0);

	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;

		if (fd == server->listen_fd) {
			fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0 && !watch(server, fd))
				close(fd);
		} else if (!server->ops->answer(server->data, fd)) {
			server->ops->drop(server->data, fd);
			close(fd);
		}
	}
}
