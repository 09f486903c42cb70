/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/uart_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programmer/die/uart_die.h"
#include "programmer/die/uart_rate.h"
#include "programmer/link/uart_identify.h"
#include "programmer/wire/tty.h"

#define REBOOTS 3
#define REBOOT_PAUSE_US 10000
#define RESET_US 200000
#define SETTLE_STEP_US 5000
#define RELINKS 3
#define RATE_TRIES 2

/* A linked chip survives such a silence: a maker's tool is silent for that long (docs/uart.md). */
#define SURVIVED_US 100000

/* For a chip that only a person can reset: a rate that fails costs another reset. */
#define RATE_BY_HAND 921600u

struct uart_link {
	struct link link; /* first */
	struct uart_params params;
	const struct observer *observer;
	struct wire *wire;
	struct uart_talk talk;
	struct uart_loader loader;
	struct uart_entered entered;
	char answers[128]; /* see link.h */
};

/* --- words --- */

static const char *what_was_seen(enum trouble_kind kind)
{
	switch (kind) {
	case TROUBLE_UART_SILENT:
		return "no bootloader answers: nothing comes from the chip at all";
	case TROUBLE_UART_ECHO:
		return "no bootloader answers: what was sent comes back, so TX and RX are joined";
	case TROUBLE_UART_GARBAGE:
		return "no bootloader answers: what comes is neither an answer nor text";
	case TROUBLE_UART_FIRMWARE:
		return "the firmware answers, and not the bootloader";
	case TROUBLE_UART_OTHER:
		return "a bootloader answers, but not one of Beken's";
	case TROUBLE_NO_FLASH:
		return "the bootloader answers, but finds no flash (its ID is 00 00 00 or FF FF "
		       "FF)";
	case TROUBLE_UNSTEADY:
		return "the bootloader answers, but what it tells of the flash differs each time";
	case TROUBLE_LINK_LOST:
		return "the bootloader answered, and then fell silent";
	default:
		return NULL;
	}
}

static enum trouble_kind raise_no_link(const struct uart_link *uart, enum trouble_kind kind)
{
	const char *seen = what_was_seen(kind);
	const char *next = NULL;
	const char *why = uart->wire->why;
	size_t count = uart->talk.strange_count;
	char line[48] = "";
	struct trouble trouble;

	/* It was not the chip that fell silent. */
	if (kind == TROUBLE_LINK_LOST && why[0]) {
		kind = TROUBLE_NET_CLOSED;
		seen = NULL;
	}
	/* It is in step, but what was asked for never came: damaged, refused, or not at all. */
	if (kind == TROUBLE_LINK_LOST && !uart->talk.gone) {
		kind = TROUBLE_UNSTEADY;
		seen = "the bootloader answers, but too many of its answers arrive damaged, or it "
		       "does not do what it is asked";
		next = "Shorten the wires, check ground and the supply; if that changes nothing, "
		       "it may be another kind of bootloader: use SPI";
	}
	if (kind == TROUBLE_UART_FIRMWARE)
		uart_first_line(uart->talk.strange,
				count < UART_STRANGE_MOST ? count : UART_STRANGE_MOST, line,
				sizeof(line));
	if (kind == TROUBLE_INTERRUPTED)
		trouble = trouble_seen(kind, "interrupted");
	else if (line[0])
		trouble = trouble_seen(kind, "%s: \"%s\" (%s, resets: %u)", seen, line,
				       uart->wire->port, uart->entered.resets);
	else if (seen)
		trouble = trouble_seen(kind, "%s (%s, resets: %u)", seen, uart->wire->port,
				       uart->entered.resets);
	else
		trouble = trouble_seen(kind, "the %s failed: %s%s%s%s", uart->wire->caps.kind,
				       trouble_text(kind), why[0] ? " (" : "", why,
				       why[0] ? ")" : "");
	if (next)
		trouble_set_next(&trouble, "%s", next);
	if (!uart->params.port[0] && (kind == TROUBLE_UART_SILENT || kind == TROUBLE_UART_GARBAGE))
		trouble_set_next(&trouble,
				 "Check power and ground, that the helper's TX goes to RX1 (P10) "
				 "and its RX to TX1 (P11), that its driver runs at 115200 "
				 "(startDriver UartTCP 115200 8192), and which channel is the "
				 "relay at CEN");
	if (!uart->params.port[0] && kind == TROUBLE_LINK_LOST)
		trouble_set_next(&trouble,
				 "Check the module's power and CEN; and the network: a chip that "
				 "hears nothing for a tenth of a second or more resets, so use a "
				 "helper whose answers take less (ping)");
	trouble_add_text(&trouble, "port", "%s", uart->wire->port);
	trouble_add_number(&trouble, "resets", uart->entered.resets);
	return observer_tell(uart->observer, &trouble);
}

static void say_who_answers(const struct uart_link *uart)
{
	const struct uart_loader *loader = &uart->loader;

	if (loader->family == UART_ROM)
		observer_note(uart->observer, NOTE_INFO, TROUBLE_NONE,
			      "the ROM of a chip with the ID %x answers, at %u baud",
			      (unsigned)loader->chip, (unsigned)uart->wire->rate);
	else
		observer_note(uart->observer, NOTE_INFO, TROUBLE_NONE,
			      "a bootloader in the flash answers%s%s, at %u baud; it does not tell "
			      "which part the flash is, and does not change its first 68 KiB",
			      loader->version[0] ? ": " : "", loader->version,
			      (unsigned)uart->wire->rate);
}

/*
 * The chip is kept awake while an answer is on its way, except behind an erase by what would carry
 * it out anywhere: see uart_loader.h.
 */
static void say_if_far(const struct uart_link *uart)
{
	if (!uart_spares_boot(&uart->loader) && uart->wire->caps.jitter_us &&
	    uart->talk.round_trip_us > SURVIVED_US)
		observer_note(uart->observer, NOTE_WARN, TROUBLE_NONE,
			      "an answer takes %u ms over this network: during an erase the chip "
			      "may reset for lack of another request, and is found again%s, which "
			      "takes time",
			      (unsigned)(uart->talk.round_trip_us / 1000),
			      uart->talk.relinks_soon ? "" : " only when you reset it");
}

static void say_what_was_healed(const struct uart_link *uart)
{
	const struct uart_counts counts = uart_counts_less(&uart->talk.counts, &uart->talk.own);

	if (counts.again || counts.relinks || counts.written || counts.mended)
		observer_note(uart->observer, NOTE_INFO, TROUBLE_NONE,
			      "not all went well on the line%s, and this was done about it: %u "
			      "requests were repeated, %u sectors put right by their checksums, %u "
			      "written again, the chip found again %u times, the rate lowered %u "
			      "times",
			      uart->wire->caps.jitter_us ? " or in the network" : "", counts.again,
			      counts.mended, counts.written, counts.relinks, counts.slower);
}

/* --- the link --- */

/* Finds the best rate that works, from the wanted one on; a failure may cost a reset. */
static enum trouble_kind choose_rate(struct uart_link *uart, uint32_t wish)
{
	enum trouble_kind kind = TROUBLE_NONE;
	bool changed = wish <= uart->wire->rate;

	for (uint32_t rate = wish; !kind && !changed && rate > UART_START_RATE;
	     rate = uart_rate_below(rate)) {
		kind = uart_change_rate(&uart->talk, rate, &changed);
		if (!kind && !changed)
			observer_note(uart->observer,
				      uart->params.rate && !uart->talk.relinking ? NOTE_WARN
										 : NOTE_DEBUG,
				      TROUBLE_NONE, "%u baud does not work here", (unsigned)rate);
	}
	return kind;
}

/* See uart_talk.h. */
static enum trouble_kind relink(void *data)
{
	struct uart_link *uart = data;
	uint32_t rate = uart->wire->rate;
	enum trouble_kind kind = TROUBLE_LINK_LOST;
	struct uart_entered entered;

	for (unsigned i = 0; kind == TROUBLE_LINK_LOST && i < RELINKS; i++) {
		kind = uart_enter(&uart->talk, &uart->params.enter, uart->observer, &entered);
		/* It worked before: a single failure is caused by the line, not by the rate. */
		for (unsigned k = 0; !kind && !uart->talk.changes_rate && k < RATE_TRIES; k++)
			kind = choose_rate(uart, rate);
	}
	/* In any case the chip is gone. */
	return kind && kind <= TROUBLE_UART_OTHER && kind >= TROUBLE_UART_SILENT ? TROUBLE_LINK_LOST
										 : kind;
}

static enum trouble_kind bring_up(struct uart_link *uart)
{
	uint32_t wish = uart->params.rate;
	enum trouble_kind kind =
		uart_enter(&uart->talk, &uart->params.enter, uart->observer, &uart->entered);

	if (kind)
		return kind;
	uart->talk.relink = relink;
	uart->talk.data = uart;
	uart->talk.relinks_soon = uart->entered.by_lines;
	uart->params.enter.known = true;
	if (!wish)
		wish = uart->entered.by_lines ? UART_RATE_BEST : RATE_BY_HAND;
	if (wish > uart->wire->caps.rate_most)
		wish = uart->wire->caps.rate_most;
	kind = choose_rate(uart, wish);
	if (!kind)
		kind = talk_learn_latency(&uart->talk);
	if (!kind)
		kind = uart_identify(&uart->talk, &uart->loader);
	/* Retries until here say nothing about the line. */
	uart->talk.counts = uart->talk.own = (struct uart_counts){.again = 0};
	return kind;
}

static void let_run(struct uart_link *uart)
{
	const struct uart_request reboot = uart_reboot();

	for (unsigned i = 0; i < REBOOTS; i++) {
		talk_send(&uart->talk, &reboot);
		wire_drain(uart->wire);
		wire_sleep_us(uart->wire, REBOOT_PAUSE_US);
	}
}

static void close_link(struct uart_link *uart)
{
	uart_die_free(uart->link.die);
	wire_close(uart->wire);
	free(uart);
}

static enum trouble_kind release(struct link *link)
{
	struct uart_link *uart = (struct uart_link *)link;
	enum trouble_kind kind = uart_die_finish(link->die);

	say_what_was_healed(uart);
	if (!link->stays)
		let_run(uart);
	close_link(uart);
	return kind;
}

static struct uart_link *open_wire(const char *parameters, const struct observer *observer)
{
	struct uart_link *uart = calloc(1, sizeof(*uart));

	if (!uart) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	uart->observer = observer;
	if (uart_params_parse(parameters, &uart->params, observer))
		uart->wire = uart->params.port[0] ? tty_open(uart->params.port, observer)
						  : tcp_open(&uart->params.tcp, observer);
	if (!uart->wire) {
		free(uart);
		return NULL;
	}
	uart->talk.wire = uart->wire;
	return uart;
}

static void put_answers(struct uart_link *uart)
{
	const struct uart_loader *loader = &uart->loader;
	char closed[RANGE_TEXT];

	if (loader->family == UART_ROM)
		snprintf(uart->answers, sizeof(uart->answers), "the ROM of a chip with the ID %x",
			 (unsigned)loader->chip);
	else
		snprintf(uart->answers, sizeof(uart->answers),
			 "the bootloader in the flash%s%s; it does not change %s",
			 loader->version[0] ? ", " : "", loader->version,
			 range_text((struct range){0, UART_BL_AREA}, closed));
	uart->link.answers = uart->answers;
}

static void set_up_link(struct uart_link *uart)
{
	put_answers(uart);
	uart->link.place = "port";
	uart->link.kind = uart->wire->caps.kind;
	uart->link.port = uart->wire->port;
	uart->link.clock_hz = uart->wire->rate;
	uart->link.resets = uart->entered.resets;
	uart->link.stays = uart->params.stays;
	uart->link.release = release;
	memcpy(uart->link.id, uart->loader.id, sizeof(uart->link.id));
}

static struct link *open_link(const char *parameters, const struct observer *observer,
			      struct spi_pins *pins)
{
	struct uart_link *uart = open_wire(parameters, observer);
	enum trouble_kind kind;

	(void)pins;
	if (!uart)
		return NULL;
	observer_note(observer, NOTE_INFO, TROUBLE_NONE, "looking for the chip's bootloader");
	kind = bring_up(uart);
	if (kind) {
		raise_no_link(uart, kind);
		close_link(uart);
		return NULL;
	}
	uart->link.die = uart_die_new(&uart->talk, &uart->loader, observer);
	if (!uart->link.die) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		close_link(uart);
		return NULL;
	}
	say_who_answers(uart);
	say_if_far(uart);
	if (uart->loader.size_assumed)
		observer_note(observer, NOTE_WARN, TROUBLE_PART_DOUBTFUL,
			      "what could be read of the flash does not tell its size, and 2 MiB "
			      "are assumed; if you know the size: chip=size:4M");
	set_up_link(uart);
	return &uart->link;
}

static bool check(const char *parameters, const struct observer *observer,
		  struct link_intent *intent)
{
	struct uart_params params;

	if (!uart_params_parse(parameters, &params, observer))
		return false;
	*intent = (struct link_intent){.stays = params.stays, .reset_ms = RESET_US / 1000};
	return true;
}

/* Until a relay has moved, or did not. */
static enum trouble_kind settle(struct wire *wire)
{
	enum trouble_kind kind = TROUBLE_NONE;
	uint8_t bytes[64];
	size_t got;
	bool busy;

	do {
		busy = wire_lines_busy(wire);
		kind = wire_read(wire, bytes, sizeof(bytes), busy ? SETTLE_STEP_US : 0, &got);
	} while (!kind && busy);
	return kind;
}

/* By the lines: a bootloader that nobody talks to starts the firmware. */
static enum trouble_kind reset(const char *parameters, const struct observer *observer)
{
	struct uart_link *uart = open_wire(parameters, observer);
	enum trouble_kind kind;

	if (!uart)
		return TROUBLE_NOT_RELEASED;
	if (!uart->wire->caps.lines) {
		kind = observer_raise(observer, TROUBLE_NOT_RELEASED, NO_RANGE,
				      "the chip could not be reset: this %s has no line to its CEN",
				      uart->wire->caps.kind);
		close_link(uart);
		return kind;
	}
	kind = wire_set_lines(uart->wire, true);
	wire_sleep_us(uart->wire, RESET_US);
	if (!kind)
		kind = wire_set_lines(uart->wire, false);
	if (!kind)
		kind = settle(uart->wire);
	if (!kind)
		let_run(uart);
	else
		kind = observer_raise(observer, TROUBLE_NOT_RELEASED, NO_RANGE,
				      "the chip could not be reset (%s%s%s)", trouble_text(kind),
				      uart->wire->why[0] ? ": " : "", uart->wire->why);
	close_link(uart);
	return kind;
}

const struct programmer uart_link_programmer = {
	.name = "beken_uart",
	.parameters = uart_params_known,
	.open = open_link,
	.check = check,
	.reset = reset,
	.list = uart_places,
};
