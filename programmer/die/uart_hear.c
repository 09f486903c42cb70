/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_hear.h"

#include <string.h>

/* The longest gap between two bytes of an answer, besides the line's: a busy computer. */
#define GAP_US 5000

#define PAGE 256u

/* The rest of an answer is waited for in pieces of this size, to avoid waking for each byte. */
#define SLEEP_BYTES 1024

/*
 * Behind what changes the die such zeros come later than most answers do, since one of them
 * completes a request that lost a byte: what then is written wrong shows only in its sum. The chip
 * survives it: a maker's tool is silent for 100 ms (docs/uart.md).
 */
#define MORE_SILENCE_US 10000

struct uart_counts uart_counts_less(const struct uart_counts *all, const struct uart_counts *some)
{
	return (struct uart_counts){
		.again = all->again - some->again,
		.in_step = all->in_step - some->in_step,
		.relinks = all->relinks - some->relinks,
		.slower = all->slower - some->slower,
		.written = all->written - some->written,
		.mended = all->mended - some->mended,
	};
}

uint32_t talk_latency(const struct uart_talk *talk)
{
	return talk->latency_us ? talk->latency_us : talk->wire->caps.latency_us;
}

/* The time after the last byte in which another one may still arrive. */
static uint32_t gap_of(const struct uart_talk *talk)
{
	return talk_latency(talk) + talk->wire->caps.jitter_us + GAP_US + talk->patience_us;
}

/* An adapter that forwards with pauses takes a little longer. */
enum trouble_kind talk_send_bytes(struct uart_talk *talk, const uint8_t *bytes, size_t count)
{
	uint64_t now = wire_now_us(talk->wire);

	if (talk->sent_us < now)
		talk->sent_us = now;
	talk->sent_us += wire_bytes_us(talk->wire, count);
	if (talk->wire->caps.jitter_us)
		talk->sent_us += wire_bytes_us(talk->wire, count) / 16;
	return wire_write(talk->wire, bytes, count);
}

enum trouble_kind talk_send(struct uart_talk *talk, const struct uart_request *request)
{
	return talk_send_bytes(talk, talk->frame, uart_encode(request, talk->frame));
}

enum trouble_kind talk_send_behind(struct uart_talk *talk, const struct uart_request *request)
{
	const uint8_t zero = 0;
	enum trouble_kind kind = talk_send_bytes(talk, &zero, 1);

	return kind ? kind : talk_send(talk, request);
}

enum trouble_kind talk_send_paced(struct uart_talk *talk, const struct uart_request *request,
				  uint32_t page_us)
{
	size_t length = uart_encode(request, talk->frame), head = length - request->data_len;
	uint64_t *done = talk->programmed_us;
	enum trouble_kind kind = TROUBLE_NONE;
	size_t sent = 0;

	if (page_us <= wire_bytes_us(talk->wire, PAGE))
		return talk_send_bytes(talk, talk->frame, length);
	while (!kind && sent < length) {
		size_t piece = sent ? PAGE : head + PAGE;
		uint64_t now = wire_now_us(talk->wire);

		if (piece > length - sent)
			piece = length - sent;
		if (done[0] > now)
			wire_sleep_us(talk->wire, done[0] - now);
		kind = talk_send_bytes(talk, talk->frame + sent, piece);
		sent += piece;
		done[0] = done[1];
		done[1] = (talk->sent_us > done[0] ? talk->sent_us : done[0]) + page_us;
	}
	return kind;
}

void talk_drop(struct uart_talk *talk)
{
	memmove(talk->in, talk->in + talk->used, talk->have - talk->used);
	talk->have -= talk->used;
	talk->used = 0;
	talk->keeps = false;
}

static void drop_strange(struct uart_talk *talk, size_t count)
{
	for (size_t i = 0; i < count; i++, talk->strange_count++)
		if (talk->strange_count < UART_STRANGE_MOST)
			talk->strange[talk->strange_count] = talk->in[i];
	talk->used = count;
	talk_drop(talk);
}

void talk_drop_noise(struct uart_talk *talk)
{
	const uint8_t *next = memchr(talk->in + 1, 0x04, talk->have - 1);

	drop_strange(talk, next ? (size_t)(next - talk->in) : talk->have);
}

/*
 * An answer that lost some bytes is filled up by the begin of the next one, which would be lost
 * with it. *@lost: so many of @used bytes are the next one's. A flash may hold the same bytes at
 * the end of a sector: then what follows does not go on with them. False if another byte would
 * tell.
 */
static bool ends_well(const struct uart_talk *talk, size_t used, size_t *lost)
{
	static const uint8_t begin[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4};
	bool doubtful = false;

	*lost = 0;
	if (used < UART_SECTOR)
		return true;
	for (size_t k = 1; k < sizeof(begin); k++) {
		if (memcmp(talk->in + used - k, begin, k) != 0)
			continue;
		doubtful = true;
		if (talk->have > used && talk->in[used] == begin[k])
			*lost = k;
	}
	return !doubtful || !talk->follows || talk->have > used;
}

bool talk_look(struct uart_talk *talk, const struct uart_request *request, bool all,
	       struct uart_answer *answer, enum uart_heard *heard)
{
	size_t lost;

	while (talk->have) {
		size_t used = 0;

		switch (uart_decode(talk->in, talk->have, answer, &used)) {
		case UART_MORE:
			if (!all || !talk->mends || talk->have < UART_SECTOR ||
			    talk->have + 1 != uart_answer_size(request))
				return false;
			talk->in[talk->have++] = 0xff;
			continue;
		case UART_NOISE:
			talk_drop_noise(talk);
			continue;
		case UART_ANSWER:
			break;
		}
		if (!ends_well(talk, used, &lost) && !all)
			return false;
		if (lost && !(talk->mends && lost == 1)) {
			drop_strange(talk, used - lost);
			continue;
		}
		talk->used = used - lost;
		if (uart_is_answer_to(answer, request)) {
			*heard = UART_HEARD;
			return true;
		}
		if (uart_is_refusal_of(answer, request)) {
			*heard = UART_HEARD_REFUSAL;
			return true;
		}
		if (answer->is_long == request->is_long && answer->code == request->answer_code &&
		    request->echo_len) {
			talk->keeps = true;
			*heard = UART_HEARD_OTHER;
			return true;
		}
		talk_drop(talk);
	}
	return false;
}

enum trouble_kind talk_fill(struct uart_talk *talk, size_t expected, uint64_t deadline, size_t *got)
{
	uint64_t now = wire_now_us(talk->wire);
	size_t room = sizeof(talk->in) - talk->have;
	size_t missing = expected > talk->have ? expected - talk->have : 1;
	enum trouble_kind kind;

	kind = wire_read(talk->wire, talk->in + talk->have, room, 0, got);
	if (kind || *got)
		goto out;
	if (talk->have && missing > 1)
		wire_sleep_us(talk->wire,
			      wire_bytes_us(talk->wire,
					    missing < SLEEP_BYTES ? missing - 1 : SLEEP_BYTES));
	kind = wire_read(talk->wire, talk->in + talk->have, room,
			 deadline > now ? (uint32_t)(deadline - now) : 0, got);
out:
	talk->have += *got;
	return kind;
}

/*
 * Until when nothing needs to be sent. A chip that waits for the next request must not wait for as
 * long as an answer takes over a network.
 */
static uint64_t awake_until(const struct uart_talk *talk, const struct uart_request *request)
{
	if (!talk->wire->caps.jitter_us || request->alone)
		return UINT64_MAX;
	if (request->changes)
		return talk->sent_us + talk->wire->caps.jitter_us + GAP_US + MORE_SILENCE_US;
	return talk->sent_us + UART_SILENCE_US;
}

/* Like talk_fill(), with a zero now and then. */
static enum trouble_kind wait_awake(struct uart_talk *talk, const struct uart_request *request,
				    uint64_t deadline, size_t *got)
{
	const uint8_t zero = 0;
	uint64_t until = awake_until(talk, request);

	if (wire_now_us(talk->wire) >= until) {
		enum trouble_kind kind = talk_send_bytes(talk, &zero, 1);

		if (kind)
			return kind;
		until = awake_until(talk, request);
	}
	return talk_fill(talk, uart_answer_size(request), until < deadline ? until : deadline, got);
}

enum trouble_kind talk_hear(struct uart_talk *talk, const struct uart_request *request,
			    uint32_t work_us, struct uart_answer *answer, enum uart_heard *heard)
{
	const uint32_t gap_us = gap_of(talk);
	uint64_t deadline;

	if (talk->keeps)
		talk->used = 0;
	talk_drop(talk);
	deadline = wire_now_us(talk->wire);
	if (deadline < talk->sent_us)
		deadline = talk->sent_us;
	deadline += work_us + gap_us;
	while (!talk_look(talk, request, false, answer, heard)) {
		enum trouble_kind kind;
		size_t got;

		/* No answer is that long, so its length was damaged. */
		if (talk->have == sizeof(talk->in))
			talk_drop_noise(talk);
		kind = wait_awake(talk, request, deadline, &got);
		if (kind)
			return kind;
		if (!got && wire_now_us(talk->wire) >= deadline) {
			if (!talk_look(talk, request, true, answer, heard))
				*heard = UART_HEARD_NOTHING;
			return TROUBLE_NONE;
		}
		/* The chip has done its work: from here on only gaps are limited. */
		if (got && talk->have > UART_HEAD_MOST)
			deadline = wire_now_us(talk->wire) + gap_us;
	}
	return TROUBLE_NONE;
}
