/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves the line to a bootloader (sim/model/uart_wire.h) to one program at a time, which speaks
 * tty_wire.h. A program that breaks the protocol loses its connection. What it did to the chip
 * outlives it.
 */
#ifndef SIM_TTY_SERVER_H
#define SIM_TTY_SERVER_H

#include "sim/model/uart_wire.h"

struct tty_server;

/* Takes over @listen_fd (see listen.h); @wire is borrowed. NULL: memory or descriptors are short.
 */
struct tty_server *tty_server_new(int listen_fd, struct uart_wire *wire);
void tty_server_free(struct tty_server *server);

/* Readable when there is something to do. */
int tty_server_fd(const struct tty_server *server);

/* Does what there is to do, without waiting for more. */
void tty_server_serve(struct tty_server *server);

#endif
