/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange.h - one round trip of an adapter that takes a stream of bytes: what is sent, and where
 * the bytes that come back belong, in the order of their arrival. No I/O; the caller owns the
 * answer buffers.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "base/trouble.h"

#define EXCHANGE_PIECES 1024

struct exchange_piece {
	uint8_t *rx; /* NULL: not wanted */
	size_t len;
};

struct exchange {
	uint8_t *out;
	size_t out_len, room;
	bool no_memory; /* there was no memory for what was added */

	struct exchange_piece pieces[EXCHANGE_PIECES];
	size_t piece_count;
	size_t piece, at; /* where the next byte goes */
	size_t missing;	  /* bytes that have not arrived */
};

/* Empties it; its memory is reused. Start with all zero. */
void exchange_begin(struct exchange *exchange);
void exchange_free(struct exchange *exchange);

void exchange_put(struct exchange *exchange, const uint8_t *bytes, size_t len);

/* False when there are too many pieces. */
bool exchange_expect(struct exchange *exchange, uint8_t *rx, size_t len);

/* TROUBLE_ADAPTER_FAULT for more than is missing. */
enum trouble_kind exchange_take(struct exchange *exchange, const uint8_t *bytes, size_t len);

/* The same of packets, each of which begins with @head bytes that are not wanted. */
enum trouble_kind exchange_take_packets(struct exchange *exchange, const uint8_t *bytes, size_t len,
					size_t packet, size_t head);

#endif
