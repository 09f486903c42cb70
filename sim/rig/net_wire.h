/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program can ask the server of a helper device's network, by a socket for each connection;
 * see rig_wire.h.
 */
#ifndef SIM_NET_WIRE_H
#define SIM_NET_WIRE_H

#include "sim/rig/rig_wire.h"

#define NET_WIRE_WISHES 8u

enum net_wire_op {
	/* @argument: enum uart_bridge_port; status: the connection's number; data: when it is there
	 */
	NET_OPEN,
	NET_WRITE, /* data; status: how many bytes found room, 0: none does; -EPIPE */
	NET_READ,  /* @argument: the most; status: how many, and data; -EAGAIN; 0: the end */
	/*
	 * @argument: deadline; data: struct net_wish, which come back with the events that are
	 * true; status: how many have any. It waits until one has, or until the deadline; with
	 * NEVER a minute at most.
	 */
	NET_POLL,
	NET_REFUSED, /* status: whether nobody listened there */
	NET_OPS
};

#define NET_IN 1u
#define NET_OUT 2u

struct net_wish {
	uint32_t id, events;
};

#endif
