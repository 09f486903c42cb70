/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE
#include "sim/rig/shim_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/model/uart_bridge.h"
#include "sim/rig/net_wire.h"
#include "sim/rig/shim_ask.h"
#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_others.h"
#include "sim/rig/shim_poll.h"
#include "sim/rig/shim_server.h"

#define TCP_PORT 8888
#define HTTP_PORT 80

/* By descriptor; 0: none, else the number of the connection plus 1. */
static _Atomic uint8_t ids[SHIM_MAX_FDS];
static uint64_t established[SHIM_MAX_FDS]; /* in the program's time */
static struct rig_peer server = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool net_is_fd(int fd)
{
	return fd >= 0 && fd < SHIM_MAX_FDS && ids[fd];
}

void net_forget(int fd)
{
	ids[fd] = 0;
}

static in_port_t port_of(const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET && length >= sizeof(v4)) {
		memcpy(&v4, address, sizeof(v4));
		return v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? ntohs(v4.sin_port) : 0;
	}
	if (address->sa_family == AF_INET6 && length >= sizeof(v6)) {
		memcpy(&v6, address, sizeof(v6));
		return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ? ntohs(v6.sin6_port) : 0;
	}
	return 0;
}

bool net_is_address(const struct sockaddr *address, socklen_t length)
{
	in_port_t port = address && getenv("BEKEN_SIM_NET_SOCKET") ? port_of(address, length) : 0;

	return port == TCP_PORT || port == HTTP_PORT;
}

static bool nonblocking(int fd)
{
	return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

int net_connect(int fd, const struct sockaddr *address)
{
	enum uart_bridge_port port = port_of(address, sizeof(struct sockaddr_in6)) == TCP_PORT
					     ? UART_BRIDGE_TCP
					     : UART_BRIDGE_HTTP;
	int own = server_connect_to("BEKEN_SIM_NET_SOCKET", true), flags = fcntl(fd, F_GETFL);
	int close_on_exec = fcntl(fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0;
	uint64_t when = 0;
	int64_t id;

	if (own < 0 || fd >= SHIM_MAX_FDS) {
		if (own >= 0)
			libc_close(own);
		return -ENETUNREACH;
	}
	/* The program keeps its number and its flags. */
	dup3(own, fd, close_on_exec);
	libc_close(own);
	clock_start();
	id = rig_ask(&server, fd, NET_OPEN, port, NULL, 0, &when, sizeof(when));
	if (id < 0)
		return (int)id;
	fcntl(fd, F_SETFL, flags & O_NONBLOCK);
	established[fd] = rig_own_time(&server, when);
	ids[fd] = (uint8_t)(id + 1);
	if (nonblocking(fd))
		return -EINPROGRESS;
	clock_reach(established[fd]);
	return -net_error(fd);
}

int net_error(int fd)
{
	return rig_ask(&server, fd, NET_REFUSED, 0, NULL, 0, NULL, 0) > 0 ? ECONNREFUSED : 0;
}

static int64_t poll_one(int fd, uint32_t events, uint64_t deadline)
{
	struct net_wish wish = {.id = (uint32_t)ids[fd] - 1, .events = events};

	return rig_ask(&server, fd, NET_POLL, rig_time(&server, deadline), &wish, sizeof(wish),
		       &wish, sizeof(wish));
}

ssize_t net_send(int fd, const void *bytes, size_t count, int flags)
{
	bool waits = !(flags & MSG_DONTWAIT) && !nonblocking(fd);
	const uint8_t *at = bytes;
	size_t done = 0;

	while (done < count) {
		size_t now = count - done < RIG_WIRE_DATA ? count - done : RIG_WIRE_DATA;
		int64_t sent = rig_ask(&server, fd, NET_WRITE, 0, at + done, now, NULL, 0);

		if (sent < 0)
			return done ? (ssize_t)done : (ssize_t)sent;
		done += (size_t)sent;
		if (sent)
			continue;
		if (!waits)
			return done ? (ssize_t)done : -EAGAIN;
		if (poll_one(fd, NET_OUT, UINT64_MAX) < 0)
			return -EIO;
	}
	return (ssize_t)done;
}

ssize_t net_recv(int fd, void *bytes, size_t count, int flags)
{
	size_t most = count < RIG_WIRE_DATA ? count : RIG_WIRE_DATA;
	int64_t got;

	if (flags & MSG_PEEK)
		return -EOPNOTSUPP;
	for (;;) {
		got = rig_ask(&server, fd, NET_READ, most, NULL, 0, bytes, most);
		if (got != -EAGAIN || (flags & MSG_DONTWAIT) || nonblocking(fd))
			return (ssize_t)got;
		if (poll_one(fd, NET_IN, UINT64_MAX) < 0)
			return -EIO;
	}
}

bool net_concerns(const struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++)
		if (net_is_fd(fds[i].fd))
			return true;
	return false;
}

/* The connections' own part of poll(), until @deadline. */
static int ask_all(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
	struct net_wish wishes[NET_WIRE_WISHES];
	size_t found = 0;
	int64_t ready;
	int fd = -1;

	for (nfds_t i = 0; i < count; i++) {
		if (!net_is_fd(fds[i].fd))
			continue;
		if (found == NET_WIRE_WISHES)
			return -EINVAL;
		fd = fds[i].fd;
		wishes[found++] = (struct net_wish){
			.id = (uint32_t)ids[fd] - 1,
			.events = (fds[i].events & (POLLIN | POLLRDNORM) ? NET_IN : 0) |
				  (fds[i].events & (POLLOUT | POLLWRNORM) ? NET_OUT : 0)};
	}
	ready = rig_ask(&server, fd, NET_POLL, rig_time(&server, deadline), wishes,
			found * sizeof(wishes[0]), wishes, sizeof(wishes));
	found = 0;
	for (nfds_t i = 0; ready >= 0 && i < count; i++) {
		uint32_t events;

		if (!net_is_fd(fds[i].fd))
			continue;
		events = wishes[found++].events;
		fds[i].revents =
			(short)((events & NET_IN ? fds[i].events & (POLLIN | POLLRDNORM) : 0) |
				(events & NET_OUT ? fds[i].events & (POLLOUT | POLLWRNORM) : 0));
	}
	return (int)ready;
}

int net_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns)
{
	const struct timespec at_once = {0, 0};
	uint64_t deadline = UINT64_MAX;
	int others = poll_others(fds, count, &at_once, net_is_fd), ready;

	if (others < 0)
		return others;
	if (timeout_ns < UINT64_MAX / 4)
		deadline = clock_now() + timeout_ns;
	do
		ready = ask_all(fds, count, others ? clock_now() : deadline);
	while (ready == 0 && !others && deadline == UINT64_MAX);
	return ready < 0 ? ready : others + ready;
}
