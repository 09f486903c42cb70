/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/tty_server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/rig/tty_wire.h"

#define EVENTS 8

struct tty_server {
	int listen_fd, epoll_fd;
	struct uart_wire *wire;
	int owner;	  /* who has the port, or -1 */
	uint64_t base_ns; /* the wire's time when it was opened */
};

static bool watch(struct tty_server *server, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct tty_server *tty_server_new(int listen_fd, struct uart_wire *wire)
{
	struct tty_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->listen_fd = listen_fd;
	server->wire = wire;
	server->owner = -1;
	server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (server->epoll_fd < 0 || !watch(server, listen_fd)) {
		if (server->epoll_fd >= 0)
			close(server->epoll_fd);
		free(server);
		return NULL;
	}
	return server;
}

void tty_server_free(struct tty_server *server)
{
	if (!server)
		return;
	if (server->owner >= 0)
		close(server->owner);
	close(server->epoll_fd);
	close(server->listen_fd);
	free(server);
}

int tty_server_fd(const struct tty_server *server)
{
	return server->epoll_fd;
}

/* The client sends a request in one piece and then waits, so that this never waits long. */
static bool take(int fd, void *bytes, size_t length)
{
	return recv(fd, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

static bool give(int fd, const void *bytes, size_t length)
{
	return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static uint64_t after(uint64_t base, uint64_t ns)
{
	return ns > UINT64_MAX / 2 ? UART_WIRE_NEVER : base + ns;
}

static int64_t obey(struct tty_server *server, const struct tty_request *request, uint8_t *data)
{
	struct uart_wire *wire = server->wire;
	uint64_t ns = after(server->base_ns, request->ns);
	size_t most = request->argument < TTY_WIRE_DATA ? (size_t)request->argument : TTY_WIRE_DATA;

	if (ns == UART_WIRE_NEVER)
		return -EINVAL;
	uart_wire_advance(wire, ns);
	switch (request->op) {
	case TTY_OPEN:
		return 0;
	case TTY_RATE:
		uart_wire_set_rate(wire, (uint32_t)request->argument, ns);
		return 0;
	case TTY_LINES:
		uart_wire_set_lines(wire, request->argument & TTY_RTS, request->argument & TTY_DTR,
				    ns);
		return 0;
	case TTY_WRITE:
		return (int64_t)uart_wire_write(wire, data, request->length, ns);
	case TTY_READ:
		return (int64_t)uart_wire_read(wire, data, most, ns);
	case TTY_WAIT:
		return uart_wire_wait(wire, after(server->base_ns, request->argument)) ==
				       UART_WIRE_NEVER
			       ? 0
			       : 1;
	case TTY_DRAIN:
		uart_wire_drain(wire, (size_t)request->argument);
		return 0;
	case TTY_FLUSH_INPUT:
		uart_wire_flush_input(wire, ns);
		return 0;
	case TTY_FLUSH_OUTPUT:
		uart_wire_flush_output(wire, ns);
		return 0;
	case TTY_READABLE:
		return (int64_t)uart_wire_readable(wire);
	case TTY_UNSENT:
		return (int64_t)uart_wire_unsent(wire);
	default:
		return -EINVAL;
	}
}

/* A request of the program that has the port. False: it is gone. */
static bool answer(struct tty_server *server, int fd)
{
	uint8_t data[TTY_WIRE_DATA];
	struct tty_request request;
	struct tty_answer answer;

	if (!take(fd, &request, sizeof(request)) || request.op >= TTY_OPS ||
	    request.length > sizeof(data) || (request.length && !take(fd, data, request.length)))
		return false;
	if (server->owner < 0) {
		server->owner = fd;
		server->base_ns = uart_wire_now(server->wire) - request.ns;
	}
	if (server->owner != fd) {
		answer = (struct tty_answer){.status = -EBUSY};
		give(fd, &answer, sizeof(answer));
		return false;
	}
	answer.status = obey(server, &request, data);
	answer.ns = uart_wire_now(server->wire) - server->base_ns;
	if (request.op == TTY_WAIT && !answer.status)
		answer.ns = TTY_WIRE_NEVER;
	if (answer.status < 0)
		return false;
	return give(fd, &answer, sizeof(answer)) &&
	       (request.op != TTY_READ || !answer.status || give(fd, data, (size_t)answer.status));
}

static void drop(struct tty_server *server, int fd)
{
	if (fd == server->owner) {
		server->owner = -1;
		/* What was written goes out, and the lines fall: HUPCL is set in every default. */
		uart_wire_drain(server->wire, 0);
		uart_wire_set_lines(server->wire, false, false, uart_wire_now(server->wire));
		uart_wire_flush_input(server->wire, uart_wire_now(server->wire));
	}
	close(fd);
}

void tty_server_serve(struct tty_server *server)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(server->epoll_fd, events, EVENTS, 0);

	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;

		if (fd == server->listen_fd) {
			fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0 && !watch(server, fd))
				close(fd);
		} else if (!answer(server, fd)) {
			drop(server, fd);
		}
	}
}
