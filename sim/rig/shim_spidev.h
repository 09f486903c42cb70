/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes of an SPI bus and of the GPIO chip beside it: what a program asks of them by ioctl()
 * goes to the server (spidev_wire.h), in the shim's virtual time. Each descriptor is a connection,
 * so that the server sees what the kernel would: the end of one, by close() or by death.
 *
 *   BEKEN_SIM_SPIDEV         the path of the bus (/dev/spidev0.0); the chip is /dev/gpiochip0
 *   BEKEN_SIM_SPIDEV_SOCKET  unix socket of the server
 *
 * Functions give -errno when they fail.
 */
#ifndef SIM_SHIM_SPIDEV_H
#define SIM_SHIM_SPIDEV_H

#include <stdbool.h>

bool spidev_is_path(const char *path);
int spidev_open(const char *path, int flags);

/* Whether it is a descriptor of one of them, or of a line. */
bool spidev_is_fd(int fd);
int spidev_ioctl(int fd, unsigned long request, void *argument);
int spidev_flock(int fd, int operation);

/* To be called before its descriptor is closed. */
void spidev_forget(int fd);

#endif
