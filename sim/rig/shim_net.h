/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network that a helper device is in: a program's connections to it go to the server
 * (net_wire.h), in the shim's virtual time. All others are the real ones.
 *
 *   BEKEN_SIM_NET_SOCKET  unix socket of the server; then 127.0.0.1 and ::1 are the helper: port
 *                         8888 its driver UartTCP, port 80 its commands
 *
 * Functions give -errno when they fail.
 */
#ifndef SIM_SHIM_NET_H
#define SIM_SHIM_NET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Whether that is the helper. */
bool net_is_address(const struct sockaddr *address, socklen_t length);

/* As connect(); the descriptor becomes one of these. */
int net_connect(int fd, const struct sockaddr *address);

bool net_is_fd(int fd);
ssize_t net_send(int fd, const void *bytes, size_t count, int flags);
ssize_t net_recv(int fd, void *bytes, size_t count, int flags);

/* SO_ERROR: ECONNREFUSED or 0. */
int net_error(int fd);

/* To be called before its descriptor is closed. */
void net_forget(int fd);

bool net_concerns(const struct pollfd *fds, nfds_t count);

/* As tty_poll(). */
int net_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns);

#endif
