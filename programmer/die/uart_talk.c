/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_talk.h"

#define TRIES 5
#define SYNC_TRIES 3

#define LATENCY_LOOKS 6

/* This many zeros end a frame that has lost bytes; outside of a frame they have no effect. */
#define ZEROS 32

/*
 * LinkChecks go out in pieces, the next one before the last one has left: so a busy computer makes
 * no gap. Short ones, since all that was sent is answered before anything else is; but of more than
 * a millisecond at any rate, which is what a port waits at the least. Over a network each is a
 * packet. Their answers must not overrun anything (512 bytes of ring).
 */
#define LINKS_IN_PACKET 20
#define PIECE_US 1300
#define LINKS_MOST 52
#define LINK_CHECK_LEN 5

/* After this many bytes of noise, silence is no longer waited for. */
#define HUSH_BYTES_MOST 65536

/* The longest frame that a damaged length can ask for: this many bytes complete any frame. */
#define FILL_BYTES (65536 + 4096)

static void forget_input(struct uart_talk *talk)
{
	talk->have = talk->used = 0;
}

static size_t links_in_piece(const struct uart_talk *talk)
{
	size_t links = 1 + PIECE_US / (1 + wire_bytes_us(talk->wire, LINK_CHECK_LEN));

	return links < LINKS_MOST ? links : LINKS_MOST;
}

enum trouble_kind talk_stream(struct uart_talk *talk, uint64_t most_us, bool *linked)
{
	const struct uart_request request = uart_link_check();
	const uint64_t end = wire_now_us(talk->wire) + most_us;
	const uint32_t jitter_us = talk->wire->caps.jitter_us;
	const size_t length = (jitter_us ? LINKS_IN_PACKET : links_in_piece(talk)) * LINK_CHECK_LEN;
	const uint64_t ahead_us = jitter_us ? jitter_us : wire_bytes_us(talk->wire, length);
	uint8_t piece[LINKS_MOST * LINK_CHECK_LEN];
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t at = 0; at < length; at += LINK_CHECK_LEN)
		uart_encode(&request, piece + at);
	*linked = false;
	while (!kind && !*linked && wire_now_us(talk->wire) < end) {
		uint64_t next;

		kind = talk_send_bytes(talk, piece, length);
		next = talk->sent_us - ahead_us;
		while (!kind && !*linked && wire_now_us(talk->wire) < next) {
			struct uart_answer answer;
			enum uart_heard heard;
			size_t got;

			talk_drop(talk);
			*linked = talk_look(talk, &request, true, &answer, &heard) &&
				  heard == UART_HEARD;
			if (talk->have == sizeof(talk->in))
				talk_drop_noise(talk);
			if (!*linked)
				kind = talk_fill(talk, 0, next, &got);
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
		uint32_t slice =
			quiet_us - quiet < UART_SILENCE_US ? quiet_us - quiet : UART_SILENCE_US;
		size_t got;

		kind = wire_read(talk->wire, bytes, sizeof(bytes), slice, &got);
		quiet = got ? 0 : quiet + slice;
		total += got;
		if (!kind && !got && quiet < quiet_us)
			kind = talk_send_bytes(talk, &zero, 1);
	}
	forget_input(talk);
	return kind;
}

enum trouble_kind talk_keep_awake(struct uart_talk *talk)
{
	const uint8_t zero = 0;

	if (wire_now_us(talk->wire) < talk->sent_us + UART_SILENCE_US)
		return TROUBLE_NONE;
	return talk_send_bytes(talk, &zero, 1);
}

/* Whether one LinkCheck is answered, and nothing else arrives. */
static enum trouble_kind is_in_step(struct uart_talk *talk, bool *in_step)
{
	const struct uart_request link = uart_link_check();
	enum uart_heard heard = UART_HEARD_NOTHING;
	struct uart_answer answer;
	const uint8_t zeros[ZEROS] = {0};
	enum trouble_kind kind = talk_send_bytes(talk, zeros, sizeof(zeros));

	if (!kind)
		kind = talk_hush(talk, talk_latency(talk) + wire_bytes_us(talk->wire, ZEROS));
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
