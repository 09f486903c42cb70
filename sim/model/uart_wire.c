/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PACKET 62u
#define START_RATE 9600u
#define OUT_NS UINT64_C(125000)
#define POWERED_NS UINT64_C(10000000000)
#define LOG_NS UINT64_C(100000000)
#define FLYING 16384u
#define BURST_MOST 64u
#define FAST_MOST 100u
#define NS_OF_TEN_BITS UINT64_C(10000000000)

struct sent_byte {
	uint64_t ns; /* when its stop bit ends */
	uint32_t rate;
	uint8_t value;
};

struct uart_wire {
	struct uart_wire_options options;
	struct uart_bootloader chip;
	struct uart_wire_stats stats;
	struct prng prng;
	uint64_t now;
	uint32_t rate;
	bool cen, was_read;
	unsigned burst_to_chip, burst_from_chip; /* bytes that a burst has left */

	/* Rings. The bytes of the chip are known before they have arrived. */
	struct sent_byte out[UART_WIRE_QUEUE], flying[FLYING];
	size_t out_first, out_count, flying_first, flying_count;
	uint64_t out_free_ns;
	uint64_t log_ns; /* when the application writes its next line */

	/*
	 * Received bytes: @seen of @in_count are visible, the others are in a packet that is still
	 * open.
	 */
	uint8_t in[UART_WIRE_INPUT];
	size_t in_first, in_count, seen;
	uint64_t packet_ns; /* the latest time at which the open packet is sent */
};

/* What it really sends and expects, at the rate that it was told. */
static uint32_t chip_rate(const struct uart_wire *wire)
{
	const uint64_t rate = uart_bootloader_rate(&wire->chip);

	return (uint32_t)(rate * (1000 + wire->options.faults.fast) / 1000);
}

static void chip_sends(void *context, uint8_t byte, uint64_t ns)
{
	struct uart_wire *wire = context;

	if (wire->flying_count == FLYING) {
		wire->stats.overruns++;
		return;
	}
	wire->flying[(wire->flying_first + wire->flying_count++) % FLYING] =
		(struct sent_byte){.ns = ns, .rate = chip_rate(wire), .value = byte};
}

static uint8_t as_heard(struct uart_wire *wire, uint8_t value, uint32_t sender, uint32_t receiver)
{
	uint32_t difference = sender > receiver ? sender - receiver : receiver - sender;

	if ((uint64_t)difference * 25 <= receiver)
		return value;
	wire->stats.noise++;
	return (uint8_t)prng_next(&wire->prng);
}

static bool happens(struct uart_wire *wire, uint32_t one_of)
{
	if (!one_of || prng_between(&wire->prng, 1, one_of) > 1)
		return false;
	wire->stats.faults++;
	return true;
}

/* Returns how many times the byte arrives at the other end, and with which value. */
static unsigned pass(struct uart_wire *wire, unsigned *burst, uint8_t *value)
{
	const struct uart_wire_faults *faults = &wire->options.faults;

	if (!*burst && happens(wire, faults->burst))
		*burst = (unsigned)prng_between(&wire->prng, 1, BURST_MOST);
	if (*burst) {
		--*burst;
		*value = (uint8_t)prng_next(&wire->prng);
		return 1;
	}

	if (happens(wire, faults->lose))
		return 0;
	if (happens(wire, faults->flip))
		*value ^= (uint8_t)(1u << prng_between(&wire->prng, 0, 7));
	return happens(wire, faults->twice) ? 2 : 1;
}

static bool logs(const struct uart_wire *wire)
{
	return wire->options.faults.log && !wire->options.faults.stuck &&
	       wire->chip.state == UART_APPLICATION;
}

static void write_log(struct uart_wire *wire)
{
	static const char line[] = "[app] running\r\n";
	uint64_t ns = wire->now;

	wire->log_ns = wire->now + LOG_NS;
	for (const char *at = line; *at; at++) {
		ns += uart_bootloader_byte_ns(&wire->chip);
		chip_sends(wire, (uint8_t)*at, ns);
	}
}

static void close_packet(struct uart_wire *wire)
{
	wire->seen = wire->in_count;
}

static void arrive(struct uart_wire *wire, const struct sent_byte *byte)
{
	if (wire->in_count == UART_WIRE_INPUT) {
		wire->stats.overruns++;
		return;
	}
	if (wire->seen == wire->in_count)
		wire->packet_ns = byte->ns + wire->options.latency_ns;
	wire->in[(wire->in_first + wire->in_count++) % UART_WIRE_INPUT] =
		as_heard(wire, byte->value, byte->rate, wire->rate);
	if (wire->in_count - wire->seen == PACKET)
		close_packet(wire);
}

static bool packet_is_open(const struct uart_wire *wire)
{
	return wire->in_count > wire->seen;
}

/* The time of the next event that needs no input. */
static uint64_t next(const struct uart_wire *wire)
{
	uint64_t ns = UART_WIRE_NEVER;

	if (wire->out_count)
		ns = wire->out[wire->out_first].ns;
	if (wire->flying_count && wire->flying[wire->flying_first].ns < ns)
		ns = wire->flying[wire->flying_first].ns;
	if (packet_is_open(wire) && wire->packet_ns < ns)
		ns = wire->packet_ns;
	if (wire->chip.count && wire->chip.state != UART_HUNG && wire->chip.free_ns < ns)
		ns = wire->chip.free_ns;
	if (logs(wire) && wire->log_ns < ns)
		ns = wire->log_ns;
	return ns > wire->now ? ns : wire->now;
}

/* Power fails for a moment, and what is on its way from the chip is gone. */
static void brown_out(struct uart_wire *wire, uint64_t ns)
{
	uart_bootloader_cen(&wire->chip, false, ns);
	wire->flying_count = 0;
	if (wire->cen)
		uart_bootloader_cen(&wire->chip, true, ns);
}

static void send_to_chip(struct uart_wire *wire, struct sent_byte byte)
{
	wire->stats.to_chip++;
	if (happens(wire, wire->options.faults.reset))
		brown_out(wire, byte.ns);
	if (wire->options.faults.echo)
		arrive(wire, &byte);
	for (unsigned left = pass(wire, &wire->burst_to_chip, &byte.value); left; left--)
		uart_bootloader_receive(&wire->chip,
					as_heard(wire, byte.value, byte.rate, chip_rate(wire)),
					byte.ns);
}

static void receive_from_chip(struct uart_wire *wire, struct sent_byte byte)
{
	if (wire->options.faults.stuck)
		return;
	wire->stats.from_chip++;
	for (unsigned left = pass(wire, &wire->burst_from_chip, &byte.value); left; left--)
		arrive(wire, &byte);
}

/* Advances to @ns; nothing else happens before that. */
static void step(struct uart_wire *wire, uint64_t ns)
{
	wire->now = ns;
	uart_bootloader_advance(&wire->chip, ns);
	if (packet_is_open(wire) && wire->packet_ns <= ns)
		close_packet(wire);
	while (wire->out_count && wire->out[wire->out_first].ns <= ns) {
		struct sent_byte byte = wire->out[wire->out_first];

		wire->out_first = (wire->out_first + 1) % UART_WIRE_QUEUE;
		wire->out_count--;
		send_to_chip(wire, byte);
	}
	while (wire->flying_count && wire->flying[wire->flying_first].ns <= ns) {
		struct sent_byte byte = wire->flying[wire->flying_first];

		wire->flying_first = (wire->flying_first + 1) % FLYING;
		wire->flying_count--;
		receive_from_chip(wire, byte);
	}
	if (logs(wire) && wire->log_ns <= ns)
		write_log(wire);
}

struct uart_wire *uart_wire_new(const struct uart_wire_options *options, struct nor *nor)
{
	struct uart_wire *wire = calloc(1, sizeof(*wire));

	if (!wire)
		return NULL;
	wire->options = *options;
	wire->prng.state = options->seed ^ 0x75617274;
	wire->rate = START_RATE;
	wire->cen = true;
	wire->log_ns = POWERED_NS;
	uart_bootloader_init(&wire->chip, options->variant, nor, chip_sends, wire);
	uart_bootloader_cen(&wire->chip, true, 0);
	/* It was powered long before it is first used. */
	step(wire, POWERED_NS);
	return wire;
}

void uart_wire_free(struct uart_wire *wire)
{
	free(wire);
}

uint64_t uart_wire_now(const struct uart_wire *wire)
{
	return wire->now;
}

void uart_wire_advance(struct uart_wire *wire, uint64_t ns)
{
	for (uint64_t at = next(wire); at <= ns && at != UART_WIRE_NEVER; at = next(wire)) {
		uint64_t before = wire->now;

		step(wire, at);
		if (at == before && next(wire) == at)
			break; /* it is due, but the chip does not accept it */
	}
	if (ns > wire->now)
		step(wire, ns);
}

void uart_wire_set_rate(struct uart_wire *wire, uint32_t rate, uint64_t ns)
{
	uart_wire_advance(wire, ns);
	if (rate)
		wire->rate = rate;
}

void uart_wire_set_latency(struct uart_wire *wire, uint64_t latency_ns)
{
	wire->options.latency_ns = latency_ns;
}

void uart_wire_set_lines(struct uart_wire *wire, bool rts, bool dtr, uint64_t ns)
{
	bool cen = true;

	uart_wire_advance(wire, ns);
	if (wire->options.cen == UART_CEN_RTS)
		cen = !rts;
	else if (wire->options.cen == UART_CEN_DTR)
		cen = !dtr;
	if (cen == wire->cen)
		return;
	wire->cen = cen;
	if (!cen) {
		wire->stats.resets++;
		wire->flying_count = 0;
	}
	uart_bootloader_cen(&wire->chip, cen, wire->now);
}

size_t uart_wire_write(struct uart_wire *wire, const uint8_t *bytes, size_t count, uint64_t ns)
{
	uint64_t byte_ns = NS_OF_TEN_BITS / wire->rate;
	size_t done = 0;

	uart_wire_advance(wire, ns);
	if (wire->was_read && count)
		wire->stats.turnarounds++;
	wire->was_read = false;
	if (!wire->out_count && wire->out_free_ns < wire->now + OUT_NS)
		wire->out_free_ns = wire->now + OUT_NS;
	for (; done < count && wire->out_count < UART_WIRE_QUEUE; done++) {
		wire->out_free_ns += byte_ns;
		wire->out[(wire->out_first + wire->out_count++) % UART_WIRE_QUEUE] =
			(struct sent_byte){
				.ns = wire->out_free_ns, .rate = wire->rate, .value = bytes[done]};
	}
	return done;
}

size_t uart_wire_read(struct uart_wire *wire, uint8_t *bytes, size_t count, uint64_t ns)
{
	size_t done = 0;

	uart_wire_advance(wire, ns);
	for (; done < count && wire->seen; done++) {
		bytes[done] = wire->in[wire->in_first];
		wire->in_first = (wire->in_first + 1) % UART_WIRE_INPUT;
		wire->in_count--;
		wire->seen--;
	}
	if (done)
		wire->was_read = true;
	return done;
}

size_t uart_wire_readable(const struct uart_wire *wire)
{
	return wire->seen;
}

size_t uart_wire_unsent(const struct uart_wire *wire)
{
	return wire->out_count;
}

void uart_wire_flush_input(struct uart_wire *wire, uint64_t ns)
{
	uart_wire_advance(wire, ns);
	wire->in_count = wire->seen = 0;
}

void uart_wire_flush_output(struct uart_wire *wire, uint64_t ns)
{
	uart_wire_advance(wire, ns);
	wire->out_count = 0;
	wire->out_free_ns = wire->now;
}

uint64_t uart_wire_wait(struct uart_wire *wire, uint64_t deadline)
{
	while (!wire->seen) {
		uint64_t before = wire->now, at = next(wire);

		if (at > deadline || at == UART_WIRE_NEVER)
			break;
		step(wire, at);
		if (at == before && !wire->seen && next(wire) == at)
			break;
	}
	if (wire->seen)
		return wire->now;
	if (deadline != UART_WIRE_NEVER)
		uart_wire_advance(wire, deadline);
	return UART_WIRE_NEVER;
}

uint64_t uart_wire_drain(struct uart_wire *wire, size_t left)
{
	while (wire->out_count > left)
		uart_wire_advance(wire, wire->out[wire->out_first].ns);
	return wire->now;
}

uint64_t uart_wire_used_us(const struct uart_wire *wire)
{
	return (wire->now - POWERED_NS) / 1000;
}

const struct uart_bootloader *uart_wire_chip(const struct uart_wire *wire)
{
	return &wire->chip;
}

void uart_wire_stats(const struct uart_wire *wire, struct uart_wire_stats *stats)
{
	*stats = wire->stats;
}

static bool take_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

static bool take_count(const char **text, uint32_t *count, uint32_t least)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(*text, &end, 10);
	if (**text < '0' || **text > '9' || errno || value < least || value > UINT32_MAX)
		return false;
	*count = (uint32_t)value;
	*text = end;
	return true;
}

static bool take_fault(const char **text, struct uart_wire_faults *faults)
{
	if (take_word(text, "lose="))
		return take_count(text, &faults->lose, 2);
	if (take_word(text, "twice="))
		return take_count(text, &faults->twice, 2);
	if (take_word(text, "flip="))
		return take_count(text, &faults->flip, 2);
	if (take_word(text, "burst="))
		return take_count(text, &faults->burst, 2);
	if (take_word(text, "reset="))
		return take_count(text, &faults->reset, 2);
	if (take_word(text, "fast="))
		return take_count(text, &faults->fast, 1) && faults->fast <= FAST_MOST;
	if (take_word(text, "echo"))
		return faults->echo = true;
	if (take_word(text, "log"))
		return faults->log = true;
	return take_word(text, "stuck") && (faults->stuck = true);
}

bool uart_wire_parse_faults(struct uart_wire_faults *faults, const char *text)
{
	do {
		if (!take_fault(&text, faults))
			return false;
	} while (*text == ',' && text++);
	return !*text;
}
