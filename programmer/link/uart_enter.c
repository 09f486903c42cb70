/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/uart_enter.h"

#include <string.h>

#include "programmer/die/uart_rate.h"

/*
 * The lines change this often; in between they rest for 50 ms, later for longer: for a reset by
 * hand 250 ms at ground are recommended (BK7231GUIFlashTool), for boards with a capacitor at CEN.
 */
#define CHANGES 6
#define REST_US 50000
#define REST_AGAIN_US 20000 /* of one that was reset before */
#define REST_MORE_US 50000

/* A bootloader that was started answers at once. */
#define WINDOW_US 300000
#define SLICE_US 100000

/* For firmware that was asked to reboot. */
#define REBOOT_US 1500000

/* Where a firmware begins, on each of them. */
#define PROBE_ADDRESS 0x11000
#define PROBE_US 20000

/* In addition to a line's known latency: until the last answer to a LinkCheck has arrived. */
#define AGAIN_US 2000

#define COUNT_S 5

/* --- what came instead --- */

static bool is_text(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\r' || byte == '\n' || byte == '\t' ||
	       byte == 0x1b;
}

static size_t count_of(const uint8_t *bytes, size_t count, const uint8_t *word, size_t length)
{
	size_t found = 0;

	for (size_t i = 0; i + length <= count; i++)
		found += memcmp(bytes + i, word, length) == 0;
	return found;
}

enum trouble_kind uart_judge(const uint8_t *bytes, size_t count)
{
	static const uint8_t ours[] = {0x01, 0xe0, 0xfc, 0x01, 0x00}, event[] = {0x04, 0x0e};
	size_t text = 0;

	if (count == 0)
		return TROUBLE_UART_SILENT;
	if (count_of(bytes, count, ours, sizeof(ours)) >= 2)
		return TROUBLE_UART_ECHO;
	if (count_of(bytes, count, event, sizeof(event)) >= 2)
		return TROUBLE_UART_OTHER;
	for (size_t i = 0; i < count; i++)
		text += is_text(bytes[i]);
	return text * 10 >= count * 9 ? TROUBLE_UART_FIRMWARE : TROUBLE_UART_GARBAGE;
}

const char *uart_first_line(const uint8_t *bytes, size_t count, char *text, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < count && used + 1 < room; i++) {
		if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
			text[used++] = (char)bytes[i];
		else if (used)
			break;
	}
	text[used] = '\0';
	return text;
}

static enum trouble_kind judge(const struct uart_talk *talk)
{
	size_t count = talk->strange_count;

	return uart_judge(talk->strange, count < UART_STRANGE_MOST ? count : UART_STRANGE_MOST);
}

/* --- and how it is made to answer --- */

/* Whether a long answer has begun to arrive; a firmware's text, or nothing, is none. */
static bool begins_long_answer(const struct uart_talk *talk)
{
	static const uint8_t begin[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4};

	return talk->have > sizeof(begin) && memcmp(talk->in, begin, sizeof(begin)) == 0;
}

/*
 * Test builds of firmware answer LinkCheck, too. *@good: a sector can be read, or is refused; or
 * some of it arrives, on a bad line.
 */
static enum trouble_kind is_bootloader(struct uart_talk *talk, bool *good)
{
	const struct uart_request read = uart_read_sector(PROBE_ADDRESS);
	enum uart_heard heard = UART_HEARD_NOTHING;
	struct uart_answer answer;
	enum trouble_kind kind = talk_hush(talk, talk->wire->caps.latency_us);

	*good = false;
	for (unsigned i = 0; !kind && i < 3 && heard == UART_HEARD_NOTHING; i++) {
		kind = talk_sync(talk);
		if (!kind)
			kind = talk_send(talk, &read);
		if (!kind)
			kind = talk_hear(talk, &read, PROBE_US, &answer, &heard);
		*good |= heard != UART_HEARD_NOTHING || begins_long_answer(talk);
	}
	*good &= !kind;
	return kind;
}

/*
 * LinkChecks go on until the first answer arrives. Over a network these are more than the chip has
 * room for, and a frame may have been cut: it is ended before a request can become a part of it.
 */
static enum trouble_kind calm_down(struct uart_talk *talk)
{
	uint32_t quiet_us =
		talk->latency_us ? talk->latency_us + AGAIN_US : talk->wire->caps.latency_us;
	enum trouble_kind kind = talk_hush(talk, quiet_us);

	if (kind || !talk->wire->caps.jitter_us)
		return kind;
	talk->own.in_step++;
	return talk_sync(talk);
}

/* Sends LinkChecks for this long, in slices, since the user may want to stop. */
static enum trouble_kind listen(struct uart_talk *talk, const struct observer *observer,
				uint64_t most_us, bool *linked)
{
	uint64_t end = wire_now_us(talk->wire) + most_us;
	enum trouble_kind kind = TROUBLE_NONE;

	*linked = false;
	while (!kind && !*linked) {
		uint64_t now = wire_now_us(talk->wire);

		if (now >= end)
			break;
		if (observer_cancelled(observer))
			return TROUBLE_INTERRUPTED;
		kind = talk_stream(talk, end - now < SLICE_US ? end - now : SLICE_US, linked);
	}
	return kind;
}

/* Changes the lines, and measures from then; LinkChecks are sent all the time. */
static enum trouble_kind change_lines(struct uart_talk *talk, const struct observer *observer,
				      bool asserted, uint64_t then_us, bool *linked)
{
	enum trouble_kind kind = wire_set_lines(talk->wire, asserted);

	while (!kind && !*linked && wire_lines_busy(talk->wire))
		kind = listen(talk, observer, SLICE_US, linked);
	if (!kind && !*linked)
		kind = listen(talk, observer, then_us + talk->wire->caps.lines_us, linked);
	return kind;
}

/* On a port that was just opened the lines are asserted, so the first change may be the release. */
static enum trouble_kind by_lines(struct uart_talk *talk, const struct observer *observer,
				  bool known, struct uart_entered *entered, bool *linked)
{
	bool asserted = true;
	enum trouble_kind kind =
		change_lines(talk, observer, asserted, known ? REST_AGAIN_US : REST_US, linked);

	for (unsigned i = 0; !kind && !*linked && i < CHANGES; i++) {
		if (i)
			kind = listen(talk, observer, REST_US + i * REST_MORE_US, linked);
		if (kind || *linked)
			break;
		asserted = !asserted;
		entered->resets++;
		kind = change_lines(talk, observer, asserted, WINDOW_US, linked);
		entered->by_lines = *linked;
	}
	/*
	 * So the chip runs, however this ended, unless the lines that were just tried hold it in
	 * reset.
	 */
	if (!*linked) {
		enum trouble_kind released = wire_set_lines(talk->wire, false);

		kind = kind ? kind : released;
	}
	return kind;
}

static enum trouble_kind by_firmware(struct uart_talk *talk, const struct observer *observer,
				     bool *linked)
{
	static const uint8_t word[] = "reboot\r\n";
	const struct uart_request frame = uart_reboot_firmware();
	enum trouble_kind kind = wire_write(talk->wire, word, sizeof(word) - 1);

	if (!kind)
		kind = talk_send(talk, &frame);
	return kind ? kind : listen(talk, observer, REBOOT_US, linked);
}

static enum trouble_kind by_hand(struct uart_talk *talk, const struct observer *observer,
				 uint32_t wait_s, bool *linked)
{
	enum trouble_kind kind = TROUBLE_NONE;

	observer_note(observer, NOTE_WARN, judge(talk),
		      "no line resets the chip: switch its power off and on now, or connect its "
		      "CEN to ground for a moment (within %u s)",
		      (unsigned)wait_s);
	for (uint32_t left = wait_s; !kind && !*linked && left;) {
		uint32_t slice = left < COUNT_S ? left : COUNT_S;

		kind = listen(talk, observer, slice * UINT64_C(1000000), linked);
		left -= slice;
		if (!kind && !*linked && left)
			observer_note(observer, NOTE_INFO, TROUBLE_NONE,
				      "waiting for the chip's reset: %u s", (unsigned)left);
	}
	return kind;
}

enum trouble_kind uart_enter(struct uart_talk *talk, const struct uart_enter_options *options,
			     const struct observer *observer, struct uart_entered *entered)
{
	enum trouble_kind kind = wire_set_rate(talk->wire, UART_START_RATE);
	bool linked = false, good;

	*entered = (struct uart_entered){.by_lines = false};
	talk->strange_count = 0;
	if (!kind && options->reset != UART_RESET_HAND && talk->wire->caps.lines)
		kind = by_lines(talk, observer, options->known, entered, &linked);
	else if (!kind)
		kind = wire_set_lines(talk->wire, false);
	if (!kind && !linked && options->reset == UART_RESET_AUTO)
		kind = by_firmware(talk, observer, &linked);
	if (!kind && !linked && options->reset != UART_RESET_LINES)
		kind = by_hand(talk, observer, options->wait_s, &linked);
	if (kind)
		return kind;
	if (!linked)
		return judge(talk);
	if (options->known)
		return calm_down(talk);
	kind = is_bootloader(talk, &good);
	return kind || good ? kind : TROUBLE_UART_FIRMWARE;
}
