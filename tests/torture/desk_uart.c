/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of programmer/wire/tty.c: a line to the bootloader of the desk's chip, and its faults.
 */
#include "tests/torture/desk_uart.h"

#include <stdlib.h>
#include <string.h>

#include "programmer/wire/tty.h"
#include "sim/model/uart_wire.h"
#include "tests/torture/desk.h"
#include "tests/unit.h"

#define US UINT64_C(1000)
#define S UINT64_C(1000000000)
#define LATENCY_NS (1000 * US)
#define LATE_NS S
#define SHORT_ANSWER 14 /* a byte of most answers is among the first that so many are */

static const uint8_t foreign[] = "[app] running\r\n";

/* What becomes of the answer to the present write. */
struct answer_fault {
	unsigned kind; /* 0: nothing */
	size_t left;   /* bytes before the one that it hits */
};

static struct line {
	struct wire wire; /* first: the driver gets this */
	struct uart_wire *uart;
	uint64_t zero; /* the desk's time at the line's 0 */
	uint64_t writes;
	struct answer_fault answer;
	uint64_t late_until_ns;
	uint8_t more[sizeof(foreign) - 1]; /* that are read before what comes from the chip */
	size_t more_count;
	bool asserted;
} line;

bool desk_is_uart(void)
{
	return line.uart != NULL;
}

uint64_t desk_writes(void)
{
	return line.writes;
}

uint64_t desk_uart_ns(void)
{
	return desk.ns - line.zero;
}

/* --- the chip --- */

void desk_uart_begin(const char *loader)
{
	const struct uart_wire_options options = {
		.variant = uart_variant_by_name(loader), .latency_ns = LATENCY_NS, .seed = 1};

	assert_non_null(options.variant);
	memset(&line, 0, sizeof(line));
	line.uart = uart_wire_new(&options, &desk.nor);
	assert_non_null(line.uart);
	line.zero = desk.ns - uart_wire_now(line.uart);
}

void desk_uart_end(void)
{
	uart_wire_free(line.uart);
	line.uart = NULL;
}

void desk_uart_again(void)
{
	memset(&line.answer, 0, sizeof(line.answer));
	line.writes = line.late_until_ns = line.more_count = 0;
}

void desk_uart_reset(void)
{
	uart_wire_set_lines(line.uart, true, true, desk_uart_ns());
	uart_wire_set_lines(line.uart, line.asserted, line.asserted, desk_uart_ns());
}

bool desk_uart_is_held(void)
{
	return line.asserted;
}

bool desk_uart_runs(void)
{
	desk.ns += 5 * S;
	uart_wire_advance(line.uart, desk_uart_ns());
	return uart_wire_chip(line.uart)->state == UART_APPLICATION;
}

/* --- its faults --- */

/* A place among @count, which is another one for each write and kind. */
static size_t somewhere(unsigned kind, size_t count)
{
	struct prng prng = {.state = line.writes * 64 + kind};

	prng_next(&prng);
	return count ? prng_next(&prng) % count : 0;
}

/* In the head of an answer as often as in the sector behind it. */
static size_t somewhere_in_answer(unsigned kind)
{
	bool head = somewhere(kind + DESK_FAULTS, 2) != 0;

	return somewhere(kind, head ? SHORT_ANSWER : 4096);
}

static void put(const uint8_t *bytes, size_t count)
{
	while (count) {
		size_t took = uart_wire_write(line.uart, bytes, count, desk_uart_ns());

		bytes += took;
		count -= took;
		if (count)
			desk.ns = line.zero + uart_wire_drain(line.uart, UART_WIRE_QUEUE / 2);
	}
}

/* What this write has of them begins. */
static void put_with(unsigned kind, const uint8_t *bytes, size_t count)
{
	size_t at = somewhere(kind, count);
	uint8_t flipped = bytes[at] ^ (uint8_t)(1u << somewhere(kind + 1, 8));

	switch (kind) {
	case DESK_FRAME_LOST:
		return;
	case DESK_SENT_LOST:
		put(bytes, at);
		put(bytes + at + 1, count - at - 1);
		return;
	case DESK_SENT_TWICE:
		put(bytes, at + 1);
		put(bytes + at, count - at);
		return;
	case DESK_SENT_FLIPPED:
		put(bytes, at);
		put(&flipped, 1);
		put(bytes + at + 1, count - at - 1);
		return;
	case DESK_ANSWER_LATE:
		line.late_until_ns = desk_uart_ns() + LATE_NS;
		break;
	default:
		if (kind >= DESK_HEARD_LOST)
			line.answer = (struct answer_fault){kind, somewhere_in_answer(kind)};
	}
	put(bytes, count);
}

/* The byte that it hits: how often it comes; and whether the fault is over with it. */
static size_t hit(uint8_t *byte)
{
	unsigned kind = line.answer.kind;

	if (kind == DESK_ANSWER_LOST)
		return 0; /* until the next write */
	line.answer.kind = 0;
	switch (kind) {
	case DESK_HEARD_LOST:
		return 0;
	case DESK_HEARD_TWICE:
		line.more[line.more_count++] = *byte;
		break;
	case DESK_HEARD_FLIPPED:
		*byte ^= (uint8_t)(1u << somewhere(kind, 8));
		break;
	default:
		memcpy(line.more, foreign, sizeof(line.more));
		line.more_count = sizeof(line.more);
	}
	return 1;
}

/* --- the wire --- */

static enum trouble_kind line_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	unsigned kind;

	(void)wire;
	line.writes++;
	if (line.answer.kind == DESK_ANSWER_LOST)
		line.answer.kind = 0;
	kind = desk_fault_of_write(line.writes);
	if (desk.gone)
		return TROUBLE_ADAPTER_GONE;
	if (count)
		put_with(kind, bytes, count);
	return TROUBLE_NONE;
}

static size_t take(uint8_t *bytes, size_t most)
{
	size_t got = 0;

	if (!line.answer.kind && !line.more_count)
		return uart_wire_read(line.uart, bytes, most, desk_uart_ns());
	while (got < most) {
		if (line.more_count) {
			bytes[got++] = line.more[0];
			memmove(line.more, line.more + 1, --line.more_count);
			continue;
		}
		if (!uart_wire_read(line.uart, bytes + got, 1, desk_uart_ns()))
			break;
		if (!line.answer.kind ||
		    (line.answer.kind != DESK_ANSWER_LOST && line.answer.left--))
			got++;
		else
			got += hit(bytes + got);
	}
	return got;
}

static enum trouble_kind line_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				   size_t *got)
{
	uint64_t deadline = desk_uart_ns() + wait_us * US;

	(void)wire;
	*got = 0;
	if (desk.gone)
		return TROUBLE_ADAPTER_GONE;
	while (!*got) {
		uint64_t now = desk_uart_ns(), until = deadline;

		if (now < line.late_until_ns && until > line.late_until_ns)
			until = line.late_until_ns;
		if (now >= line.late_until_ns)
			*got = take(bytes, most);
		if (*got || now >= deadline)
			break;
		if (now >= line.late_until_ns &&
		    uart_wire_wait(line.uart, until) != UART_WIRE_NEVER)
			until = uart_wire_now(line.uart);
		desk.ns = line.zero + (until > now ? until : now);
	}
	return TROUBLE_NONE;
}

static enum trouble_kind line_drain(struct wire *wire)
{
	(void)wire;
	desk.ns = line.zero + uart_wire_drain(line.uart, 0);
	return desk.gone ? TROUBLE_ADAPTER_GONE : TROUBLE_NONE;
}

static enum trouble_kind line_set_rate(struct wire *wire, uint32_t rate)
{
	(void)wire;
	uart_wire_set_rate(line.uart, rate, desk_uart_ns());
	return desk.gone ? TROUBLE_ADAPTER_GONE : TROUBLE_NONE;
}

static enum trouble_kind line_set_lines(struct wire *wire, bool asserted)
{
	(void)wire;
	if (desk.gone)
		return TROUBLE_ADAPTER_GONE;
	line.asserted = asserted;
	uart_wire_set_lines(line.uart, asserted, asserted, desk_uart_ns());
	return TROUBLE_NONE;
}

static uint64_t line_now_us(struct wire *wire)
{
	(void)wire;
	return desk.ns / US;
}

static void line_sleep_us(struct wire *wire, uint64_t us)
{
	(void)wire;
	desk.ns += us * US;
}

static void line_close(struct wire *wire)
{
	(void)wire;
}

struct wire *tty_open(const char *path, const struct observer *observer)
{
	static const struct wire_ops ops = {
		.write = line_write,
		.read = line_read,
		.drain = line_drain,
		.set_rate = line_set_rate,
		.set_lines = line_set_lines,
		.now_us = line_now_us,
		.sleep_us = line_sleep_us,
		.close = line_close,
	};

	if (desk.gone) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "there is no serial port");
		return NULL;
	}
	line.wire = (struct wire){.ops = &ops,
				  .caps = {.kind = "serial port",
					   .lines = true,
					   .rate_most = 4000000,
					   .latency_us = 20000},
				  .rate = 115200};
	strcpy(line.wire.port, path);
	uart_wire_set_rate(line.uart, 115200, desk_uart_ns());
	line_set_lines(&line.wire, true);
	return &line.wire;
}

/* --- what the flash is asked by the bootloader --- */

void __real_nor_deselect(struct nor *nor, bool aligned, uint64_t ns);
void __wrap_nor_deselect(struct nor *nor, bool aligned, uint64_t ns);

void __wrap_nor_deselect(struct nor *nor, bool aligned, uint64_t ns)
{
	if (line.uart)
		desk_note_command(nor->command.op);
	__real_nor_deselect(nor, aligned, ns);
}
