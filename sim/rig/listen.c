/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

static int new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int give_up(int fd, const char *address, char *error, size_t size)
{
	snprintf(error, size, "cannot listen on %s: %s", address, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The socket file of a server that died remains, and would block the address for ever. */
static void remove_stale(const struct sockaddr_un *address)
{
	struct stat st;
	int fd;

	if (lstat(address->sun_path, &st) || !S_ISSOCK(st.st_mode))
		return;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

static int listen_unix(const char *address, const char *path, char *error, size_t size)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (!*path || strlen(path) >= sizeof(name.sun_path)) {
		snprintf(error, size, "the path in %s must have 1 to %zu characters", address,
			 sizeof(name.sun_path) - 1);
		return -1;
	}
	memcpy(name.sun_path, path, strlen(path) + 1);
	remove_stale(&name);
	fd = new_socket(AF_UNIX);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) || listen(fd, BACKLOG))
		return give_up(fd, address, error, size);
	return fd;
}

static int parse_port(const char *text, in_port_t *port)
{
	char *end;
	unsigned long value;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtoul(text, &end, 10);
	if (*end || value > 65535)
		return -1;
	*port = htons((in_port_t)value);
	return 0;
}

static int listen_tcp(const char *address, const struct sockaddr *name, socklen_t length,
		      char *error, size_t size)
{
	int fd = new_socket(name->sa_family), yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(fd, name, length) || listen(fd, BACKLOG))
		return give_up(fd, address, error, size);
	return fd;
}

int listen_on(const char *address, char *error, size_t size)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	const char *colon = strrchr(address, ':');
	char host[64];

	if (strncmp(address, "unix:", 5) == 0)
		return listen_unix(address, address + 5, error, size);
	if (!colon || (size_t)(colon - address) >= sizeof(host))
		goto bad;
	memcpy(host, address, (size_t)(colon - address));
	host[colon - address] = 0;

	if (strcmp(host, "[::1]") == 0) {
		if (parse_port(colon + 1, &v6.sin6_port))
			goto bad;
		return listen_tcp(address, (struct sockaddr *)&v6, sizeof(v6), error, size);
	}
	if (inet_pton(AF_INET, host, &v4.sin_addr) != 1 || parse_port(colon + 1, &v4.sin_port))
		goto bad;
	if (ntohl(v4.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET) {
		snprintf(error, size,
			 "%s is not a loopback address; USB/IP knows no passwords, so use "
			 "127.0.0.1:%s and forward it (ssh -L) where another machine needs it",
			 address, colon + 1);
		return -1;
	}
	return listen_tcp(address, (struct sockaddr *)&v4, sizeof(v4), error, size);
bad:
	snprintf(error, size, "%s is no address; write unix:PATH, 127.0.0.1:PORT or [::1]:PORT",
		 address);
	return -1;
}

unsigned listen_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name;
	socklen_t length = sizeof(name);

	memset(&name, 0, sizeof(name));
	if (getsockname(fd, &name.any, &length))
		return 0;
	if (name.any.sa_family == AF_INET)
		return ntohs(name.v4.sin_port);
	if (name.any.sa_family == AF_INET6)
		return ntohs(name.v6.sin6_port);
	return 0;
}
