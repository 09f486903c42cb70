/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp_helper.h - a place where a test is the helper, and a wire to it. */
#ifndef TESTS_TCP_HELPER_H
#define TESTS_TCP_HELPER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* A wire to the helper that listens at @listener, and the helper's end of it. */
static inline struct wire *connect_to(const struct tcp_options *options, int listener,
				      struct notes *notes, int *helper)
{
	struct wire *wire;

	notes_begin(notes);
	wire = tcp_open(options, &notes->observer);
	assert_non_null(wire);
	*helper = accept(listener, NULL, NULL);
	assert_true(*helper >= 0);
	return wire;
}

/* To a helper that does not listen after this connection. */
static inline struct wire *connect_once(struct notes *notes, int *helper)
{
	int listener;
	const struct tcp_options options = listen_at_some_port(&listener);
	struct wire *wire = connect_to(&options, listener, notes, helper);

	close(listener);
	return wire;
}

#endif
