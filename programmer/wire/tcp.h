/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tcp.h - a helper device in the network as a wire: what comes over its TCP port goes to the chip's
 * UART and back (OpenBeken's driver UartTCP, ser2net, ESP-Link), always at 115200, since no rate
 * can be set that way. A relay of it, or of another device, may drive CEN (relay.h); else nothing
 * does.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "programmer/wire/relay.h"
#include "programmer/wire/wire.h"

#define TCP_PORT 8888 /* of UartTCP */

struct tcp_options {
	struct net_place place;
	enum relay_kind relay;
	struct net_place relay_place;
};

/*
 * Asserted lines are a relay that is off. At the end it is switched on, whatever happened.
 *
 * A helper that hangs up is treated as one that sends nothing, until the lines are to change: then
 * it is connected to again, a few times, and NET_CLOSED if that fails.
 *
 * NULL after a trouble, which was raised: NO_ADAPTER, NO_MEMORY.
 */
struct wire *tcp_open(const struct tcp_options *options, const struct observer *observer);

#endif
