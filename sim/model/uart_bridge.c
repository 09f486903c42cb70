/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model/uart_bridge_http.h"

#define MS UINT64_C(1000000)
#define TAKE 1024u
#define PAUSE_MS 5u
#define LOOKS 10u
#define CHATTER 1000u
#define CLOSE_MS 2000u
#define COMMAND_MS 5u
#define BUFFER_MOST 16384u
#define CLIENT_ROOM 131072u
#define STALL_EACH 65536u

struct arriving {
	uint64_t ns;
	uint8_t value;
};

/* Bytes in flight in one direction, in order. */
struct flow {
	struct arriving *bytes; /* a ring */
	size_t room, first, count;
	uint64_t last_ns;
};

enum state { FREE, OPEN, REFUSED, CLOSED };

struct connection {
	enum state state;
	enum uart_bridge_port port;
	uint64_t established_ns, closed_ns; /* when the client sees it */
	uint64_t answer_ns;		    /* HTTP: when the command has been done */
	struct flow to_helper, to_client;
	char request[UART_BRIDGE_REQUEST];
	size_t requested;
	bool answered;
};

struct uart_bridge {
	struct uart_bridge_options options;
	struct uart_bridge_stats stats;
	struct uart_wire *wire;
	struct prng prng;
	uint64_t now;
	struct connection connections[UART_BRIDGE_CONNECTIONS];

	struct uart_bridge_driver driver;
	int served; /* the connection, or -1 */
	bool sending;
	unsigned takes_in_ms, sends_in_ms, looks;
	uint8_t ring[2 * BUFFER_MOST];
	size_t ring_count;
	uint64_t came, stall_end_ns;
	bool has_dropped;
};

/* --- flows --- */

static size_t arrived(const struct flow *flow, uint64_t ns)
{
	size_t count = 0;

	while (count < flow->count && flow->bytes[(flow->first + count) % flow->room].ns <= ns)
		count++;
	return count;
}

static size_t take(struct flow *flow, uint8_t *bytes, size_t most, uint64_t ns)
{
	size_t count = arrived(flow, ns);

	if (count > most)
		count = most;
	for (size_t i = 0; i < count; i++)
		bytes[i] = flow->bytes[(flow->first + i) % flow->room].value;
	flow->first = (flow->first + count) % flow->room;
	flow->count -= count;
	return count;
}

/* A segment arrives as a whole, and never before the one that was sent earlier. */
static size_t put(struct uart_bridge *bridge, struct flow *flow, const uint8_t *bytes, size_t count)
{
	uint64_t ns = bridge->now > bridge->stall_end_ns ? bridge->now : bridge->stall_end_ns;
	size_t room = flow->room - flow->count;

	ns += bridge->options.latency_ms * MS;
	if (bridge->options.jitter_ms)
		ns += prng_between(&bridge->prng, 0, bridge->options.jitter_ms) * MS;
	if (ns < flow->last_ns)
		ns = flow->last_ns;
	flow->last_ns = ns;
	if (count > room)
		count = room;
	for (size_t i = 0; i < count; i++)
		flow->bytes[(flow->first + flow->count++) % flow->room] =
			(struct arriving){.ns = ns, .value = bytes[i]};
	return count;
}

/* --- the driver --- */

static void drop_client(struct uart_bridge *bridge)
{
	for (int i = 0; i < (int)UART_BRIDGE_CONNECTIONS; i++) {
		struct connection *one = &bridge->connections[i];

		if (one->state != OPEN || one->port != UART_BRIDGE_TCP)
			continue;
		one->state = CLOSED;
		put(bridge, &one->to_client, NULL, 0);
		one->closed_ns = one->to_client.last_ns;
	}
	bridge->served = -1;
	bridge->sending = false;
	bridge->ring_count = 0;
}

static struct connection *client_of(struct uart_bridge *bridge)
{
	for (int i = 0; bridge->served < 0 && i < (int)UART_BRIDGE_CONNECTIONS; i++) {
		const struct connection *one = &bridge->connections[i];

		if (one->state == OPEN && one->port == UART_BRIDGE_TCP &&
		    one->established_ns <= bridge->now)
			bridge->served = i;
	}
	return bridge->served < 0 ? NULL : &bridge->connections[bridge->served];
}

static void to_line(struct uart_bridge *bridge, struct connection *client)
{
	uint8_t bytes[TAKE];
	size_t count;

	if (bridge->sending && !uart_wire_unsent(bridge->wire)) {
		bridge->sending = false;
		bridge->takes_in_ms = PAUSE_MS;
	}
	if (bridge->takes_in_ms)
		bridge->takes_in_ms--;
	if (!client || bridge->sending || bridge->takes_in_ms)
		return;
	count = take(&client->to_helper, bytes, sizeof(bytes), bridge->now);
	if (!count)
		return;
	uart_wire_write(bridge->wire, bytes, count, bridge->now);
	bridge->sending = true;
}

static void into_ring(struct uart_bridge *bridge)
{
	uint8_t bytes[512];
	size_t count, room;

	while ((count = uart_wire_read(bridge->wire, bytes, sizeof(bytes), bridge->now))) {
		room = 2 * (size_t)bridge->driver.buffer - bridge->ring_count;
		if (count > room)
			bridge->stats.lost += count - room;
		if (count < room)
			room = count;
		memcpy(bridge->ring + bridge->ring_count, bytes, room);
		bridge->ring_count += room;
	}
}

static void go_wrong(struct uart_bridge *bridge, size_t count)
{
	const struct uart_bridge_options *options = &bridge->options;
	uint64_t before = bridge->came;

	bridge->came += count;
	if (options->stall_ms && before / STALL_EACH != bridge->came / STALL_EACH)
		bridge->stall_end_ns = bridge->now + options->stall_ms * MS;
	if (options->stop_after && bridge->came >= options->stop_after) {
		bridge->driver.runs = false;
		drop_client(bridge);
	}
	if (options->close_after && !bridge->has_dropped && bridge->came >= options->close_after) {
		bridge->has_dropped = true;
		drop_client(bridge);
	}
}

static void from_line(struct uart_bridge *bridge, struct connection *client)
{
	size_t count = bridge->ring_count;

	if (!client) {
		bridge->ring_count = bridge->looks = 0;
		return;
	}
	if (bridge->sends_in_ms && --bridge->sends_in_ms)
		return;
	bridge->looks = count ? bridge->looks + 1 : 0;
	if (count < bridge->driver.buffer && bridge->looks < LOOKS)
		return;
	if (count > bridge->driver.buffer)
		count = bridge->driver.buffer;
	count = put(bridge, &client->to_client, bridge->ring, count);
	bridge->ring_count -= count;
	memmove(bridge->ring, bridge->ring + count, bridge->ring_count);
	bridge->looks = 0;
	bridge->sends_in_ms = PAUSE_MS;
	go_wrong(bridge, count);
}

/* --- HTTP --- */

static void obey(struct uart_bridge *bridge, const struct connection *one,
		 char answer[UART_BRIDGE_REQUEST])
{
	struct uart_bridge_driver before = bridge->driver;
	enum uart_bridge_http_result result;

	if (bridge->options.deaf) {
		uart_bridge_http_answer(answer, 401, "Unauthorized");
		bridge->stats.refused++;
		return;
	}
	bridge->stats.commands++;
	result = uart_bridge_http(&bridge->driver, one->request, bridge->options.ignores, answer);
	if (result == UART_BRIDGE_REFUSED)
		bridge->stats.refused++;
	if (bridge->driver.relay != before.relay)
		uart_wire_set_lines(bridge->wire, !bridge->driver.relay, false, bridge->now);
	if (bridge->driver.starts != before.starts) {
		drop_client(bridge);
		uart_wire_set_rate(bridge->wire, bridge->driver.rate, bridge->now);
	}
}

static void serve_http(struct uart_bridge *bridge, struct connection *one)
{
	char answer[UART_BRIDGE_REQUEST];
	size_t room = sizeof(one->request) - 1 - one->requested;

	if (one->answered)
		return;
	one->requested +=
		take(&one->to_helper, (uint8_t *)one->request + one->requested, room, bridge->now);
	one->request[one->requested] = 0;
	if (!strstr(one->request, "\r\n\r\n") && one->requested + 1 < sizeof(one->request))
		return;
	if (!one->answer_ns)
		one->answer_ns = bridge->now + COMMAND_MS * MS;
	if (bridge->now < one->answer_ns)
		return;
	obey(bridge, one, answer);
	put(bridge, &one->to_client, (const uint8_t *)answer, strlen(answer));
	for (unsigned i = 0; bridge->options.chatters && i < CHATTER; i++)
		put(bridge, &one->to_client, (const uint8_t *)" ", 1);
	one->answered = true;
	one->state = CLOSED;
	one->closed_ns = one->to_client.last_ns;
}

/* --- time --- */

static void tick(struct uart_bridge *bridge)
{
	struct connection *client;

	uart_wire_advance(bridge->wire, bridge->now);
	into_ring(bridge);
	client = client_of(bridge);
	to_line(bridge, client);
	from_line(bridge, client);
	for (size_t i = 0; i < UART_BRIDGE_CONNECTIONS; i++)
		if (bridge->connections[i].state == OPEN &&
		    bridge->connections[i].port == UART_BRIDGE_HTTP)
			serve_http(bridge, &bridge->connections[i]);
}

uint64_t uart_bridge_now(const struct uart_bridge *bridge)
{
	return bridge->now;
}

void uart_bridge_advance(struct uart_bridge *bridge, uint64_t ns)
{
	uint64_t next = (bridge->now / MS + 1) * MS;

	for (; next <= ns; next += MS) {
		bridge->now = next;
		tick(bridge);
	}
	if (ns > bridge->now)
		bridge->now = ns;
}

/* --- clients --- */

static bool make_flow(struct flow *flow, size_t room)
{
	if (!flow->bytes)
		flow->bytes = malloc(room * sizeof(*flow->bytes));
	*flow = (struct flow){.bytes = flow->bytes, .room = room};
	return flow->bytes;
}

int uart_bridge_connect(struct uart_bridge *bridge, enum uart_bridge_port port, uint64_t ns,
			uint64_t *established)
{
	uart_bridge_advance(bridge, ns);
	for (int i = 0; i < (int)UART_BRIDGE_CONNECTIONS; i++) {
		struct connection *one = &bridge->connections[i];

		if (one->state != FREE)
			continue;
		if (!make_flow(&one->to_helper, UART_BRIDGE_UNSENT) ||
		    !make_flow(&one->to_client, CLIENT_ROOM))
			return -1;
		one->port = port;
		one->requested = 0;
		one->answered = false;
		one->answer_ns = 0;
		one->state = port == UART_BRIDGE_TCP && !bridge->driver.runs ? REFUSED : OPEN;
		*established = bridge->now + 2 * bridge->options.latency_ms * MS;
		one->established_ns = *established;
		bridge->stats.clients += port == UART_BRIDGE_TCP;
		return i;
	}
	return -1;
}

bool uart_bridge_refused(const struct uart_bridge *bridge, int id)
{
	return bridge->connections[id].state == REFUSED;
}

void uart_bridge_close(struct uart_bridge *bridge, int id, uint64_t ns)
{
	struct connection *one = &bridge->connections[id];

	uart_bridge_advance(bridge, ns);
	/* What it wrote is still in flight. */
	for (unsigned ms = 0; ms < CLOSE_MS && bridge->served == id && one->to_helper.count; ms++)
		uart_bridge_advance(bridge, bridge->now + MS);
	one->state = FREE;
	if (bridge->served == id)
		bridge->served = -1;
}

long uart_bridge_write(struct uart_bridge *bridge, int id, const uint8_t *bytes, size_t count,
		       uint64_t ns)
{
	struct connection *one = &bridge->connections[id];

	uart_bridge_advance(bridge, ns);
	if (one->state != OPEN)
		return one->state == CLOSED && bridge->now < one->closed_ns ? (long)count : -1;
	return (long)put(bridge, &one->to_helper, bytes, count);
}

long uart_bridge_read(struct uart_bridge *bridge, int id, uint8_t *bytes, size_t count, uint64_t ns)
{
	struct connection *one = &bridge->connections[id];
	size_t got;

	uart_bridge_advance(bridge, ns);
	if (bridge->options.split && count > 1)
		count = 1;
	got = take(&one->to_client, bytes, count, bridge->now);
	if (!got && one->state != OPEN && one->closed_ns <= bridge->now)
		return -1;
	return (long)got;
}

bool uart_bridge_readable(const struct uart_bridge *bridge, int id)
{
	const struct connection *one = &bridge->connections[id];

	return arrived(&one->to_client, bridge->now) ||
	       (one->state != OPEN && one->closed_ns <= bridge->now);
}

bool uart_bridge_writable(const struct uart_bridge *bridge, int id)
{
	const struct connection *one = &bridge->connections[id];

	return one->established_ns <= bridge->now && one->to_helper.count < one->to_helper.room;
}

void uart_bridge_stats(const struct uart_bridge *bridge, struct uart_bridge_stats *stats)
{
	*stats = bridge->stats;
	stats->relay = bridge->driver.relay;
}

struct uart_bridge *uart_bridge_new(const struct uart_bridge_options *options,
				    struct uart_wire *wire, uint64_t seed)
{
	struct uart_bridge *bridge = calloc(1, sizeof(*bridge));

	if (!bridge)
		return NULL;
	bridge->options = *options;
	bridge->wire = wire;
	bridge->prng.state = seed ^ 0x776966;
	bridge->now = uart_wire_now(wire);
	bridge->served = -1;
	bridge->driver = (struct uart_bridge_driver){
		.runs = true, .rate = options->rate, .buffer = options->buffer, .relay = true};
	uart_wire_set_rate(wire, options->rate, bridge->now);
	return bridge;
}

void uart_bridge_free(struct uart_bridge *bridge)
{
	if (!bridge)
		return;
	for (size_t i = 0; i < UART_BRIDGE_CONNECTIONS; i++) {
		free(bridge->connections[i].to_helper.bytes);
		free(bridge->connections[i].to_client.bytes);
	}
	free(bridge);
}

/* --- options --- */

static bool take_number(uint32_t *value, const char *text, size_t length, uint32_t least,
			uint32_t most)
{
	unsigned long long number;
	char *end;

	if (length == 0 || *text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	*value = (uint32_t)number;
	return !errno && end == text + length && number >= least && number <= most;
}

static bool take_item(struct uart_bridge_options *options, const char *text, size_t length)
{
	const struct {
		const char *name;
		uint32_t *value, least, most;
	} numbers[] = {
		{"latency=", &options->latency_ms, 0, 10000},
		{"jitter=", &options->jitter_ms, 0, 10000},
		{"buffer=", &options->buffer, 64, BUFFER_MOST},
		{"baud=", &options->rate, 300, 4000000},
		{"stall=", &options->stall_ms, 1, 100000},
		{"close=", &options->close_after, 1, UINT32_MAX},
		{"stop=", &options->stop_after, 1, UINT32_MAX},
	};
	const struct {
		const char *name;
		bool *value;
	} flags[] = {{"split", &options->split},
		     {"password", &options->deaf},
		     {"no-relay", &options->ignores},
		     {"chatters", &options->chatters}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		size_t name = strlen(numbers[i].name);

		if (length > name && strncmp(text, numbers[i].name, name) == 0)
			return take_number(numbers[i].value, text + name, length - name,
					   numbers[i].least, numbers[i].most);
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (length == strlen(flags[i].name) && strncmp(text, flags[i].name, length) == 0)
			return *flags[i].value = true;
	return false;
}

bool uart_bridge_parse(struct uart_bridge_options *options, const char *text)
{
	bool good = true;

	*options = (struct uart_bridge_options){
		.given = true, .latency_ms = 20, .buffer = 8192, .rate = 115200};
	for (size_t length; good; text += length + 1) {
		length = strcspn(text, ",");
		good = take_item(options, text, length);
		if (!text[length])
			break;
	}
	return good;
}
