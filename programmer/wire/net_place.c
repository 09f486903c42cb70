/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/net_place.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_LETTERS LETTERS "0123456789.-_"
#define V6_LETTERS "abcdefABCDEF0123456789:."

const char *net_place_parse(const char *text, unsigned usual, unsigned most,
			    struct net_place *place)
{
	bool brackets = text[0] == '[';
	const char *host = text + brackets;
	size_t length = strspn(host, brackets ? V6_LETTERS : NAME_LETTERS);
	const char *rest = host + length;

	if (!brackets && strchr(text, ':') != strrchr(text, ':'))
		return "an IPv6 address in brackets, as in [fe80::1]";
	if (brackets && *rest++ != ']')
		return "an IPv6 address in brackets, as in [fe80::1]";
	if (!length || host[0] == '-')
		return "a host's name or address";
	if (length >= sizeof(place->host))
		return "a host's name of at most 253 characters";
	memcpy(place->host, host, length);
	place->host[length] = '\0';
	place->number = usual;
	if (!*rest)
		return NULL;
	if (*rest != ':')
		return "a host's name or address, and :NUMBER";
	return number_plain(rest + 1, 1, most, &place->number)
		       ? NULL
		       : "a number behind the colon, from 1 on";
}

const char *net_place_host(const struct net_place *place, char text[NET_PLACE_TEXT])
{
	bool v6 = strchr(place->host, ':');

	snprintf(text, NET_PLACE_TEXT, "%s%s%s", v6 ? "[" : "", place->host, v6 ? "]" : "");
	return text;
}

bool net_place_find(const struct net_place *place, unsigned port, struct net_addresses *found,
		    const struct observer *observer)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	char service[8];
	int error;

	snprintf(service, sizeof(service), "%u", port & 0xffff);
	error = getaddrinfo(place->host, service, &hints, &list);
	found->count = 0;
	for (struct addrinfo *one = error ? NULL : list; one; one = one->ai_next) {
		if (found->count == NET_ADDRESSES || one->ai_addrlen > sizeof(found->address[0]) ||
		    (one->ai_family != AF_INET && one->ai_family != AF_INET6))
			continue;
		memcpy(&found->address[found->count], one->ai_addr, one->ai_addrlen);
		found->length[found->count++] = one->ai_addrlen;
	}
	if (!error)
		freeaddrinfo(list);
	if (found->count == 0) {
		struct trouble trouble = trouble_seen(
			TROUBLE_NO_ADAPTER, "the host %s is not known: %s", place->host,
			error ? gai_strerror(error) : "it has no address");

		trouble_set_next(&trouble,
				 "Is its name right? Its address (192.168.1.20) needs no lookup");
		observer_tell(observer, &trouble);
	}
	return found->count;
}
