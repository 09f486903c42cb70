/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A wire to a port of this machine, where the test is the helper. Its relay is a child process, and
 * a port of the test stands for port 80.
 */
#include "tests/unit.h"

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/programmer/wire/tcp_helper.h"

static struct notes notes;
static int helper, listener = -1;
static in_port_t relay_port;

/* Also used by libcurl. */
int connect(int fd, const struct sockaddr *address, socklen_t len)
{
	static int (*real)(int fd, const struct sockaddr *address, socklen_t len);
	struct sockaddr_in name;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "connect");
	if (address->sa_family != AF_INET)
		return real(fd, address, len);
	memcpy(&name, address, sizeof(name));
	if (name.sin_port == htons(80))
		name.sin_port = relay_port;
	return real(fd, (struct sockaddr *)&name, sizeof(name));
}

static void bytes_go_both_ways_and_a_wait_has_an_end(void **state)
{
	static const uint8_t there[] = {1, 2, 3}, back[] = {4, 5};
	struct wire *wire = connect_once(&notes, &helper);
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
	struct wire *wire = connect_once(&notes, &helper);
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
	struct wire *wire = connect_once(&notes, &helper);

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
	assert_non_null(strstr(notes.trouble.next, "startDriver UartTCP"));
	assert_non_null(strstr(trouble_value(&notes.trouble, "port")->text, "tcp:127.0.0.1:"));
}

/* Like connect_once(), but the helper may hang up and be connected again. */
static struct wire *connected_for_long(void)
{
	const struct tcp_options options = listen_at_some_port(&listener);

	return connect_to(&options, listener, &notes, &helper);
}

static void assert_says_nothing(struct wire *wire)
{
	uint8_t byte;
	size_t got;

	assert_int_equal(wire_read(wire, &byte, 1, 1000, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
}

static void one_that_hung_up_is_connected_to_again_three_times(void **state)
{
	struct wire *wire = connected_for_long();
	uint8_t byte;
	size_t got;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		close(helper);
		assert_says_nothing(wire);
		assert_string_not_equal(wire->why, "");
		assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
		assert_string_equal(wire->why, "");
		helper = accept(listener, NULL, NULL);
		assert_int_equal(send(helper, "x", 1, 0), 1);
		assert_int_equal(wire_read(wire, &byte, 1, 1000000, &got), TROUBLE_NONE);
		assert_int_equal(got, 1);
		/* If the helper is there, no new connection is made. */
		assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
	}
	close(helper);
	assert_says_nothing(wire);
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NET_CLOSED);
	assert_string_not_equal(wire->why, "");
	wire_close(wire);
	close(listener);
}

/* A byte that is sent to it is answered with a reset, which the next read or write notices. */
static void what_is_written_to_one_that_hung_up_is_lost_and_no_failure(void **state)
{
	struct wire *wire = connect_once(&notes, &helper);
	const struct linger at_once = {.l_onoff = 1};

	(void)state;
	setsockopt(helper, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(helper);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(wire_write(wire, (const uint8_t *)"abc", 3), TROUBLE_NONE);
	assert_non_null(strstr(wire->why, "closed the connection: "));
	assert_says_nothing(wire);
	wire_close(wire);
}

/* Answers each request as it asks, or with @word; reports it to @told. */
static pid_t start_relay(const char *word, int *told)
{
	struct tcp_options place;
	int fd, ends[2];
	pid_t pid;

	place = listen_at_some_port(&fd);
	relay_port = htons((uint16_t)place.place.number);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid > 0) {
		close(fd);
		close(ends[1]);
		*told = ends[0];
		return pid;
	}
	for (;;) {
		int caller = accept(fd, NULL, NULL);
		char text[2048] = "", answer[64], *end = NULL;
		size_t len = 0;

		while (!end) {
			ssize_t got = recv(caller, text + len, sizeof(text) - 1 - len, 0);

			if (got <= 0)
				_exit(1);
			len += (size_t)got;
			end = strstr(text, " HTTP");
		}
		if (write(ends[1], end - 1, 1) != 1)
			_exit(1);
		snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\n\r\n%.*s",
			 word ? (int)strlen(word) : 1, word ? word : end - 1);
		send(caller, answer, strlen(answer), MSG_NOSIGNAL);
		close(caller);
	}
}

static void stop_relay(pid_t pid, int told)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(told);
}

static struct wire *connected_with_relay(void)
{
	struct tcp_options options = listen_at_some_port(&listener);
	struct wire *wire;

	options.relay = RELAY_OBK;
	options.relay_place = (struct net_place){.host = "127.0.0.1", .number = 4};
	notes_begin(&notes);
	wire = tcp_open(&options, &notes.observer);
	assert_non_null(wire);
	assert_true(wire->caps.lines);
	helper = accept(listener, NULL, NULL);
	return wire;
}

static void end_with_relay(struct wire *wire)
{
	wire_close(wire);
	close(helper);
	close(listener);
}

static char was_told(int told)
{
	struct pollfd heard = {.fd = told, .events = POLLIN};
	char value;

	assert_int_equal(poll(&heard, 1, 10000), 1);
	assert_int_equal(read(told, &value, 1), 1);
	return value;
}

static void asserted_lines_are_a_relay_that_is_off_and_in_the_end_it_is_on(void **state)
{
	struct wire *wire;
	uint8_t byte;
	size_t got;
	pid_t pid;
	int told;

	(void)state;
	pid = start_relay(NULL, &told);
	wire = connected_with_relay();
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
	assert_false(wire_lines_busy(wire));
	assert_int_equal(was_told(told), '0');
	assert_int_equal(wire_set_lines(wire, false), TROUBLE_NONE);
	/* While the relay moves, bytes from the chip are still received. */
	assert_int_equal(send(helper, "x", 1, 0), 1);
	assert_int_equal(wire_read(wire, &byte, 1, 1000000, &got), TROUBLE_NONE);
	assert_int_equal(got, 1);
	while (wire_lines_busy(wire))
		wire_sleep_us(wire, 1000);
	assert_int_equal(was_told(told), '1');
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
	assert_int_equal(was_told(told), '0');
	end_with_relay(wire);
	assert_int_equal(was_told(told), '1');
	stop_relay(pid, told);
}

static void a_relay_that_refuses_ends_it_with_what_it_said(void **state)
{
	struct wire *wire;
	uint8_t byte;
	size_t got;
	pid_t pid;
	int told;

	(void)state;
	pid = start_relay("no", &told);
	wire = connected_with_relay();
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_HELPER_REFUSED);
	assert_non_null(strstr(wire->why, "asked for \"SetChannel 4 0\": it answers no"));
	assert_int_equal(wire_write(wire, (const uint8_t *)"x", 1), TROUBLE_HELPER_REFUSED);
	/* Whatever the chip says meanwhile. */
	assert_int_equal(send(helper, "x", 1, 0), 1);
	assert_int_equal(wire_read(wire, &byte, 1, 1000000, &got), TROUBLE_HELPER_REFUSED);
	/* The next request may succeed. */
	stop_relay(pid, told);
	pid = start_relay(NULL, &told);
	end_with_relay(wire);
	assert_int_equal(was_told(told), '1');
	stop_relay(pid, told);
}

static void wait_for_relay(struct wire *wire)
{
	while (wire_lines_busy(wire))
		wire_sleep_us(wire, 1000);
}

/* A chip that is held in reset stays so until somebody finds the relay. */
static void a_release_that_was_not_confirmed_is_asked_for_again(void **state)
{
	struct wire *wire;
	uint8_t byte;
	size_t got;
	pid_t pid;
	int told;

	(void)state;
	for (int recovers = 0; recovers < 2; recovers++) {
		pid = start_relay(NULL, &told);
		wire = connected_with_relay();
		assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
		stop_relay(pid, told);
		pid = start_relay("no", &told);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(wire_set_lines(wire, false), TROUBLE_NONE);
			wait_for_relay(wire);
			assert_int_equal(was_told(told), '1');
			assert_int_equal(wire_read(wire, &byte, 1, 0, &got),
					 TROUBLE_HELPER_REFUSED);
		}
		if (recovers) {
			stop_relay(pid, told);
			pid = start_relay(NULL, &told);
		}
		end_with_relay(wire);
		assert_int_equal(was_told(told), '1');
		stop_relay(pid, told);
		assert_int_equal(notes.warnings, !recovers);
		if (!recovers)
			assert_mentions(&notes, "may still be low");
	}
}

static void a_relay_that_was_never_off_is_not_switched_at_the_end(void **state)
{
	struct wire *wire;
	pid_t pid;
	int told;

	(void)state;
	pid = start_relay("no", &told);
	wire = connected_with_relay();
	assert_int_equal(wire_set_lines(wire, false), TROUBLE_NONE);
	wait_for_relay(wire);
	end_with_relay(wire);
	assert_int_equal(was_told(told), '1');
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(read(told, &(char){0}, 1), 0);
	close(told);
	assert_int_equal(notes.warnings, 0);
}

static void a_relay_without_an_address_opens_nothing(void **state)
{
	struct tcp_options options = listen_at_some_port(&listener);

	(void)state;
	options.relay = RELAY_OBK;
	options.relay_place = (struct net_place){.host = "256.256.256.256", .number = 1};
	notes_begin(&notes);
	assert_null(tcp_open(&options, &notes.observer));
	assert_int_equal(notes.errors, 1);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_both_ways_and_a_wait_has_an_end),
		cmocka_unit_test(
			a_helper_that_hangs_up_says_nothing_and_is_named_when_it_is_needed),
		cmocka_unit_test(it_has_one_rate_and_no_lines),
		cmocka_unit_test(a_port_where_nobody_listens_is_named_with_what_to_do),
		cmocka_unit_test(one_that_hung_up_is_connected_to_again_three_times),
		cmocka_unit_test(what_is_written_to_one_that_hung_up_is_lost_and_no_failure),
		cmocka_unit_test(asserted_lines_are_a_relay_that_is_off_and_in_the_end_it_is_on),
		cmocka_unit_test(a_relay_that_refuses_ends_it_with_what_it_said),
		cmocka_unit_test(a_release_that_was_not_confirmed_is_asked_for_again),
		cmocka_unit_test(a_relay_that_was_never_off_is_not_switched_at_the_end),
		cmocka_unit_test(a_relay_without_an_address_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
