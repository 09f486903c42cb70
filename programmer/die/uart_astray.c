/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_astray.h"

#include <string.h>

#include "programmer/die/uart_content.h"
#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_hits.h"
#include "programmer/die/uart_sum.h"

#define PAGE 256u

/* So many bytes that are not blank show whether they were programmed. */
#define FEW 8

/* In the address of a write: BL's flash controller then does something harmless. */
#define DOES_NOTHING UINT32_C(0x10000000)

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

bool uart_answered_address(const struct uart_request *request, const struct uart_answer *answer,
			   uint32_t *address)
{
	if (request->echo_len < 4 || answer->length < request->echo_len)
		return false;
	*address = uart_number(answer->payload + request->echo_len - 4);
	return true;
}

static uint32_t wanted_by(const struct uart_request *request)
{
	return uart_number(request->head + request->head_len - 4);
}

/* Of a write each line of which is an erase. */
static struct range erased_by_lines(const struct uart_die *uart, uint32_t address, uint32_t length)
{
	const uint32_t erased = uart_erased_by_write(address), at = address % uart->die.part->size;
	const uint32_t begin = at / erased * erased;

	return (struct range){begin, (at + length + erased - 1) / erased * erased - begin};
}

/* What a change with this address does, from where to where; it may go on at the die's begin. */
static struct range reach_of(const struct uart_die *uart, const struct uart_request *request,
			     uint32_t address)
{
	const bool bl = uart->loader->family == UART_BL;
	const uint32_t at = address % uart->die.part->size;
	uint32_t erased;

	if (!request->data_len) {
		erased = uart_erased_by(request);
		return (struct range){at / erased * erased, erased};
	}
	if (bl && address & DOES_NOTHING)
		return NO_RANGE;
	if (bl && uart_erased_by_write(address))
		return erased_by_lines(uart, address, (uint32_t)request->data_len);
	return (struct range){at, (uint32_t)request->data_len};
}

/* Nothing is repaired in what a BL chip does not change; that is compared at the end. */
static void doubt(struct uart_die *uart, struct range sector, uint32_t wanted)
{
	size_t i = sector.start / UART_SECTOR;
	bool closed = !die_may_change(&uart->die, sector);
	bool known = uart->known[i] != UART_UNKNOWN && uart->known[i] != UART_GUESSED;

	if (!closed && known)
		uart->known[i] = UART_SENT;
	else if (uart->unread.has[i])
		uart->hits[i] = (struct uart_hit){UART_MAY_BE_HIT, wanted}; /* its sum decides */
	else if (!closed || !uart->boot_crc_known)
		uart_hit(uart, sector, wanted, UART_MAY_BE_HIT);
}

void uart_note_astray(struct uart_die *uart, const struct uart_request *request,
		      const struct uart_answer *answer)
{
	const uint32_t wanted = wanted_by(request), size = uart->die.part->size;
	const struct range target = reach_of(uart, request, wanted);
	struct uart_request done = *request;
	struct range reach;
	uint32_t address;

	if (!uart_answered_address(request, answer, &address))
		return;
	memcpy(done.head, answer->payload, done.echo_len);
	reach = reach_of(uart, &done, address);
	reach.length += reach.start % UART_SECTOR;
	reach.start -= reach.start % UART_SECTOR;
	for (uint32_t at = 0; at < reach.length; at += UART_SECTOR) {
		const struct range sector = {(reach.start + at) % size, UART_SECTOR};

		if (!range_touches(target, sector) ||
		    uart->known[sector.start / UART_SECTOR] == UART_SEEN)
			doubt(uart, sector, target.start);
	}
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

/*
 * What cannot be read may have been hit, and that is no reason to give up the rest. Of a chip that
 * is gone it is one.
 */
static enum trouble_kind pass_over(struct search *search, struct range sector,
				   enum trouble_kind kind)
{
	if ((kind != TROUBLE_LINK_LOST && kind != TROUBLE_UNSTEADY_READ) ||
	    search->uart->talk->gone)
		return kind;
	uart_hit(search->uart, sector, search->wanted, UART_MAY_BE_HIT);
	return TROUBLE_NONE;
}

static struct range sector_of(uint32_t address)
{
	return (struct range){address - address % UART_SECTOR, UART_SECTOR};
}

/* *@data: what is at the address; NULL: that cannot be told, and the sector is named. */
static enum trouble_kind look(struct search *search, uint32_t address, const uint8_t **data)
{
	struct uart_die *uart = search->uart;
	size_t sector = address / UART_SECTOR;
	enum trouble_kind kind;

	*data = NULL;
	if (search->have != sector) {
		search->have = SIZE_MAX;
		kind = uart_read_surely(uart, sector);
		if (kind)
			return pass_over(search, sector_of(address), kind);
		search->have = sector;
	}
	*data = uart->scratch + address % UART_SECTOR;
	return TROUBLE_NONE;
}

static uint32_t sum_of_blank(void)
{
	uint8_t page[PAGE];
	uint32_t crc = 0;

	memset(page, 0xff, sizeof(page));
	for (size_t done = 0; done < UART_SECTOR; done += sizeof(page))
		crc = uart_crc32(crc, page, sizeof(page));
	return crc;
}

/* Of a sector of which nothing is known. */
static enum trouble_kind look_if_blank(struct search *search, uint32_t address, bool *blank)
{
	struct uart_die *uart = search->uart;
	const uint32_t likely = sum_of_blank();
	const uint8_t *data = NULL;
	enum trouble_kind kind = TROUBLE_UNSTEADY_READ;
	uint32_t crc = 0;

	*blank = false;
	if (uart_may_sum(uart))
		kind = uart_sum_surely(uart, sector_of(address), likely, &crc);
	if (!kind)
		*blank = crc == likely;
	else if (kind == TROUBLE_UNSTEADY_READ)
		kind = look(search, address, &data);
	else
		kind = pass_over(search, sector_of(address), kind);
	if (!kind && data)
		*blank = uart_is_blank(data);
	return kind;
}

/* Whether a sector is blank, known or not; none is in front of the die, or behind it. */
static enum trouble_kind look_for_blank(struct search *search, uint32_t address, bool *blank)
{
	const struct uart_die *uart = search->uart;

	*blank = false;
	if (address >= uart->die.part->size ||
	    !die_may_change(&uart->die, (struct range){address, 1}))
		return TROUBLE_NONE;
	if (is_unknown(uart, address))
		return look_if_blank(search, address, blank);
	*blank = uart_is_blank(uart->content + address);
	return TROUBLE_NONE;
}

/* What an erase of this sector would take: bytes that were expected there, or unknown ones. */
static bool can_lose(const struct uart_die *uart, uint32_t address, bool *expected)
{
	*expected = uart->known[address / UART_SECTOR] == UART_GUESSED;
	if (!is_unknown(uart, address))
		return false;
	return !*expected || !uart_is_blank(uart->content + sector_of(address).start);
}

/*
 * Whether all of a range is blank that can lose anything. *@expected: bytes were expected in some
 * of it; so they are gone.
 */
static enum trouble_kind look_for_loss(struct search *search, struct range range, bool *lost,
				       bool *expected)
{
	const uint32_t size = search->uart->die.part->size;
	enum trouble_kind kind = TROUBLE_NONE;
	bool blank = false;

	*expected = false;
	for (uint32_t at = range.start; !kind && at < range_end(range); at += UART_SECTOR) {
		bool here;

		if (!can_lose(search->uart, at % size, &here))
			continue;
		kind = look_if_blank(search, at % size, &blank);
		if (!blank)
			break;
		*expected |= here;
	}
	*lost = blank;
	return kind;
}

/*
 * Flashes are blank in many places. So what is blank was erased now if something else was expected
 * there; or if it is all of what such an erase takes, and no more.
 */
static enum trouble_kind look_for_erase(struct search *search, struct range range)
{
	struct uart_die *uart = search->uart;
	const uint32_t size = uart->die.part->size;
	bool lost, expected, more = false, here;
	enum trouble_kind kind = look_for_loss(search, range, &lost, &expected);

	if (kind || !lost)
		return kind;
	if (!expected)
		kind = look_for_blank(search, range_end(range), &more);
	if (!kind && !expected && !more)
		kind = look_for_blank(search, range.start - UART_SECTOR, &more);
	for (uint32_t at = range.start; !kind && !more && at < range_end(range); at += UART_SECTOR)
		if (can_lose(uart, at % size, &here))
			uart_hit(uart, sector_of(at % size), search->wanted, UART_MAY_BE_ERASED);
	return kind;
}

/*
 * Whether bytes that were programmed somewhere can have become @found: by how many of them that
 * shows; 0: they cannot, or there were only ones.
 */
static size_t fits(const uint8_t *found, const uint8_t *data, size_t count)
{
	size_t shown = 0;

	for (size_t i = 0; i < count; i++) {
		if (found[i] & ~data[i])
			return 0;
		shown += data[i] != 0xff;
	}
	return shown;
}

static enum trouble_kind look_for_write(struct search *search, uint32_t address,
					const uint8_t *data, size_t length)
{
	struct uart_die *uart = search->uart;
	const bool bl = uart->loader->family == UART_BL;
	enum trouble_kind kind = TROUBLE_NONE;

	if (bl && address & DOES_NOTHING)
		return TROUBLE_NONE;
	if (bl && uart_erased_by_write(address))
		return look_for_erase(search, erased_by_lines(uart, address, (uint32_t)length));
	for (size_t done = 0, now; !kind && done < length; done += now) {
		uint32_t at = (address + (uint32_t)done) % uart->die.part->size;
		size_t room = UART_SECTOR - at % UART_SECTOR, shown;
		const uint8_t *found = NULL;

		if (room > length - done)
			room = length - done;
		now = room;
		if (!is_unknown(uart, at))
			continue;
		kind = look(search, at, &found);
		if (kind || !found)
			continue;
		now = room < PAGE ? room : PAGE;
		shown = fits(found, data + done, now);
		if (!shown)
			continue;
		/* A few bytes are what they are by chance, too. */
		uart_hit(uart, sector_of(at), search->wanted,
			 shown < FEW ? UART_MAY_BE_HIT : UART_WRITTEN_OVER);
		if (shown >= FEW)
			now = room;
	}
	return kind;
}

static enum trouble_kind look_for_body(struct search *search, const uint8_t *body, size_t length)
{
	uint32_t address;

	if (body[0] != search->body[0])
		return TROUBLE_NONE;
	if (!search->erases)
		return look_for_write(search, uart_number(body + 1), body + 5, length - 5);
	if (body[1] != search->body[1])
		return TROUBLE_NONE;
	address = uart_number(body + 2) % search->uart->die.part->size;
	return look_for_erase(
		search, (struct range){address / search->erases * search->erases, search->erases});
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
		/* What is sent next: of an address zeros, of data whatever fits. */
		body[search->length - 1] = search->erases ? 0 : 0xff;
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
	struct uart_lost *lost = &uart->lost[uart->lost_count];

	uart->lost_changes++;
	if (uart->lost_count == UART_LOST_MOST || uart->unread.summed ||
	    request->data_len > sizeof(lost->data))
		return;
	uart->lost_count++;
	lost->request = *request;
	lost->request.data = lost->data;
	if (request->data_len)
		memcpy(lost->data, request->data, request->data_len);
}

enum trouble_kind uart_look_for_lost(struct uart_die *uart)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (; !kind && uart->lost_count; uart->lost_count--) {
		const struct uart_request *lost = &uart->lost[uart->lost_count - 1].request;
		struct search search = {.uart = uart,
					.erases = lost->data_len ? 0 : uart_erased_by(lost),
					.have = SIZE_MAX,
					.length = 1 + lost->head_len + lost->data_len};

		search.wanted = wanted_by(lost);
		search.body[0] = lost->code;
		memcpy(search.body + 1, lost->head, lost->head_len);
		if (lost->data_len)
			memcpy(search.body + 1 + lost->head_len, lost->data, lost->data_len);
		kind = look_everywhere(&search);
	}
	return kind;
}
