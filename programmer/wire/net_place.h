/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net_place.h - a host that the user named, and a number after it: a port, or a relay's channel. No
 * other host is ever connected to.
 */
#ifndef WIRE_NET_PLACE_H
#define WIRE_NET_PLACE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/observer.h"

struct net_place {
	char host[254]; /* a name or an address, without brackets */
	unsigned number;
};

#define NET_PLACE_TEXT 272

/*
 * "HOST[:NUMBER]", where an IPv6 address is in brackets; a missing NUMBER means @usual, else it is
 * 1 to @most. Returns NULL, or what would be right.
 */
const char *net_place_parse(const char *text, unsigned usual, unsigned most,
			    struct net_place *place);

/* The host as one writes it, in brackets if needed, without the number; returns @text. */
const char *net_place_host(const struct net_place *place, char text[NET_PLACE_TEXT]);

#define NET_ADDRESSES 4

struct net_addresses {
	size_t count;
	socklen_t length[NET_ADDRESSES];
	struct sockaddr_storage address[NET_ADDRESSES];
};

/* Looks up its addresses, with @port in each. False after TROUBLE_NO_ADAPTER, which was raised. */
bool net_place_find(const struct net_place *place, unsigned port, struct net_addresses *found,
		    const struct observer *observer);

#endif
