/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves programs under the shim at a unix socket, one request after the other: the common part of
 * the servers for a serial port, an SPI bus and a network. A program that breaks the protocol loses
 * its connection.
 */
#ifndef SIM_LOCAL_SERVER_H
#define SIM_LOCAL_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct local_server_ops {
	/* A request is there. False: the client is gone, or breaks the protocol. */
	bool (*answer)(void *data, int fd);

	/* Before its connection is closed. */
	void (*drop)(void *data, int fd);
};

struct local_server;

/*
 * On success takes over @listen_fd (see listen.h) and @data, which is from malloc(). NULL: memory
 * or descriptors are short.
 */
struct local_server *local_server_new(int listen_fd, const struct local_server_ops *ops,
				      void *data);
void local_server_free(struct local_server *server);

/* Readable when there is something to do. */
int local_server_fd(const struct local_server *server);

/* Does what there is to do, without waiting for more. */
void local_server_serve(struct local_server *server);

/* All bytes, or false. A client sends a request in one piece, so neither waits long. */
bool local_take(int fd, void *bytes, size_t length);
bool local_give(int fd, const void *bytes, size_t length);

#endif
