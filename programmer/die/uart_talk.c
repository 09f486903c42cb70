/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_talk.h"

#include <string.h>

#include "programmer/die/die.h"

#define TRIES 5
#define SYNC_TRIES 3

/* The longest gap between two bytes of an answer, besides the line's: a busy computer. */
#define GAP_US 5000

#define LATENCY_LOOKS 6
#define PAGE 256u

/* This many zeros end a frame that has lost bytes; outside of a frame they have no effect. */
#define ZEROS 32

/* The rest of an answer is waited for in pieces of this size, to avoid waking for each byte. */
#define SLEEP_BYTES 1024

/* LinkChecks go out in pieces: their answers must not overrun anything (512 bytes of ring). */
#define LINKS_IN_PIECE 20
#define LINK_CHECK_LEN 5

/* A silence that any bootloader survives: it resets after some tenths of a second. */
#define SILENCE_US (DIE_IDLE_MS * 1000)

/*
 * Behind what changes the die such zeros come later than most answers do, since one of them
 * completes a request that lost a byte: what then is written wrong shows only in its sum. The chip
 * survives it: a maker's tool is silent for 100 ms (docs/uart.md).
 */
#define MORE_SILENCE_US 10000

/* After this many bytes of noise, silence is no longer waited for. */
#define HUSH_BYTES_MOST 65536

/* The longest frame that a damaged length can ask for: this many bytes complete any frame. */
#define FILL_BYTES (65536 + 4096)

/* The longest latency of such an adapter, assumed until it is measured. */
static uint32_t latency_of(const struct uart_talk *talk)
{
	return talk->latency_us ? talk->latency_us : talk->wire->caps.latency_us;
}

/* The time after the last byte in which another one may still arrive. */
static uint32_t gap_of(const struct uart_talk *talk)
{
	return latency_of(talk) + talk->wire->caps.jitter_us + GAP_US + talk->patience_us;
}

/*
 * Bytes are sent after those that were handed over before; an adapter that forwards with pauses
 * takes a little longer.
 */
static enum trouble_kind send_bytes(struct uart_talk *talk, const uint8_t *bytes, size_t count)
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
	return send_bytes(talk, talk->frame, uart_encode(request, talk->frame));
}

enum trouble_kind talk_send_paced(struct uart_talk *talk, const struct uart_request *request,
				  uint32_t page_us)
{
	size_t length = uart_encode(request, talk->frame), head = length - request->data_len;
	uint64_t *done = talk->programmed_us;
	enum trouble_kind kind = TROUBLE_NONE;
	size_t sent = 0;

	if (page_us <= wire_bytes_us(talk->wire, PAGE))
		return send_bytes(talk, talk->frame, length);
	while (!kind && sent < length) {
		size_t piece = sent ? PAGE : head + PAGE;
		uint64_t now = wire_now_us(talk->wire);

		if (piece > length - sent)
			piece = length - sent;
		if (done[0] > now)
			wire_sleep_us(talk->wire, done[0] - now);
		kind = send_bytes(talk, talk->frame + sent, piece);
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

/* Drops bytes up to the next one that may begin an answer. */
static void drop_noise(struct uart_talk *talk)
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

/* Examines what has arrived; false if more is needed. @all: no more will arrive. */
static bool look(struct uart_talk *talk, const struct uart_request *request, bool all,
		 struct uart_answer *answer, enum uart_heard *heard)
{
	size_t lost;

	while (talk->have) {
		size_t used = 0;

		switch (uart_decode(talk->in, talk->have, answer, &used)) {
		case UART_MORE:
			return false;
		case UART_NOISE:
			drop_noise(talk);
			continue;
		case UART_ANSWER:
			break;
		}
		if (!ends_well(talk, used, &lost) && !all)
			return false;
		if (lost) {
			drop_strange(talk, used - lost);
			continue;
		}
		talk->used = used;
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

/* Reads some more bytes; *@got is 0 if none arrived by @deadline. */
static enum trouble_kind fill(struct uart_talk *talk, size_t expected, uint64_t deadline,
			      size_t *got)
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
	return talk->sent_us + SILENCE_US;
}

/* Like fill(), with a zero now and then. */
static enum trouble_kind wait_awake(struct uart_talk *talk, const struct uart_request *request,
				    uint64_t deadline, size_t *got)
{
	const uint8_t zero = 0;
	uint64_t until = awake_until(talk, request);

	if (wire_now_us(talk->wire) >= until) {
		enum trouble_kind kind = send_bytes(talk, &zero, 1);

		if (kind)
			return kind;
		until = awake_until(talk, request);
	}
	return fill(talk, uart_answer_size(request), until < deadline ? until : deadline, got);
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
	while (!look(talk, request, false, answer, heard)) {
		enum trouble_kind kind;
		size_t got;

		/* No answer is that long, so its length was damaged. */
		if (talk->have == sizeof(talk->in))
			drop_noise(talk);
		kind = wait_awake(talk, request, deadline, &got);
		if (kind)
			return kind;
		if (!got && wire_now_us(talk->wire) >= deadline) {
			if (!look(talk, request, true, answer, heard))
				*heard = UART_HEARD_NOTHING;
			return TROUBLE_NONE;
		}
		/* The chip has done its work: from here on only gaps are limited. */
		if (got && talk->have > UART_HEAD_MOST)
			deadline = wire_now_us(talk->wire) + gap_us;
	}
	return TROUBLE_NONE;
}

static void forget_input(struct uart_talk *talk)
{
	talk->have = talk->used = 0;
}

enum trouble_kind talk_stream(struct uart_talk *talk, uint64_t most_us, bool *linked)
{
	const struct uart_request request = uart_link_check();
	const uint64_t end = wire_now_us(talk->wire) + most_us;
	uint8_t piece[LINKS_IN_PIECE * LINK_CHECK_LEN];
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; i < LINKS_IN_PIECE; i++)
		uart_encode(&request, piece + i * LINK_CHECK_LEN);
	*linked = false;
	while (!kind && !*linked && wire_now_us(talk->wire) < end) {
		uint64_t next;

		kind = send_bytes(talk, piece, sizeof(piece));
		/* Far enough ahead that no pause in between reaches the chip. */
		next = talk->sent_us - talk->wire->caps.jitter_us;
		while (!kind && !*linked && wire_now_us(talk->wire) < next) {
			struct uart_answer answer;
			enum uart_heard heard;
			size_t got;

			talk_drop(talk);
			*linked =
				look(talk, &request, true, &answer, &heard) && heard == UART_HEARD;
			if (talk->have == sizeof(talk->in))
				drop_noise(talk);
			if (!*linked)
				kind = fill(talk, 0, next, &got);
		}
	}
	return kind;
}

enum trouble_kind talk_hush(struct uart_talk *talk, uint32_t quiet_us)
{
	const uint8_t zero = 0;
	enum trouble_kind kind = TROUBLE_NONE;
	uint8_t bytes[512];
	uint32_t quiet = 0;

	for (size_t total = 0; !kind && quiet < quiet_us && total < HUSH_BYTES_MOST;) {
		uint32_t slice = quiet_us - quiet < SILENCE_US ? quiet_us - quiet : SILENCE_US;
		size_t got;

		kind = wire_read(talk->wire, bytes, sizeof(bytes), slice, &got);
		quiet = got ? 0 : quiet + slice;
		total += got;
		if (!kind && !got && quiet < quiet_us)
			kind = send_bytes(talk, &zero, 1);
	}
	forget_input(talk);
	return kind;
}

enum trouble_kind talk_keep_awake(struct uart_talk *talk)
{
	const uint8_t zero = 0;

	if (wire_now_us(talk->wire) < talk->sent_us + SILENCE_US)
		return TROUBLE_NONE;
	return send_bytes(talk, &zero, 1);
}

/* Whether one LinkCheck is answered, and nothing else arrives. */
static enum trouble_kind is_in_step(struct uart_talk *talk, bool *in_step)
{
	const struct uart_request link = uart_link_check();
	enum uart_heard heard = UART_HEARD_NOTHING;
	struct uart_answer answer;
	const uint8_t zeros[ZEROS] = {0};
	enum trouble_kind kind = send_bytes(talk, zeros, sizeof(zeros));

	if (!kind)
		kind = talk_hush(talk, latency_of(talk) + wire_bytes_us(talk->wire, ZEROS));
	if (!kind)
		kind = talk_send(talk, &link);
	if (!kind)
		kind = talk_hear(talk, &link, 0, &answer, &heard);
	*in_step = !kind && heard == UART_HEARD;
	return kind;
}

enum trouble_kind talk_learn_latency(struct uart_talk *talk)
{
	const struct uart_request link = uart_link_check();
	uint32_t longest = 0, heard_count = 0;
	uint64_t all = 0;

	talk->latency_us = talk->round_trip_us = 0;
	for (unsigned i = 0; i < LATENCY_LOOKS; i++) {
		uint64_t begin = wire_now_us(talk->wire), took;
		enum uart_heard heard = UART_HEARD_NOTHING;
		struct uart_answer answer;
		enum trouble_kind kind = talk_send(talk, &link);

		if (!kind)
			kind = talk_hear(talk, &link, 0, &answer, &heard);
		if (kind)
			return kind;
		took = wire_now_us(talk->wire) - begin;
		if (heard != UART_HEARD)
			continue;
		if (took > longest)
			longest = (uint32_t)took;
		all += took;
		heard_count++;
	}
	talk->latency_us = longest;
	if (heard_count)
		talk->round_trip_us = (uint32_t)(all / heard_count);
	return TROUBLE_NONE;
}

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

enum trouble_kind talk_reset(struct uart_talk *talk)
{
	enum trouble_kind kind = TROUBLE_LINK_LOST;

	if (talk->relinking)
		return kind;
	talk->gone = true;
	if (!talk->relink)
		return kind;
	talk->relinking = true;
	kind = talk->relink(talk->data);
	talk->relinking = false;
	talk->gone = kind;
	talk->epoch++;
	forget_input(talk);
	return kind;
}

enum trouble_kind talk_lost(struct uart_talk *talk)
{
	talk->counts.relinks += !talk->relinking && talk->relink;
	return talk_reset(talk);
}

enum trouble_kind talk_sync(struct uart_talk *talk)
{
	uint64_t most_us = wire_bytes_us(talk->wire, FILL_BYTES);
	enum trouble_kind kind = TROUBLE_NONE;
	bool in_step = false, linked = true;

	talk->counts.in_step++;
	for (unsigned i = 0; !kind && !in_step && i < SYNC_TRIES; i++)
		kind = is_in_step(talk, &in_step);
	/* The chip waits for the rest of a long frame, or it is gone. */
	if (!kind && !in_step && talk->relinks_soon)
		return talk_lost(talk);
	if (!kind && !in_step)
		kind = talk_stream(talk, most_us, &linked);
	for (unsigned i = 0; !kind && linked && !in_step && i < SYNC_TRIES; i++)
		kind = is_in_step(talk, &in_step);
	return kind || in_step ? kind : talk_lost(talk);
}

enum trouble_kind talk_ask(struct uart_talk *talk, const struct uart_request *request,
			   uint32_t work_us, struct uart_answer *answer, enum uart_heard *heard)
{
	enum uart_heard result = UART_HEARD_NOTHING;
	enum trouble_kind kind = TROUBLE_NONE;

	for (unsigned i = 0; i < TRIES; i++) {
		if (i) {
			talk->counts.again++;
			work_us += i + UART_PATIENT_TRIES == TRIES ? UART_PATIENCE_US : 0;
			kind = talk_sync(talk);
		}
		if (!kind)
			kind = talk_send(talk, request);
		if (!kind)
			kind = talk_hear(talk, request, work_us, answer, &result);
		if (kind)
			return kind;
		if (result == UART_HEARD || (result == UART_HEARD_REFUSAL && heard)) {
			if (heard)
				*heard = result;
			return TROUBLE_NONE;
		}
	}
	return TROUBLE_LINK_LOST;
}

enum trouble_kind talk_probe(struct uart_talk *talk, const struct uart_request *request,
			     unsigned tries, struct uart_answer *answer, enum uart_heard *heard)
{
	enum trouble_kind kind = TROUBLE_NONE;

	*heard = UART_HEARD_NOTHING;
	for (unsigned i = 0; !kind && i < tries && *heard == UART_HEARD_NOTHING; i++) {
		kind = talk_send(talk, request);
		if (!kind)
			kind = talk_hear(talk, request, 0, answer, heard);
		if (!kind && *heard == UART_HEARD_OTHER) {
			*heard = UART_HEARD_NOTHING;
			kind = talk_sync(talk);
		}
	}
	return kind;
}
