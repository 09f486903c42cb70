/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers of a helper about its relay. The test is the helper, and its own port stands for port 80.
 * tests/system/uart_net.py tests whole programs.
 */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "programmer/wire/relay.h"

#define WAIT_MS 60000

static struct notes notes;
static int helper, caller = -1;
static uint16_t port, asked_port;
static struct relay *relay;

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
	asked_port = ntohs(name.sin_port);
	name.sin_port = htons(port);
	return real(fd, (struct sockaddr *)&name, sizeof(name));
}

static int setup(void **state)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(name);

	(void)state;
	notes_begin(&notes);
	helper = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(helper, (struct sockaddr *)&name, length), 0);
	assert_int_equal(listen(helper, 4), 0);
	assert_int_equal(getsockname(helper, (struct sockaddr *)&name, &length), 0);
	port = ntohs(name.sin_port);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	relay_free(relay);
	relay = NULL;
	if (caller >= 0)
		close(caller);
	caller = -1;
	close(helper);
	return 0;
}

static void open_relay(enum relay_kind kind, unsigned number)
{
	const struct net_place place = {.host = "127.0.0.1", .number = number};

	relay = relay_open(kind, &place, &notes.observer);
	assert_non_null(relay);
}

/* Continues the request until the helper receives something. */
static void wait_for(int fd)
{
	struct pollfd heard = {.fd = fd, .events = POLLIN};

	for (int ms = 0; ms < WAIT_MS; ms++) {
		relay_busy(relay);
		if (poll(&heard, 1, 1) > 0)
			return;
	}
	fail();
}

/* Receives the whole request. */
static const char *hear(void)
{
	static char text[2048];
	size_t len = 0;
	ssize_t got;

	wait_for(helper);
	if (caller >= 0)
		close(caller);
	caller = accept4(helper, NULL, NULL, SOCK_CLOEXEC);
	assert_true(caller >= 0);
	do {
		wait_for(caller);
		got = recv(caller, text + len, sizeof(text) - 1 - len, 0);
		assert_true(got > 0);
		len += (size_t)got;
		text[len] = '\0';
	} while (!strstr(text, "\r\n\r\n"));
	return text;
}

static void answer(const char *text)
{
	assert_int_equal(send(caller, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	shutdown(caller, SHUT_WR);
}

/* The result of a request that is answered with this text. */
static enum trouble_kind after(const char *text, const char **why)
{
	relay_set(relay, true);
	hear();
	answer(text);
	relay_wait(relay);
	assert_false(relay_busy(relay));
	return relay_result(relay, why);
}

static void assert_refused(const char *text, const char *words)
{
	const char *why;

	assert_int_equal(after(text, &why), TROUBLE_HELPER_REFUSED);
	if (!strstr(why, words))
		fail_msg("\"%s\" is not in: %s", words, why);
}

static void assert_begins(const char *text, const char *with)
{
	if (strncmp(text, with, strlen(with)) != 0)
		fail_msg("\"%s\" does not begin with: %s", text, with);
}

#define OK "HTTP/1.1 200 OK\r\n\r\n"

static void the_command_is_that_of_its_kind_for_its_channel_at_port_80(void **state)
{
	const char *why;

	(void)state;
	open_relay(RELAY_OBK, 3);
	assert_false(relay_busy(relay));
	relay_set(relay, true);
	assert_begins(hear(), "GET /cm?cmnd=SetChannel%203%201 HTTP/1.1\r\nHost: 127.0.0.1\r\n");
	assert_true(relay_busy(relay));
	answer(OK "1");
	relay_wait(relay);
	assert_int_equal(relay_result(relay, &why), TROUBLE_NONE);
	assert_string_equal(why, "");
	relay_set(relay, false);
	assert_begins(hear(), "GET /cm?cmnd=SetChannel%203%200 ");
	answer(OK "0");
	relay_wait(relay);
	assert_int_equal(relay_result(relay, &why), TROUBLE_NONE);
	relay_free(relay);
	open_relay(RELAY_TASMOTA, 2);
	relay_set(relay, false);
	assert_begins(hear(), "GET /cm?cmnd=Power2%200 ");
	answer(OK "{\"POWER2\":\"OFF\"}");
	relay_wait(relay);
	assert_int_equal(relay_result(relay, &why), TROUBLE_NONE);
	assert_int_equal(asked_port, 80);
}

/* Only the host that the user named is asked, neither a proxy nor one in a redirection. */
static void no_other_host_is_asked(void **state)
{
	(void)state;
	setenv("http_proxy", "http://127.0.0.1:9/", 1);
	open_relay(RELAY_OBK, 1);
	assert_refused("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/cm\r\n\r\n",
		       "it answers with HTTP status 302");
	assert_int_equal(asked_port, 80);
	unsetenv("http_proxy");
}

static void what_refuses_is_told_with_what_it_was_asked_and_said(void **state)
{
	(void)state;
	open_relay(RELAY_OBK, 1);
	assert_refused(OK "0", "127.0.0.1, asked for \"SetChannel 1 1\": it answers 0");
	assert_refused("HTTP/1.1 404 Not Found\r\n\r\n1", "it answers with HTTP status 404");
	assert_refused(OK "\x1b[31mred\x07\n", "it answers [31mred");
}

static void a_helper_that_vanishes_or_says_no_http_refuses(void **state)
{
	(void)state;
	open_relay(RELAY_OBK, 1);
	assert_refused("", "mpty reply");
	assert_refused("\x01\x02\x03\r\n", "asked for");
	assert_refused("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1", "asked for");
	assert_refused("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n1", "asked for");
}

static void nobody_there_is_a_refusal(void **state)
{
	const char *why;

	(void)state;
	open_relay(RELAY_OBK, 1);
	close(helper);
	relay_set(relay, true);
	relay_wait(relay);
	assert_int_equal(relay_result(relay, &why), TROUBLE_HELPER_REFUSED);
	assert_non_null(strstr(why, "127.0.0.1, asked for \"SetChannel 1 1\": "));
	helper = dup(0);
}

/* 512 bytes of content, and 8192 of headers. */
static void longer_answers_than_a_helper_has_are_cut_off(void **state)
{
	static char body[8192 + 256];
	const char *why;
	size_t len;

	(void)state;
	open_relay(RELAY_TASMOTA, 1);
	len = (size_t)snprintf(body, sizeof(body), OK "{\"POWER1\":\"ON\"}");
	memset(body + len, ' ', strlen(OK) + 512 - len);
	assert_int_equal(after(body, &why), TROUBLE_NONE);
	body[strlen(OK) + 512] = ' ';
	assert_refused(body, "asked for \"Power1 1\": its answer is too long");

	/* Limits apply to the first line and the last one, too. */
	memset(body, 0, sizeof(body));
	len = (size_t)snprintf(body, sizeof(body), "HTTP/1.1 200 OK\r\nX: ");
	memset(body + len, 'x', 8192 - 4 - len);
	strcpy(body + 8192 - 4, "\r\n\r\n");
	assert_int_equal(after(body, &why), TROUBLE_NONE);
	strcpy(body + 8192 - 4, "x\r\n\r\n");
	assert_refused(body, "asked for \"Power1 1\": its answer is too long");
}

static void a_request_in_progress_is_given_up_for_the_next(void **state)
{
	const char *why;
	char byte;

	(void)state;
	open_relay(RELAY_OBK, 1);
	relay_set(relay, false);
	hear();
	relay_set(relay, true);
	assert_int_equal(recv(caller, &byte, 1, 0), 0);
	assert_begins(hear(), "GET /cm?cmnd=SetChannel%201%201 ");
	answer(OK "1");
	relay_wait(relay);
	assert_int_equal(relay_result(relay, &why), TROUBLE_NONE);
	/* The reason of a refusal is not kept. */
	assert_refused(OK "0", "it answers 0");
	assert_int_equal(after(OK "1", &why), TROUBLE_NONE);
	assert_string_equal(why, "");
	assert_int_equal(after(OK, &why), TROUBLE_NONE);
	/* The user may stop during a request. */
	relay_set(relay, false);
	hear();
}

static void a_host_without_an_address_is_not_opened(void **state)
{
	const struct net_place place = {.host = "256.256.256.256", .number = 1};

	(void)state;
	assert_null(relay_open(RELAY_OBK, &place, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	relay_free(NULL);
}

static void an_answer_says_that_the_relay_is_as_wanted_or_it_is_a_refusal(void **state)
{
	static const struct {
		enum relay_kind kind;
		bool on, agrees;
		const char *answer;
	} rows[] = {
		{RELAY_OBK, true, true, "1"},
		{RELAY_OBK, false, true, "0"},
		{RELAY_OBK, true, true, "1\r\n"},
		{RELAY_OBK, true, false, "0"},
		{RELAY_OBK, false, false, "1"},
		{RELAY_OBK, true, false, "100"},
		{RELAY_OBK, true, false, "{}"},
		{RELAY_OBK, true, true, ""},
		{RELAY_TASMOTA, true, true, "{\"POWER1\":\"ON\"}"},
		{RELAY_TASMOTA, false, true, "{\"POWER\":\"OFF\"}"},
		{RELAY_TASMOTA, false, false, "{\"POWER1\":\"ON\"}"},
		{RELAY_TASMOTA, true, false, "{\"Command\":\"Unknown\"}"},
		{RELAY_TASMOTA, true, false, "{\"WARNING\":\"Need user=<username>\"}"},
		{RELAY_TASMOTA, true, false, "{}"},
		{RELAY_TASMOTA, true, true, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(relay_agrees(rows[i].kind, rows[i].on, rows[i].answer),
				 rows[i].agrees);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_says_that_the_relay_is_as_wanted_or_it_is_a_refusal),
		CASE(the_command_is_that_of_its_kind_for_its_channel_at_port_80),
		CASE(no_other_host_is_asked),
		CASE(what_refuses_is_told_with_what_it_was_asked_and_said),
		CASE(a_helper_that_vanishes_or_says_no_http_refuses),
		CASE(nobody_there_is_a_refusal),
		CASE(longer_answers_than_a_helper_has_are_cut_off),
		CASE(a_request_in_progress_is_given_up_for_the_next),
		CASE(a_host_without_an_address_is_not_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
