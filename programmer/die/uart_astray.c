/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "programmer/die/uart_content.h"

#define PAGE 256u
#define READ_US 20000

/* The most that the length field of a frame can hold. */
#define SPILL_MOST 0x11000u

/* The code of a request, its head and its data, with one byte more. */
#define BODY_MOST (1 + UART_HEAD_MOST + UART_SECTOR + 1)

#define ADDRESS_BITS 32

/* One command of which it is looked for what it did elsewhere. */
struct search {
	struct uart_die *uart;
	uint32_t erases; /* so many bytes; 0: it writes */
	uint32_t wanted; /* where it should have gone */
	size_t have;	 /* the sector that is in scratch */
	uint8_t body[BODY_MOST];
	size_t length;
};

void uart_hit(struct uart_die *uart, struct range range, uint32_t wanted, enum uart_how how)
{
	for (uint32_t at = range.start; at < range_end(range); at += UART_SECTOR)
		uart->hits[at / UART_SECTOR] = (struct uart_hit){how, wanted};
	uart_forget_sums(uart, range);
}

void uart_is_replaced(struct uart_die *uart, struct range range)
{
	uart_hit(uart, range, 0, UART_NOT_HIT);
}

void uart_note_astray(struct uart_die *uart, uint32_t wanted, uint32_t address, uint32_t length)
{
	const struct range target = {wanted / length * length, length};
	uint32_t size = uart->die.part->size;

	address = address % size / length * length;
	for (uint32_t at = address; at < address + length && at < size; at += UART_SECTOR) {
		const struct range sector = {at, UART_SECTOR};
		uint8_t *known = &uart->known[at / UART_SECTOR];
		bool closed = !die_may_change(&uart->die, sector);

		if (!closed && *known != UART_UNKNOWN && *known != UART_GUESSED)
			*known = UART_SENT;
		else if ((!closed || !uart->boot_crc_known) && !range_touches(target, sector))
			uart_hit(uart, sector, wanted, UART_MAY_BE_HIT);
		/* Nothing is repaired there; the content is compared at the end. */
	}
}

static bool is_same(struct uart_hit a, struct uart_hit b)
{
	return a.how == b.how && a.wanted == b.wanted;
}

static void name_hit(const struct uart_die *uart, struct range range, struct uart_hit hit)
{
	static const char *const words[] = {
		[UART_MAY_BE_HIT] = "may have been changed",
		[UART_MAY_BE_ERASED] = "is blank, and may have been erased",
		[UART_WRITTEN_OVER] = "was overwritten",
		[UART_CHANGED] = "was changed",
	};
	char text[RANGE_TEXT], where[32] = "";

	if (hit.how != UART_CHANGED)
		snprintf(where, sizeof(where), " for 0x%06x", (unsigned)hit.wanted);
	observer_note(uart->observer, NOTE_WARN, TROUBLE_NOT_WRITTEN,
		      "%s %s by a command%s that was damaged on the line; what it held before is "
		      "not known",
		      range_text(range, text), words[hit.how], where);
}

struct range uart_name_hits(const struct uart_die *uart)
{
	size_t total = uart->die.part->size / UART_SECTOR;
	struct range all = NO_RANGE;

	for (size_t i = 0, end; i < total; i = end) {
		const struct uart_hit hit = uart->hits[i];
		struct range range = {(uint32_t)i * UART_SECTOR, 0};

		for (end = i + 1; end < total && is_same(uart->hits[end], hit); end++)
			;
		if (hit.how == UART_NOT_HIT)
			continue;
		range.length = (uint32_t)(end - i) * UART_SECTOR;
		name_hit(uart, range, hit);
		if (!all.length)
			all = range;
		all.length = range_end(range) - all.start;
	}
	return all;
}

void uart_note_spill(struct uart_die *uart, uint32_t address)
{
	uint32_t size = uart->die.part->size;

	for (uint32_t at = address; at < address + SPILL_MOST && at < size; at += UART_SECTOR)
		if (uart->known[at / UART_SECTOR] == UART_SEEN)
			uart->known[at / UART_SECTOR] = UART_SENT;
}

/* What goes astray elsewhere is put right, or is part of what a BL chip does not change. */
static bool is_unknown(const struct uart_die *uart, uint32_t address)
{
	uint8_t known = uart->known[address / UART_SECTOR];

	return (known == UART_UNKNOWN || known == UART_GUESSED) &&
	       die_may_change(&uart->die, (struct range){address, 1});
}

/* One reading is enough: if it is damaged, it fits nothing. */
static enum trouble_kind look(struct search *search, uint32_t address, const uint8_t **data)
{
	struct uart_die *uart = search->uart;
	size_t sector = address / UART_SECTOR;
	struct uart_request request = uart_read_sector((uint32_t)sector * UART_SECTOR);
	struct uart_answer answer;
	enum trouble_kind kind = TROUBLE_NONE;

	if (search->have != sector) {
		kind = talk_ask(uart->talk, &request, READ_US, &answer, NULL);
		if (kind)
			return kind;
		memcpy(uart->scratch, answer.payload + 4, UART_SECTOR);
		search->have = sector;
	}
	*data = uart->scratch + address % UART_SECTOR;
	return TROUBLE_NONE;
}

/* Whether a sector is blank, known or not; none is in front of the die, or behind it. */
static enum trouble_kind look_for_blank(struct search *search, uint32_t address, bool *blank)
{
	const struct uart_die *uart = search->uart;
	const uint8_t *data = uart->content + address;
	enum trouble_kind kind = TROUBLE_NONE;

	*blank = false;
	if (address >= uart->die.part->size)
		return TROUBLE_NONE;
	if (is_unknown(uart, address))
		kind = look(search, address, &data);
	else if (!die_may_change(&uart->die, (struct range){address, 1}))
		return TROUBLE_NONE;
	*blank = !kind && uart_is_blank(data);
	return kind;
}

/*
 * Flashes are blank in many places. So what is blank was erased now if it is all of what such an
 * erase takes, and no more.
 */
static enum trouble_kind look_for_erase(struct search *search, uint32_t address, uint32_t length)
{
	struct uart_die *uart = search->uart;
	uint32_t at, end;
	enum trouble_kind kind;
	bool blank, more;

	address = address % uart->die.part->size / length * length;
	end = address + length;
	for (at = address; at < end && !is_unknown(uart, at); at += UART_SECTOR)
		;
	if (at == end)
		return TROUBLE_NONE;
	kind = look_for_blank(search, at, &blank);
	if (!kind && blank)
		kind = look_for_blank(search, end - UART_SECTOR, &blank);
	if (kind || !blank)
		return kind;
	kind = look_for_blank(search, end, &more);
	if (!kind && !more)
		kind = look_for_blank(search, address - UART_SECTOR, &more);
	if (!kind && !more)
		uart_hit(uart, (struct range){at, end - at}, search->wanted, UART_MAY_BE_ERASED);
	return kind;
}

/* Whether bytes that were programmed somewhere can have become @found. */
static bool fits(const uint8_t *found, const uint8_t *data, size_t count)
{
	bool clears = false;

	for (size_t i = 0; i < count; i++) {
		if (found[i] & ~data[i])
			return false;
		clears |= data[i] != 0xff;
	}
	return clears;
}

static enum trouble_kind look_for_write(struct search *search, uint32_t address,
					const uint8_t *data, size_t length)
{
	static const uint32_t erases[] = {0, 4096, 32768, 65536};
	struct uart_die *uart = search->uart;
	const uint32_t size = uart->die.part->size;
	uint32_t bits = uart->loader->family == UART_BL ? address >> 24 & 0x1f : 0;
	enum trouble_kind kind = TROUBLE_NONE;

	/* Its flash controller takes some bits for the operation. */
	if (bits & 0x10)
		return TROUBLE_NONE;
	if (bits & 3)
		return look_for_erase(search, address, erases[bits & 3]);
	for (size_t done = 0; !kind && done + PAGE <= length; done += PAGE) {
		uint32_t at = (address + (uint32_t)done) % size;
		uint32_t room = UART_SECTOR - at % UART_SECTOR;
		const uint8_t *found = NULL;

		if (!is_unknown(uart, at))
			continue;
		kind = look(search, at, &found);
		if (kind || !fits(found, data + done, room < PAGE ? room : PAGE))
			continue;
		uart_hit(uart, (struct range){at / UART_SECTOR * UART_SECTOR, UART_SECTOR},
			 search->wanted, UART_WRITTEN_OVER);
		done += room / PAGE * PAGE;
	}
	return kind;
}

static enum trouble_kind look_for_body(struct search *search, const uint8_t *body, size_t length)
{
	if (body[0] != search->body[0])
		return TROUBLE_NONE;
	if (!search->erases)
		return look_for_write(search, uart_number(body + 1), body + 5, length - 5);
	if (body[1] != search->body[1])
		return TROUBLE_NONE;
	return look_for_erase(search, uart_number(body + 2), search->erases);
}

/* With one byte lost, one doubled, one bit of the address flipped. */
static enum trouble_kind look_everywhere(struct search *search)
{
	const size_t head = search->erases ? 6 : 5; /* the code, and what ends with the address */
	uint8_t body[BODY_MOST + 1];
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t at = 1; !kind && at < head; at++) {
		memcpy(body, search->body, at);
		memcpy(body + at, search->body + at + 1, search->length - at - 1);
		body[search->length - 1] = 0; /* what is sent next */
		kind = look_for_body(search, body, search->length);
	}
	for (size_t at = 0; !kind && at < head; at++) {
		memcpy(body, search->body, at + 1);
		memcpy(body + at + 1, search->body + at, search->length - at);
		kind = look_for_body(search, body, search->length);
	}
	memcpy(body, search->body, search->length);
	for (size_t bit = 0; !kind && bit < ADDRESS_BITS; bit++) {
		uint8_t *byte = body + head - 4 + bit / 8;

		*byte ^= (uint8_t)(1u << bit % 8);
		kind = look_for_body(search, body, search->length);
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	return kind;
}

void uart_note_lost(struct uart_die *uart, const struct uart_request *request)
{
	uart->lost_changes++;
	if (uart->lost_count < UART_LOST_MOST && !uart->unread.summed)
		uart->lost[uart->lost_count++] = *request;
}

enum trouble_kind uart_look_for_lost(struct uart_die *uart)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (; !kind && uart->lost_count; uart->lost_count--) {
		const struct uart_request *lost = &uart->lost[uart->lost_count - 1];
		struct search search = {.uart = uart,
					.erases = lost->data_len ? 0 : uart_erased_by(lost),
					.have = SIZE_MAX,
					.length = 1 + lost->head_len + lost->data_len};

		search.wanted = uart_number(lost->head + lost->head_len - 4);
		search.body[0] = lost->code;
		memcpy(search.body + 1, lost->head, lost->head_len);
		if (lost->data_len)
			memcpy(search.body + 1 + lost->head_len, lost->data, lost->data_len);
		kind = look_everywhere(&search);
	}
	return kind;
}
