/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_bridge.h"

#include <string.h>

#include "sim/model/uart_bridge_http.h"
#include "tests/sim/model/die.h"

#define MS UINT64_C(1000000)

static const uint8_t link_check[] = {0x01, 0xE0, 0xFC, 0x01, 0x00};
static const uint8_t linked[] = {0x04, 0x0E, 0x05, 0x01, 0xE0, 0xFC, 0x01, 0x00};

struct desk {
	struct die *die;
	struct uart_wire *wire;
	struct uart_bridge *bridge;
	uint64_t ns;
	char answer[512];
};

static struct desk desk_of(const char *items)
{
	const struct uart_wire_options line = {.variant = uart_variant_by_name("t"), .seed = 1};
	struct uart_bridge_options options;
	struct desk desk = {.die = die_of("GD25Q16B")};

	assert_true(uart_bridge_parse(&options, items));
	desk.wire = uart_wire_new(&line, &desk.die->nor);
	assert_non_null(desk.wire);
	desk.bridge = uart_bridge_new(&options, desk.wire, 1);
	assert_non_null(desk.bridge);
	desk.ns = uart_bridge_now(desk.bridge);
	return desk;
}

static void desk_free(struct desk *desk)
{
	uart_bridge_free(desk->bridge);
	uart_wire_free(desk->wire);
	die_free(desk->die);
}

static int connect_to(struct desk *desk, enum uart_bridge_port port)
{
	uint64_t established;
	int id = uart_bridge_connect(desk->bridge, port, desk->ns, &established);

	assert_true(id >= 0);
	assert_true(established > desk->ns);
	desk->ns = established;
	return id;
}

/* Stores the answer to the command, without the header, in desk->answer; returns the HTTP status.
 */
static int command(struct desk *desk, const char *words)
{
	int id = connect_to(desk, UART_BRIDGE_HTTP), status = 0;
	char request[256], text[1024] = "";
	size_t used = 0;

	snprintf(request, sizeof(request), "GET /cm?cmnd=%s HTTP/1.1\r\nHost: x\r\n\r\n", words);
	assert_int_equal(uart_bridge_write(desk->bridge, id, (const uint8_t *)request,
					   strlen(request), desk->ns),
			 strlen(request));
	for (long got = 0; got >= 0; used += (size_t)got) {
		desk->ns += MS;
		got = uart_bridge_read(desk->bridge, id, (uint8_t *)text + used,
				       sizeof(text) - used, desk->ns);
		if (got < 0)
			break;
	}
	uart_bridge_close(desk->bridge, id, desk->ns);
	assert_int_equal(sscanf(text, "HTTP/1.1 %d", &status), 1);
	strcpy(desk->answer, strstr(text, "\r\n\r\n") + 4);
	return status;
}

static void test_commands_answer_as_openbeken_does(void **state)
{
	static const struct {
		const char *words, *answer;
	} rows[] = {
		{"SetChannel%201%200", "0"},
		{"setchannel+1+1", "1"},
		{"Power1%200", "{\"POWER\":\"OFF\"}"},
		{"POWER%20TOGGLE", "{\"POWER\":\"ON\"}"},
		{"Power1", "{\"POWER\":\"ON\"}"},
		{"Power2%200", "{}"},
		{"SetChannel%202%201", "0"},
		{"delay_ms%20100", "{}"},
		{"backlog%20Power1%200;%20delay_ms%20250;%20Power1%201", "{}"},
	};
	struct desk desk = desk_of("latency=5");
	struct uart_bridge_stats stats;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(command(&desk, rows[i].words), 200);
		assert_string_equal(desk.answer, rows[i].answer);
	}
	uart_bridge_stats(desk.bridge, &stats);
	assert_int_equal(stats.refused, 4);
	assert_true(stats.relay);
	desk_free(&desk);
}

static void test_what_is_no_command_is_not_found(void **state)
{
	char answer[UART_BRIDGE_REQUEST];
	static const char *const wrong[] = {"", "GET / HTTP/1.1\r\n\r\n", "GET /cm?cmnd= x",
					    "GET /cm?cmnd=%4", "POST /cm?cmnd=Power1"};
	struct uart_bridge_driver driver = {.relay = true};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(uart_bridge_http(&driver, wrong[i], false, answer),
				 UART_BRIDGE_REFUSED);
}

static void test_a_stream_over_a_release_of_cen_links_and_single_checks_do_not(void **state)
{
	struct desk desk = desk_of("latency=20");
	uint8_t stream[2000], got[2000];
	int id = connect_to(&desk, UART_BRIDGE_TCP);

	(void)state;
	/*
	 * One by one, each after the silence that follows the one before: the window has closed by
	 * then.
	 */
	command(&desk, "Power1%200");
	command(&desk, "Power1%201");
	desk.ns += 50 * MS;
	uart_bridge_write(desk.bridge, id, link_check, 5, desk.ns);
	desk.ns += 200 * MS;
	assert_int_equal(uart_bridge_read(desk.bridge, id, got, sizeof(got), desk.ns), 0);
	/* The line takes 174 ms for it, so it is still flowing when CEN rises. */
	command(&desk, "Power1%200");
	for (size_t i = 0; i < sizeof(stream); i += 5)
		memcpy(stream + i, link_check, 5);
	uart_bridge_write(desk.bridge, id, stream, sizeof(stream), desk.ns);
	command(&desk, "Power1%201");
	desk.ns += 200 * MS;
	assert_true(uart_bridge_read(desk.bridge, id, got, sizeof(got), desk.ns) >= 8);
	assert_memory_equal(got, linked, 8);
	desk_free(&desk);
}

static void test_bytes_cost_the_line_the_pauses_and_the_latency(void **state)
{
	static const uint8_t zeros[2048];
	struct desk desk = desk_of("latency=20");
	struct uart_wire_stats stats;
	int id = connect_to(&desk, UART_BRIDGE_TCP);

	(void)state;
	uart_bridge_write(desk.bridge, id, zeros, sizeof(zeros), desk.ns);
	/* 20 ms, 89 ms of line, a pause of 5 ms or more, 89 ms. */
	uart_bridge_advance(desk.bridge, desk.ns + 195 * MS);
	uart_wire_stats(desk.wire, &stats);
	assert_true(stats.to_chip < 2048);
	uart_bridge_advance(desk.bridge, desk.ns + 210 * MS);
	uart_wire_stats(desk.wire, &stats);
	assert_int_equal(stats.to_chip, 2048);
	desk_free(&desk);
}

static void test_a_restart_drops_the_client_and_has_another_rate(void **state)
{
	struct desk desk = desk_of("latency=5");
	uint8_t byte;
	uint64_t established;
	int id = connect_to(&desk, UART_BRIDGE_TCP);

	(void)state;
	assert_false(uart_bridge_readable(desk.bridge, id));
	command(&desk, "backlog%20stopDriver%20UartTCP;%20startDriver%20UartTCP%20921600%208192");
	assert_true(uart_bridge_readable(desk.bridge, id));
	assert_int_equal(uart_bridge_read(desk.bridge, id, &byte, 1, desk.ns), -1);
	uart_bridge_close(desk.bridge, id, desk.ns);
	command(&desk, "stopDriver%20UartTCP");
	id = uart_bridge_connect(desk.bridge, UART_BRIDGE_TCP, desk.ns, &established);
	assert_true(uart_bridge_refused(desk.bridge, id));
	desk_free(&desk);
}

static void test_items_that_are_none_are_refused(void **state)
{
	static const char *const wrong[] = {"",	       "latency",  "latency=",	   "latency=-1",
					    "jitter=", "buffer=1", "baud=9999999", "split,",
					    "x",       "close=0",  "stall=0"};
	struct uart_bridge_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(uart_bridge_parse(&options, wrong[i]));
	assert_true(uart_bridge_parse(&options, "split,password,stall=400,latency=0"));
	assert_true(options.split && options.deaf && options.stall_ms == 400);
	assert_int_equal(options.latency_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands_answer_as_openbeken_does),
		cmocka_unit_test(test_what_is_no_command_is_not_found),
		cmocka_unit_test(
			test_a_stream_over_a_release_of_cen_links_and_single_checks_do_not),
		cmocka_unit_test(test_bytes_cost_the_line_the_pauses_and_the_latency),
		cmocka_unit_test(test_a_restart_drops_the_client_and_has_another_rate),
		cmocka_unit_test(test_items_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
