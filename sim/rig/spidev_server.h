/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves an SPI bus and its GPIO chip (sim/model/spidev_model.h) to programs that speak
 * spidev_wire.h, one connection per descriptor. A program that breaks the protocol loses it. The
 * end of a connection releases what the kernel would take back from a process: a lock, a line.
 */
#ifndef SIM_SPIDEV_SERVER_H
#define SIM_SPIDEV_SERVER_H

#include "sim/model/spidev_model.h"
#include "sim/rig/local_server.h"

/* As local_server_new(); @spidev is borrowed. */
struct local_server *spidev_server_new(int listen_fd, struct spidev *spidev);

#endif
