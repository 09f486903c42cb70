/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/tty_server.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/rig/tty_wire.h"

struct tty_server {
	struct uart_wire *wire;
	int owner; /* who has the port, or -1 */

	struct board *board; /* whose CEN @line pulls */
	unsigned line;
	uint64_t wire_ns, board_ns; /* both times when the port was opened */
};

static void set_lines(struct tty_server *server, unsigned lines, uint64_t ns)
{
	uart_wire_set_lines(server->wire, lines & TTY_RTS, lines & TTY_DTR, ns);
	if (server->line)
		board_pull_cen(server->board, lines & server->line,
			       server->board_ns + ns - server->wire_ns);
}

static int64_t obey(struct tty_server *server, const struct rig_request *request, uint8_t *data)
{
	struct uart_wire *wire = server->wire;
	uint64_t ns = request->ns;
	size_t most = request->argument < RIG_WIRE_DATA ? (size_t)request->argument : RIG_WIRE_DATA;

	uart_wire_advance(wire, ns);
	switch (request->op) {
	case TTY_OPEN:
		return 0;
	case TTY_RATE:
		uart_wire_set_rate(wire, (uint32_t)request->argument, ns);
		return 0;
	case TTY_LINES:
		set_lines(server, (unsigned)request->argument, ns);
		return 0;
	case TTY_WRITE:
		return (int64_t)uart_wire_write(wire, data, request->length, ns);
	case TTY_READ:
		return (int64_t)uart_wire_read(wire, data, most, ns);
	case TTY_WAIT:
		return uart_wire_wait(wire, request->argument) == UART_WIRE_NEVER ? 0 : 1;
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

/* Answers a request of the program that has the port open. */
static bool answer(void *data, int fd)
{
	struct tty_server *server = data;
	uint8_t bytes[RIG_WIRE_DATA];
	struct rig_request request;
	struct rig_answer answer = {.status = -EBUSY, .ns = RIG_WIRE_NEVER};

	if (!local_take(fd, &request, sizeof(request)) || request.op >= TTY_OPS ||
	    request.length > sizeof(bytes) ||
	    (request.length && !local_take(fd, bytes, request.length)))
		return false;
	if (server->owner < 0) {
		server->owner = fd;
		/* The program that opens it has just used the adapter, if anything. */
		server->wire_ns = uart_wire_now(server->wire);
		server->board_ns = board_now(server->board);
	}
	if (server->owner != fd) {
		local_give(fd, &answer, sizeof(answer));
		return false;
	}
	answer.status = obey(server, &request, bytes);
	answer.ns = uart_wire_now(server->wire);
	if (request.op == TTY_WAIT && !answer.status)
		answer.ns = RIG_WIRE_NEVER;
	if (answer.status < 0)
		return false;
	if (request.op == TTY_READ)
		answer.length = (uint32_t)answer.status;
	return local_give(fd, &answer, sizeof(answer)) &&
	       (!answer.length || local_give(fd, bytes, answer.length));
}

static void drop(void *data, int fd)
{
	struct tty_server *server = data;

	if (fd != server->owner)
		return;
	server->owner = -1;
	/* Pending bytes are sent, and the lines fall: HUPCL is set in all defaults. */
	uart_wire_drain(server->wire, 0);
	set_lines(server, 0, uart_wire_now(server->wire));
	uart_wire_flush_input(server->wire, uart_wire_now(server->wire));
}

struct local_server *tty_server_new(int listen_fd, struct uart_wire *wire, struct board *board,
				    unsigned line)
{
	static const struct local_server_ops ops = {.answer = answer, .drop = drop};
	struct tty_server *tty = malloc(sizeof(*tty));
	struct local_server *server;

	if (!tty)
		return NULL;
	*tty = (struct tty_server){.wire = wire, .owner = -1, .board = board, .line = line};
	server = local_server_new(listen_fd, &ops, tty);
	if (!server)
		free(tty);
	return server;
}
