/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wire to a port of this machine, where the test is the helper. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "programmer/wire/tcp.h"

static struct notes notes;
static int helper;

static struct tcp_options listen_at_some_port(int *fd)
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

static struct wire *connected(void)
{
	int fd;
	const struct tcp_options options = listen_at_some_port(&fd);
	struct wire *wire;

	notes_begin(&notes);
	wire = tcp_open(&options, &notes.observer);
	assert_non_null(wire);
	helper = accept(fd, NULL, NULL);
	assert_true(helper >= 0);
	close(fd);
	return wire;
}

static void bytes_go_both_ways_and_a_wait_has_an_end(void **state)
{
	static const uint8_t there[] = {1, 2, 3}, back[] = {4, 5};
	struct wire *wire = connected();
	uint8_t bytes[16];
	size_t got;

	(void)state;
	assert_int_equal(wire_write(wire, there, sizeof(there)), TROUBLE_NONE);
	assert_int_equal(recv(helper, bytes, sizeof(bytes), 0), 3);
	assert_memory_equal(bytes, there, 3);
	assert_int_equal(wire_read(wire, bytes, sizeof(bytes), 1000, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
	assert_int_equal(send(helper, back, sizeof(back), 0), 2);
	assert_int_equal(wire_read(wire, bytes, 1, 1000000, &got), TROUBLE_NONE);
	assert_int_equal(got, 1);
	assert_int_equal(wire_read(wire, bytes + 1, 15, 1000000, &got), TROUBLE_NONE);
	assert_int_equal(got, 1);
	assert_memory_equal(bytes, back, 2);
	wire_close(wire);
	assert_int_equal(recv(helper, bytes, sizeof(bytes), 0), 0);
	close(helper);
}

static void a_helper_that_hangs_up_says_nothing_and_is_named_when_it_is_needed(void **state)
{
	static const uint8_t last = 7;
	struct wire *wire = connected();
	uint8_t bytes[16];
	size_t got;

	(void)state;
	assert_int_equal(send(helper, &last, 1, 0), 1);
	close(helper);
	assert_int_equal(wire_read(wire, bytes, sizeof(bytes), 1000000, &got), TROUBLE_NONE);
	assert_int_equal(got, 1);
	assert_int_equal(wire_read(wire, bytes, sizeof(bytes), 1000, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
	assert_non_null(strstr(wire->why, "closed the connection"));
	assert_int_equal(wire_write(wire, &last, 1), TROUBLE_NONE);
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NET_CLOSED);
	wire_close(wire);
}

static void it_has_one_rate_and_no_lines(void **state)
{
	struct wire *wire = connected();

	(void)state;
	assert_false(wire->caps.lines);
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
	assert_false(wire_lines_busy(wire));
	assert_int_equal(wire_set_rate(wire, 921600), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(wire->rate, 115200);
	assert_int_equal(wire_set_rate(wire, 115200), TROUBLE_NONE);
	wire_close(wire);
	close(helper);
}

static void a_port_where_nobody_listens_is_named_with_what_to_do(void **state)
{
	int fd;
	const struct tcp_options options = listen_at_some_port(&fd);

	(void)state;
	close(fd);
	notes_begin(&notes);
	assert_null(tcp_open(&options, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_int_equal(notes.errors, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_both_ways_and_a_wait_has_an_end),
		cmocka_unit_test(
			a_helper_that_hangs_up_says_nothing_and_is_named_when_it_is_needed),
		cmocka_unit_test(it_has_one_rate_and_no_lines),
		cmocka_unit_test(a_port_where_nobody_listens_is_named_with_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
