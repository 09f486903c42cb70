/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/exchange.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 4096

void exchange_begin(struct exchange *exchange)
{
	exchange->out_len = exchange->piece_count = 0;
	exchange->piece = exchange->at = exchange->missing = 0;
	exchange->no_memory = false;
}

void exchange_free(struct exchange *exchange)
{
	free(exchange->out);
	*exchange = (struct exchange){.out = NULL};
}

static bool has_room(struct exchange *exchange, size_t len)
{
	size_t room = exchange->room ? exchange->room : ROOM_FIRST;
	uint8_t *out;

	while (room - exchange->out_len < len)
		room *= 2;
	if (room == exchange->room)
		return true;
	out = realloc(exchange->out, room);
	if (!out)
		return false;
	exchange->out = out;
	exchange->room = room;
	return true;
}

void exchange_put(struct exchange *exchange, const uint8_t *bytes, size_t len)
{
	if (len == 0 || exchange->no_memory)
		return;
	exchange->no_memory = !has_room(exchange, len);
	if (exchange->no_memory)
		return;
	memcpy(exchange->out + exchange->out_len, bytes, len);
	exchange->out_len += len;
}

bool exchange_expect(struct exchange *exchange, uint8_t *rx, size_t len)
{
	if (len == 0)
		return true;
	if (exchange->piece_count == EXCHANGE_PIECES)
		return false;
	exchange->pieces[exchange->piece_count++] = (struct exchange_piece){rx, len};
	exchange->missing += len;
	return true;
}

enum trouble_kind exchange_take(struct exchange *exchange, const uint8_t *bytes, size_t len)
{
	if (len > exchange->missing)
		return TROUBLE_ADAPTER_FAULT;
	exchange->missing -= len;
	while (len) {
		const struct exchange_piece *piece = &exchange->pieces[exchange->piece];
		size_t left = piece->len - exchange->at, n = left < len ? left : len;

		if (piece->rx)
			memcpy(piece->rx + exchange->at, bytes, n);
		bytes += n;
		len -= n;
		exchange->at += n;
		if (n == left) {
			exchange->piece++;
			exchange->at = 0;
		}
	}
	return TROUBLE_NONE;
}

enum trouble_kind exchange_take_packets(struct exchange *exchange, const uint8_t *bytes, size_t len,
					size_t packet, size_t head)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t at = 0; at < len && !kind; at += packet) {
		size_t n = len - at < packet ? len - at : packet;

		if (n < head)
			return TROUBLE_ADAPTER_FAULT;
		kind = exchange_take(exchange, bytes + at + head, n - head);
	}
	return kind;
}
