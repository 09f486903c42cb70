/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/serprog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACK 0x06
#define NAK 0x15

#define S_CMD_NOP 0x00
#define S_CMD_Q_IFACE 0x01
#define S_CMD_Q_CMDMAP 0x02
#define S_CMD_Q_PGMNAME 0x03
#define S_CMD_Q_SERBUF 0x04
#define S_CMD_Q_BUSTYPE 0x05
#define S_CMD_Q_OPBUF 0x07
#define S_CMD_Q_WRNMAXLEN 0x08
#define S_CMD_O_INIT 0x0b
#define S_CMD_O_DELAY 0x0e
#define S_CMD_O_EXEC 0x0f
#define S_CMD_SYNCNOP 0x10
#define S_CMD_Q_RDNMAXLEN 0x11
#define S_CMD_S_BUSTYPE 0x12
#define S_CMD_O_SPIOP 0x13
#define S_CMD_S_SPI_FREQ 0x14
#define S_CMD_S_PIN_STATE 0x15
#define COMMANDS 0x16

#define INTERFACE_VERSION 1
#define BUS_SPI 0x08
#define OPBUF_SIZE 0xffff

/* Opcode, up to four address bytes and a dummy byte come on top of the data. */
#define OP_EXTRA 6

/* How soon a client is dropped if it has to be, and how often a die is kept awake (die_idle()). */
#define POLL_MS 20

struct server {
	int fd;
	const struct serprog_target *target;
	bool hung_up;
	uint8_t in[4096];
	size_t in_at, in_len;
	uint8_t *tx, *rx; /* rx has room for the ACK in front */
};

/* The number of parameter bytes after a command byte; -1 for an unknown command. */
static int parameters(uint8_t command)
{
	static const int8_t lengths[COMMANDS] = {
		[S_CMD_NOP] = 0,
		[S_CMD_Q_IFACE] = 0,
		[S_CMD_Q_CMDMAP] = 0,
		[S_CMD_Q_PGMNAME] = 0,
		[S_CMD_Q_SERBUF] = 0,
		[S_CMD_Q_BUSTYPE] = 0,
		[0x06] = -1,
		[S_CMD_Q_OPBUF] = 0,
		[S_CMD_Q_WRNMAXLEN] = 0,
		[0x09] = -1,
		[0x0a] = -1,
		[S_CMD_O_INIT] = 0,
		[0x0c] = -1,
		[0x0d] = -1,
		[S_CMD_O_DELAY] = 4,
		[S_CMD_O_EXEC] = 0,
		[S_CMD_SYNCNOP] = 0,
		[S_CMD_Q_RDNMAXLEN] = 0,
		[S_CMD_S_BUSTYPE] = 1,
		[S_CMD_O_SPIOP] = 6,
		[S_CMD_S_SPI_FREQ] = 4,
		[S_CMD_S_PIN_STATE] = 1,
	};

	return command < COMMANDS ? lengths[command] : -1;
}

static uint32_t little_endian(const uint8_t *bytes, size_t len)
{
	uint32_t value = 0;

	while (len-- > 0)
		value = value << 8 | bytes[len];
	return value;
}

/* Waits for the descriptor; false when the session is over. */
static bool wait_for(struct server *server, short events)
{
	for (;;) {
		struct pollfd poll_fd = {.fd = server->fd, .events = events};
		int ready = poll(&poll_fd, 1, POLL_MS);

		if (!server->target->go_on(server->target->data))
			server->hung_up = true;
		if (ready < 0 && errno != EINTR)
			server->hung_up = true;
		if (server->hung_up)
			return false;
		if (ready > 0 && poll_fd.revents & events)
			return true;
		if (ready > 0) {
			server->hung_up = true;
			return false;
		}
	}
}

static bool receive(struct server *server, uint8_t *to, size_t len)
{
	while (len > 0) {
		size_t have = server->in_len - server->in_at;
		ssize_t got;

		if (have > 0) {
			size_t take = have < len ? have : len;

			memcpy(to, server->in + server->in_at, take);
			server->in_at += take;
			to += take;
			len -= take;
			continue;
		}
		if (!wait_for(server, POLLIN))
			return false;
		got = read(server->fd, server->in, sizeof(server->in));
		if (got > 0) {
			server->in_at = 0;
			server->in_len = (size_t)got;
		} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
			server->hung_up = true;
			return false;
		}
	}
	return true;
}

static void reply(struct server *server, const uint8_t *bytes, size_t len)
{
	while (len > 0 && wait_for(server, POLLOUT)) {
		ssize_t sent = write(server->fd, bytes, len);

		if (sent > 0) {
			bytes += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN && errno != EINTR) {
			server->hung_up = true;
		}
	}
}

static void acknowledge(struct server *server, bool good)
{
	uint8_t byte = good ? ACK : NAK;

	reply(server, &byte, 1);
}

static void reply_number(struct server *server, uint32_t value, size_t len)
{
	uint8_t bytes[5] = {ACK};

	for (size_t i = 0; i < len; i++)
		bytes[1 + i] = (uint8_t)(value >> 8 * i);
	reply(server, bytes, 1 + len);
}

static void reply_name(struct server *server)
{
	uint8_t bytes[1 + SERPROG_NAME_LEN] = {ACK};

	memcpy(bytes + 1, server->target->name, strnlen(server->target->name, SERPROG_NAME_LEN));
	reply(server, bytes, sizeof(bytes));
}

static void reply_command_map(struct server *server)
{
	uint8_t bytes[1 + 32] = {ACK};

	for (unsigned command = 0; command < COMMANDS; command++)
		if (parameters((uint8_t)command) >= 0)
			bytes[1 + command / 8] |= (uint8_t)(1 << command % 8);
	reply(server, bytes, sizeof(bytes));
}

static void spi_op(struct server *server, const uint8_t lengths[6])
{
	const struct serprog_target *target = server->target;
	uint32_t tx_len = little_endian(lengths, 3), rx_len = little_endian(lengths + 3, 3);
	bool fits = tx_len <= target->write_most + OP_EXTRA && rx_len <= target->read_most;

	/* Data that is too long still has to be read from the line. */
	for (uint32_t left = tx_len; left > 0;) {
		uint32_t most = target->write_most + OP_EXTRA;
		uint32_t piece = left < most ? left : most;

		if (!receive(server, server->tx, piece))
			return;
		left -= piece;
	}
	if (!fits || target->spi_op(target->data, server->tx, tx_len, server->rx + 1, rx_len)) {
		acknowledge(server, false);
		return;
	}
	server->rx[0] = ACK;
	reply(server, server->rx, 1 + rx_len);
}

static void execute(struct server *server, uint8_t command, const uint8_t *parameter)
{
	const struct serprog_target *target = server->target;

	switch (command) {
	case S_CMD_NOP:
	case S_CMD_O_INIT:
	case S_CMD_O_DELAY:
	case S_CMD_O_EXEC:
		acknowledge(server, true);
		break;
	case S_CMD_SYNCNOP:
		reply(server, (const uint8_t[]){NAK, ACK}, 2);
		break;
	case S_CMD_Q_IFACE:
		reply_number(server, INTERFACE_VERSION, 2);
		break;
	case S_CMD_Q_CMDMAP:
		reply_command_map(server);
		break;
	case S_CMD_Q_PGMNAME:
		reply_name(server);
		break;
	case S_CMD_Q_SERBUF:
		reply_number(server, 0xffff, 2);
		break;
	case S_CMD_Q_BUSTYPE:
		reply_number(server, BUS_SPI, 1);
		break;
	case S_CMD_Q_OPBUF:
		reply_number(server, OPBUF_SIZE, 2);
		break;
	case S_CMD_Q_WRNMAXLEN:
		reply_number(server, target->write_most, 3);
		break;
	case S_CMD_Q_RDNMAXLEN:
		reply_number(server, target->read_most, 3);
		break;
	case S_CMD_S_BUSTYPE:
		acknowledge(server, parameter[0] == BUS_SPI);
		break;
	case S_CMD_S_SPI_FREQ:
		reply_number(server, target->spi_hz, 4);
		break;
	case S_CMD_S_PIN_STATE:
		acknowledge(server, parameter[0] != 0 || target->finish(target->data) == 0);
		break;
	case S_CMD_O_SPIOP:
		spi_op(server, parameter);
		break;
	}
}

static enum serprog_end serve(struct server *server)
{
	bool spoken = false;

	for (;;) {
		uint8_t command, parameter[8] = {0};
		int len;

		if (!receive(server, &command, 1))
			return spoken ? SERPROG_HANGUP : SERPROG_SILENT;
		spoken = true;
		len = parameters(command);
		if (len < 0) {
			/* Its length is not known, so nothing after it can be understood. */
			acknowledge(server, false);
			return SERPROG_GARBAGE;
		}
		if (!receive(server, parameter, (size_t)len))
			return SERPROG_HANGUP;
		execute(server, command, parameter);
		if (server->hung_up)
			return SERPROG_HANGUP;
	}
}

enum serprog_end serprog_serve(int fd, const struct serprog_target *target)
{
	struct server server = {.fd = fd, .target = target};
	enum serprog_end end = SERPROG_FAILED;
	int flags = fcntl(fd, F_GETFL);

	server.tx = malloc(target->write_most + OP_EXTRA);
	server.rx = malloc(1 + (size_t)target->read_most);
	if (server.tx && server.rx && flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		end = serve(&server);
	target->finish(target->data);
	free(server.tx);
	free(server.rx);
	return end;
}
