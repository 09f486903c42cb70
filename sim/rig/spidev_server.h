/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves an SPI bus and its GPIO chip (sim/model/spidev_model.h) to programs that speak
 * spidev_wire.h, each descriptor of theirs by a connection. One that breaks the protocol loses it,
 * and with a connection goes what the kernel takes back from a process: a lock, a line.
 */
#ifndef SIM_SPIDEV_SERVER_H
#define SIM_SPIDEV_SERVER_H

#include "sim/model/spidev_model.h"

struct spidev_server;

/* Takes over @listen_fd (see listen.h); @spidev is borrowed. NULL: memory or descriptors are short.
 */
struct spidev_server *spidev_server_new(int listen_fd, struct spidev *spidev);
void spidev_server_free(struct spidev_server *server);

/* Readable when there is something to do. */
int spidev_server_fd(const struct spidev_server *server);

/* Does what there is to do, without waiting for more. */
void spidev_server_serve(struct spidev_server *server);

#endif
