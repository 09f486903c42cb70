/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_change.h"

#include <string.h>

#include "programmer/die/uart_astray.h"
#include "programmer/die/uart_content.h"
#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_hits.h"
#include "programmer/die/uart_pace.h"
#include "programmer/die/uart_pieces.h"
#include "programmer/die/uart_sum.h"
#include "programmer/die/uart_unread.h"

#define BLOCK 65536u
#define TRIES 5

/* For an erase: four times what the die usually needs, plus registers that it may write first. */
#define ERASE_TIMES 4
#define ERASE_MORE_US 300000
#define ERASE_MOST_US 6000000

/* A few bytes are cheaper to send alone; the chip then programs them when it has them all. */
#define FEW_BYTES (UART_SECTOR / 2)

/*
 * After this number of successful writes in a row, the next one is sent before the last one is
 * answered.
 */
#define CALM 2

/* From what was read of it; 0 if that is not all of it. */
static uint32_t boot_area_crc(const struct uart_die *uart)
{
	for (size_t i = 0; i < UART_BL_AREA / UART_SECTOR; i++)
		if (uart->known[i] != UART_SEEN)
			return 0;
	return uart_crc32(0, uart->content, UART_BL_AREA);
}

/* Before the first change: the content that must never change. */
static enum trouble_kind remember_boot_area(struct uart_die *uart)
{
	enum trouble_kind kind;

	if (uart->loader->family != UART_BL || uart->boot_crc_known || !uart_may_sum(uart))
		return TROUBLE_NONE;
	kind = uart_sum_surely(uart, UART_BOOT_RANGE, boot_area_crc(uart), &uart->boot_crc);
	uart->boot_crc_known = !kind;
	return kind;
}

/*
 * After a checksum a BL chip acknowledges erases without doing them, until a LinkCheck; an old one,
 * until a reset. *@by_link: it was a LinkCheck, and whether that does is not known.
 */
static enum trouble_kind make_changeable(struct uart_die *uart, bool *by_link)
{
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;
	enum trouble_kind kind = TROUBLE_NONE;

	if (!uart->has_changed)
		kind = remember_boot_area(uart);
	uart->has_changed = true;
	uart_look_at_epoch(uart);
	if (kind || !uart->locked)
		return kind;
	kind = uart_needs_reset(uart) ? talk_reset(uart->talk)
				      : talk_ask(uart->talk, &link, 0, &answer, NULL);
	*by_link = uart->epoch == uart->talk->epoch && uart_may_need_reset(uart);
	uart_look_at_epoch(uart);
	if (!kind)
		uart->locked = false;
	return kind;
}

/*
 * Some bootloaders do not tell how old they are. So the first erase behind a sum is looked at, if
 * something was there before. What that does not tell shows at the end, by what was not written.
 */
static enum trouble_kind learn_what_lifts(struct uart_die *uart, struct range range,
					  enum uart_erased *erased)
{
	size_t sector = range.start / UART_SECTOR, end = range_end(range) / UART_SECTOR;
	enum trouble_kind kind;

	while (sector < end && (uart->known[sector] != UART_SEEN ||
				uart_is_blank(uart->content + sector * UART_SECTOR)))
		sector++;
	if (sector == end)
		return TROUBLE_NONE;
	kind = uart_look_if_erased(uart, sector, erased);
	uart->link_lifts = !kind && *erased == UART_ERASED;
	uart->only_reset = !kind && *erased == UART_NOT_ERASED;
	return kind;
}

static uint32_t erase_us(const struct uart_die *uart, uint32_t size)
{
	const struct chipdb_part *part = uart->die.part;
	uint32_t us = 0;

	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (part->erase[i].size == size)
			us = ERASE_TIMES * part->erase[i].typ_us;
	us += ERASE_MORE_US;
	return us < ERASE_MOST_US ? us : ERASE_MOST_US;
}

/*
 * BL erases what contains the address, and most of them take it modulo the die's size: with a
 * doubled byte 0x050000 becomes 0x05000000, which is the bootloader. With the sector's last
 * address no doubled byte leads there.
 */
static uint32_t address_to_erase(const struct uart_die *uart, uint32_t address, uint32_t size)
{
	return uart->loader->family == UART_BL ? address + size - 1 : address;
}

/*
 * A ROM chip that waits for the rest of an address takes 0x020000 for 0x000200 when it comes, and
 * refuses none. BL has reset itself meanwhile.
 */
static enum trouble_kind resync_after_erase(struct uart_die *uart, enum uart_heard heard)
{
	if (heard == UART_HEARD_NOTHING && uart->loader->family == UART_ROM &&
	    uart->talk->relinks_soon)
		return talk_lost(uart->talk);
	return talk_sync(uart->talk);
}

static enum trouble_kind erase_one(struct uart_die *uart, uint32_t address, uint32_t size)
{
	struct uart_request request =
		uart_erase(address_to_erase(uart, address, size), size == BLOCK);
	enum trouble_kind kind = TROUBLE_NONE;
	unsigned refusals = 0; /* one may be for an address that was damaged */

	/* Of 0x025fff a byte that completes it makes 0x005fff. */
	request.alone = !uart_spares_boot(uart->loader);
	for (unsigned i = 0; !kind && i < TRIES; i++) {
		enum uart_heard heard = UART_HEARD_NOTHING;
		enum uart_erased erased = UART_ERASED_UNKNOWN;
		bool by_link = false;
		struct uart_answer answer;

		kind = uart_look_for_lost(uart);
		if (!kind)
			kind = uart_sum_unread(uart);
		if (!kind)
			kind = make_changeable(uart, &by_link);
		if (!kind)
			kind = talk_send(uart->talk, &request);
		if (!kind)
			kind = talk_hear(uart->talk, &request, erase_us(uart, size), &answer,
					 &heard);
		if (kind)
			return kind;
		uart->lifted = uart->loader->family == UART_BL;
		if (heard == UART_HEARD && by_link)
			kind = learn_what_lifts(uart, (struct range){address, size}, &erased);
		if (kind || (heard == UART_HEARD && erased != UART_NOT_ERASED))
			return kind;
		if (erased == UART_NOT_ERASED) {
			uart->locked = true;
			continue;
		}
		uart_note_lost(uart, &request);
		refusals += heard == UART_HEARD_REFUSAL;
		if (heard == UART_HEARD_OTHER)
			uart_note_astray(uart, &request, &answer);
		uart->talk->counts.again++;
		kind = resync_after_erase(uart, heard);
	}
	if (kind)
		return kind;
	return refusals > 1 ? TROUBLE_CLOSED_RANGE : TROUBLE_LINK_LOST;
}

static void becomes_blank(struct uart_die *uart, uint32_t address, uint32_t size)
{
	memset(uart->content + address, 0xff, size);
	memset(uart->known + address / UART_SECTOR, UART_SENT, size / UART_SECTOR);
	uart_is_replaced(uart, (struct range){address, size});
}

enum trouble_kind uart_erase_range(struct uart_die *uart, struct range range)
{
	enum trouble_kind kind = uart_collect(uart);
	uint32_t end = range.start + range.length;

	for (uint32_t at = range.start, size; !kind && at < end; at += size) {
		size = at % BLOCK == 0 && end - at >= BLOCK ? BLOCK : UART_SECTOR;
		kind = erase_one(uart, at, size);
		if (!kind)
			becomes_blank(uart, at, size);
	}
	return kind;
}

/* The time from the last byte to the answer: what the chip is behind, and a page. */
static uint32_t write_us(const struct uart_die *uart)
{
	return 3 * uart->page_us;
}

/* The result of a write; *@heard tells what was heard. @in_a_row: another one was just before it.
 */
static enum trouble_kind hear_write(struct uart_die *uart, const struct uart_request *request,
				    bool in_a_row, enum uart_heard *heard)
{
	struct uart_answer answer;
	enum trouble_kind kind = talk_hear(uart->talk, request, write_us(uart), &answer, heard);
	uint32_t address;

	if (kind)
		return kind;
	/* The answer is that of the next one: this one came too fast, from its beginning. */
	if (*heard == UART_HEARD_OTHER && uart->posted &&
	    uart_answered_address(request, &answer, &address) &&
	    address == uart->posted_sector * UART_SECTOR)
		*heard = UART_HEARD_NOTHING;
	if (*heard == UART_HEARD_OTHER)
		uart_note_astray(uart, request, &answer);
	if (*heard != UART_HEARD) {
		uart_note_lost(uart, request);
		uart_note_spill(uart, uart_number(request->head));
	}
	if (uart_learn_pace(uart, *heard, in_a_row))
		return TROUBLE_NONE;
	return uart_went(uart, 1, *heard == UART_HEARD);
}

static enum trouble_kind write_once(struct uart_die *uart, const struct uart_request *request,
				    enum uart_heard *heard)
{
	enum trouble_kind kind = talk_send_paced(uart->talk, request, uart->page_us);

	*heard = UART_HEARD_NOTHING;
	return kind ? kind : hear_write(uart, request, false, heard);
}

/* Some chips cannot be reset: then a request that hangs is filled up, with whatever result. */
static bool is_careful(struct uart_die *uart)
{
	return uart_line_damages(uart) && uart->talk->relinks_soon;
}

static enum trouble_kind write_patiently(struct uart_die *uart, const struct uart_request *request,
					 bool patient, enum uart_heard *heard)
{
	enum trouble_kind kind;

	uart->talk->patience_us = patient ? UART_PATIENCE_US : 0;
	kind = write_once(uart, request, heard);
	uart->talk->patience_us = 0;
	return kind;
}

static enum trouble_kind erase_and_write(struct uart_die *uart, size_t sector)
{
	uint32_t address = (uint32_t)sector * UART_SECTOR;
	const uint8_t *data = uart->content + address;
	const struct uart_request request = uart_write_sector(address, data);
	enum uart_heard heard = UART_HEARD_NOTHING;
	enum trouble_kind kind;

	uart->known[sector] = UART_SENT;
	for (unsigned i = 0; i < 2 * TRIES; i++) {
		kind = erase_one(uart, address, UART_SECTOR);
		if (kind || uart_is_blank(data))
			return kind;
		if (is_careful(uart))
			return uart_write_in_pieces(uart, address, data, UART_SECTOR);
		kind = write_patiently(uart, &request, i + UART_PATIENT_TRIES >= 2 * TRIES, &heard);
		if (kind || heard == UART_HEARD)
			return kind;
		kind = talk_sync(uart->talk);
		if (kind)
			return kind;
	}
	return heard == UART_HEARD_REFUSAL ? TROUBLE_CLOSED_RANGE : TROUBLE_LINK_LOST;
}

static enum trouble_kind write_again(struct uart_die *uart, size_t sector)
{
	uart->talk->counts.written++;
	return erase_and_write(uart, sector);
}

enum trouble_kind uart_write_again(struct uart_die *uart, size_t sector)
{
	enum trouble_kind kind = write_again(uart, sector);

	uart_keeps_pace(uart);
	return kind;
}

bool uart_lacks_a_bit(const struct uart_die *uart, size_t sector, size_t *bit)
{
	const uint8_t *data = uart->content + sector * UART_SECTOR;

	return uart->differs[sector] && uart_crc_tells_bit(data, uart->differs[sector], bit) &&
	       !(data[*bit / 8] >> *bit % 8 & 1);
}

static enum trouble_kind write_part(struct uart_die *uart, size_t sector, size_t first, size_t end)
{
	const uint32_t address = (uint32_t)sector * UART_SECTOR;
	const uint32_t begin = uart_piece_begin(uart, address + (uint32_t)first);

	return uart_write_in_pieces(uart, begin, uart->content + begin, address + end - begin);
}

enum trouble_kind uart_write_bit(struct uart_die *uart, size_t sector, size_t bit)
{
	const size_t line = bit / 8 / UART_LINE * UART_LINE;

	uart_look_at_epoch(uart);
	if (!uart->talk->relinks_soon || (uart->loader->family == UART_BL && !uart->lifted))
		return uart_write_again(uart, sector);
	uart->talk->counts.mended++;
	return write_part(uart, sector, line, line + UART_LINE);
}

/*
 * A request that lost bytes because they came too fast takes bytes of the next one as its own, and
 * is answered: so the last one that was answered is in doubt, too.
 */
static enum trouble_kind doubt_answered(struct uart_die *uart)
{
	bool doubts = uart->too_fast && uart->answered;

	uart->answered = false;
	return doubts ? write_again(uart, uart->answered_sector) : TROUBLE_NONE;
}

/* The write was not accepted as it should be. */
static enum trouble_kind put_right(struct uart_die *uart, size_t sector)
{
	enum trouble_kind kind = talk_sync(uart->talk);

	if (!kind)
		kind = doubt_answered(uart);
	return kind ? kind : uart_write_again(uart, sector);
}

/*
 * An answer for the sector before, after which another one may have been sent already: that one
 * failed, too.
 */
static enum trouble_kind hear_posted(struct uart_die *uart, size_t sector, bool *good)
{
	const struct uart_request request = uart_write_sector((uint32_t)sector * UART_SECTOR,
							      uart->content + sector * UART_SECTOR);
	enum uart_heard heard = UART_HEARD_NOTHING;
	enum trouble_kind kind = hear_write(uart, &request, uart->answered, &heard);

	*good = heard == UART_HEARD;
	return kind;
}

enum trouble_kind uart_collect(struct uart_die *uart)
{
	size_t sector = uart->posted_sector;
	enum trouble_kind kind;
	bool good;

	if (!uart->posted)
		return TROUBLE_NONE;
	uart_none_posted(uart);
	kind = hear_posted(uart, sector, &good);
	if (!kind && !good)
		kind = put_right(uart, sector);
	uart->answered = false;
	return kind;
}

/* Sends it right after the one before, without a pause on the line. */
static enum trouble_kind post_sector(struct uart_die *uart, size_t sector,
				     const uint8_t data[UART_SECTOR])
{
	const struct uart_request request = uart_write_sector((uint32_t)sector * UART_SECTOR, data);
	bool before = uart->posted, good = true;
	size_t sector_before = uart->posted_sector;
	enum trouble_kind kind = talk_send_paced(uart->talk, &request, uart_pace_us(uart));

	uart->posted = true;
	uart->posted_sector = sector;
	uart->die.under_way = uart_under_way(uart);
	if (!kind && before)
		kind = hear_posted(uart, sector_before, &good);
	if (good && before) {
		uart->answered = true;
		uart->answered_sector = sector_before;
	}
	if (kind || good)
		return kind;
	uart_none_posted(uart);
	kind = talk_sync(uart->talk);
	if (!kind)
		kind = doubt_answered(uart);
	if (!kind)
		kind = write_again(uart, sector_before);
	return kind ? kind : uart_write_again(uart, sector);
}

enum trouble_kind uart_program_sector(struct uart_die *uart, size_t sector,
				      const uint8_t data[UART_SECTOR], size_t first, size_t end)
{
	uint32_t address = (uint32_t)sector * UART_SECTOR;
	uint8_t *content = uart->content + address;
	enum trouble_kind kind = TROUBLE_NONE;
	struct uart_request request;
	enum uart_heard heard;

	if (uart->known[sector] != UART_SENT)
		kind = uart_collect(uart);
	if (!kind)
		kind = uart_know(uart, sector);
	if (kind)
		return kind;
	/* For less than a line a BL chip also programs the rest of it, with arbitrary bytes. */
	first -= first % UART_LINE;
	end += (UART_LINE - end % UART_LINE) % UART_LINE;
	for (size_t i = first; i < end; i++)
		content[i] &= data[i];
	uart_forget_sums(uart, (struct range){address, UART_SECTOR});
	kind = uart_sum_unread(uart);
	if (kind)
		return kind;
	uart_look_at_epoch(uart);
	/* Nothing but an erase lifts the protection of a BL chip. */
	if (uart->loader->family == UART_BL && !uart->lifted) {
		kind = uart_collect(uart);
		if (!kind)
			kind = erase_and_write(uart, sector);
		uart_keeps_pace(uart);
		return kind;
	}
	uart->known[sector] = UART_SENT;
	uart->has_changed = true;
	if (is_careful(uart)) {
		kind = uart_collect(uart);
		return kind ? kind : write_part(uart, sector, first, end);
	}
	if (end - first > FEW_BYTES && uart->calm >= CALM)
		return post_sector(uart, sector, data);
	kind = uart_collect(uart);
	request = end - first > FEW_BYTES
			  ? uart_write_sector(address, data)
			  : uart_write_bytes(address + (uint32_t)first, data + first, end - first);
	if (!kind)
		kind = write_once(uart, &request, &heard);
	if (kind || heard == UART_HEARD)
		return kind;
	return put_right(uart, sector);
}
