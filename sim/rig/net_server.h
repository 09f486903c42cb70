/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves a helper device in a network (sim/model/uart_bridge.h) to programs that speak net_wire.h,
 * each connection of theirs by one of its own: that ends when its end is seen.
 */
#ifndef SIM_NET_SERVER_H
#define SIM_NET_SERVER_H

#include "sim/model/uart_bridge.h"
#include "sim/rig/local_server.h"

/* As local_server_new(); @bridge is borrowed. */
struct local_server *net_server_new(int listen_fd, struct uart_bridge *bridge);

#endif
