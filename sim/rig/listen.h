/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the USB/IP server listens: a unix socket or a loopback address, nothing
 * else, because whoever can connect can use the device.
 */
#ifndef SIM_LISTEN_H
#define SIM_LISTEN_H

#include <stddef.h>

/*
 * @address: "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT"; port 0 picks a free one.
 * Returns a listening, non-blocking socket, or -1 with a sentence in @error.
 * An existing unix socket that nobody listens on is replaced; any other file stays.
 */
int listen_on(const char *address, char *error, size_t size);

/* The TCP port of such a socket, or 0 for a unix socket. */
unsigned listen_port(int fd);

#endif
