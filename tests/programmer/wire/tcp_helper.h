/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp_helper.h - a place where a test is the helper: the options that lead to it. */
#ifndef TESTS_TCP_HELPER_H
#define TESTS_TCP_HELPER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "programmer/wire/tcp.h"
#include "tests/unit.h"

static inline struct tcp_options listen_at_some_port(int *fd)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct tcp_options options = {.place.host = "127.0.0.1"};
	socklen_t length = sizeof(name);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(*fd >= 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&name, length), 0);
	assert_int_equal(listen(*fd, 1), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&name, &length), 0);
	options.place.number = ntohs(name.sin_port);
	return options;
}

#endif
