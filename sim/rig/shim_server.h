/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a connection to the USB/IP server. Functions give -errno when they fail; -ENODEV when
 * there is no server or no such device.
 */
#ifndef SIM_SHIM_SERVER_H
#define SIM_SHIM_SERVER_H

#include <stdbool.h>

/* A socket connected to the server at BEKEN_SIM_SOCKET. */
int server_connect(bool close_on_exec);

/* The same, to the one that the environment's @variable names. */
int server_connect_to(const char *variable, bool close_on_exec);

/* Take device @device of bus @bus; returns how many interfaces it has. -EBUSY: another has it. */
int server_import(int fd, unsigned bus, unsigned device);

#endif
