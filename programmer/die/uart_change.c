/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_content.h"

#include <string.h>

#include "programmer/die/uart_rate.h"

#define BLOCK 65536u
#define TRIES 5

/* Sectors that are asked for before it is judged how many came. */
#define LATELY 16

/* Of an erase: what the die needs mostly, four times, and the registers that it may begin with. */
#define ERASE_TIMES 4
#define ERASE_MORE_US 300000
#define ERASE_MOST_US 6000000

/* A few bytes are cheaper to send alone; the chip then programs them when it has them all. */
#define FEW_BYTES (UART_SECTOR / 2)

/* So many writes have to go well until the next one flies before the last one is answered. */
#define CALM 4

#define BOOT_RANGE ((struct range){0, 0x10000})

enum trouble_kind uart_went(struct uart_die *uart, size_t asked, size_t came)
{
	uint32_t rate = uart->talk->wire->rate;
	enum trouble_kind kind = TROUBLE_NONE;
	bool changed = false;

	uart->asked += (unsigned)asked;
	uart->came += (unsigned)came;
	if (uart->asked < LATELY && uart->came)
		return TROUBLE_NONE;
	/* Half of the rate would take as long. */
	if (2 * uart->came < uart->asked && uart->asked >= LATELY / 4) {
		while (!kind && !changed && (rate = uart_rate_below(rate)))
			kind = uart_change_rate(uart->talk, rate, &changed);
		uart_look_at_epoch(uart);
		if (changed) {
			uart->talk->counts.slower++;
			observer_note(uart->observer, NOTE_WARN, TROUBLE_UNSTEADY,
				      "too many answers are damaged: going on at %u baud",
				      (unsigned)rate);
		}
	} else if (uart->asked < LATELY) {
		return TROUBLE_NONE;
	}
	uart->asked = uart->came = 0;
	return kind;
}

/* What a damaged command did elsewhere, as its answer says: put right if what was there is known.
 */
static void note_astray(struct uart_die *uart, uint32_t address, uint32_t length)
{
	uint32_t size = uart->die.part->size;

	address = address % size / length * length;
	for (uint32_t at = address; at < address + length && at < size; at += UART_SECTOR) {
		uint8_t *known = &uart->known[at / UART_SECTOR];

		if (*known != UART_UNKNOWN)
			*known = UART_SENT;
		else
			uart->astray = (struct range){at, UART_SECTOR};
	}
}

/* Before the first change: what must never differ. */
static enum trouble_kind remember_boot_area(struct uart_die *uart)
{
	enum trouble_kind kind;

	if (uart->loader->family != UART_BL || uart->boot_crc_known || !uart_may_sum(uart))
		return TROUBLE_NONE;
	kind = uart_sum(uart, BOOT_RANGE, &uart->boot_crc);
	uart->boot_crc_known = !kind;
	return kind;
}

/*
 * Behind a sum a BL chip acknowledges erases and does nothing, until a LinkCheck, or, of an old
 * one, until a reset.
 */
static enum trouble_kind make_changeable(struct uart_die *uart)
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
	kind = uart->loader->never_rearms ? talk_lost(uart->talk)
					  : talk_ask(uart->talk, &link, 0, &answer, NULL);
	uart_look_at_epoch(uart);
	if (!kind)
		uart->locked = false;
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

static enum trouble_kind erase_one(struct uart_die *uart, uint32_t address, uint32_t size)
{
	const struct uart_request request = uart_erase(address, size == BLOCK);
	enum trouble_kind kind = TROUBLE_NONE;

	for (unsigned i = 0; !kind && i < TRIES; i++) {
		enum uart_heard heard = UART_HEARD_NOTHING;
		struct uart_answer answer;

		kind = make_changeable(uart);
		if (!kind)
			kind = talk_send(uart->talk, &request);
		if (!kind)
			kind = talk_hear(uart->talk, &request, erase_us(uart, size), &answer,
					 &heard);
		if (kind)
			return kind;
		uart->lifted = uart->loader->family == UART_BL;
		if (heard == UART_HEARD)
			return TROUBLE_NONE;
		if (heard == UART_HEARD_REFUSAL)
			return TROUBLE_CLOSED_RANGE;
		if (heard == UART_HEARD_OTHER)
			note_astray(uart, uart_number(answer.payload + 1), size);
		uart->talk->counts.again++;
		kind = talk_sync(uart->talk);
	}
	return kind ? kind : TROUBLE_LINK_LOST;
}

static void becomes_blank(struct uart_die *uart, uint32_t address, uint32_t size)
{
	memset(uart->content + address, 0xff, size);
	memset(uart->known + address / UART_SECTOR, UART_SENT, size / UART_SECTOR);
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

/* How long behind the last byte the answer comes: what the chip is behind, and a page. */
static uint32_t write_us(const struct uart_die *uart)
{
	return 3 * uart->page_us;
}

/* What came of it; *@heard tells how it went. */
static enum trouble_kind hear_write(struct uart_die *uart, const struct uart_request *request,
				    enum uart_heard *heard)
{
	struct uart_answer answer;
	enum trouble_kind kind = talk_hear(uart->talk, request, write_us(uart), &answer, heard);

	if (kind)
		return kind;
	uart->calm = *heard == UART_HEARD ? uart->calm + 1 : 0;
	if (*heard == UART_HEARD_OTHER)
		note_astray(uart, uart_number(answer.payload), UART_SECTOR);
	/* Bytes may have come faster than they were programmed. */
	if (*heard == UART_HEARD_NOTHING && uart->page_us < uart->die.part->program_max_us)
		uart->page_us += uart->page_us / 8;
	return uart_went(uart, 1, *heard == UART_HEARD);
}

static enum trouble_kind write_once(struct uart_die *uart, const struct uart_request *request,
				    enum uart_heard *heard)
{
	enum trouble_kind kind = talk_send_paced(uart->talk, request, uart->page_us);

	*heard = UART_HEARD_NOTHING;
	return kind ? kind : hear_write(uart, request, heard);
}

static bool is_blank(const uint8_t *data)
{
	return data[0] == 0xff && memcmp(data, data + 1, UART_SECTOR - 1) == 0;
}

enum trouble_kind uart_write_again(struct uart_die *uart, size_t sector)
{
	uint32_t address = (uint32_t)sector * UART_SECTOR;
	const uint8_t *data = uart->content + address;
	const struct uart_request request = uart_write_sector(address, data);
	enum uart_heard heard;
	enum trouble_kind kind;

	uart->known[sector] = UART_SENT;
	uart->talk->counts.written++;
	for (unsigned i = 0; i < 2 * TRIES; i++) {
		kind = erase_one(uart, address, UART_SECTOR);
		if (kind || is_blank(data))
			return kind;
		kind = write_once(uart, &request, &heard);
		if (kind || heard == UART_HEARD)
			return kind;
		if (heard == UART_HEARD_REFUSAL)
			return TROUBLE_CLOSED_RANGE;
		kind = talk_sync(uart->talk);
		if (kind)
			return kind;
	}
	return TROUBLE_LINK_LOST;
}

/* Of the sector that was sent before, behind which another may fly: then that went wrong, too. */
static enum trouble_kind hear_posted(struct uart_die *uart, size_t sector, bool *good)
{
	const struct uart_request request =
		uart_write_sector((uint32_t)sector * UART_SECTOR, uart->content);
	enum uart_heard heard = UART_HEARD_NOTHING;
	enum trouble_kind kind = hear_write(uart, &request, &heard);

	*good = heard == UART_HEARD;
	return kind || heard != UART_HEARD_REFUSAL ? kind : TROUBLE_CLOSED_RANGE;
}

enum trouble_kind uart_collect(struct uart_die *uart)
{
	size_t sector = uart->posted_sector;
	enum trouble_kind kind;
	bool good;

	if (!uart->posted)
		return TROUBLE_NONE;
	uart->posted = false;
	kind = hear_posted(uart, sector, &good);
	if (kind || good)
		return kind;
	kind = talk_sync(uart->talk);
	return kind ? kind : uart_write_again(uart, sector);
}

/* Sends it behind the one before, so that the line has no pause. */
static enum trouble_kind post_sector(struct uart_die *uart, size_t sector,
				     const uint8_t data[UART_SECTOR])
{
	const struct uart_request request = uart_write_sector((uint32_t)sector * UART_SECTOR, data);
	bool before = uart->posted, good = true;
	size_t sector_before = uart->posted_sector;
	enum trouble_kind kind = talk_send_paced(uart->talk, &request, uart->page_us);

	uart->posted = true;
	uart->posted_sector = sector;
	if (!kind && before)
		kind = hear_posted(uart, sector_before, &good);
	if (kind || good)
		return kind;
	uart->posted = false;
	kind = talk_sync(uart->talk);
	if (!kind)
		kind = uart_write_again(uart, sector_before);
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

	if (uart->known[sector] == UART_UNKNOWN || uart->known[sector] == UART_SEEN)
		kind = uart_collect(uart);
	if (!kind)
		kind = uart_know(uart, sector, 1);
	if (kind)
		return kind;
	for (size_t i = first; i < end; i++)
		content[i] &= data[i];
	uart_look_at_epoch(uart);
	/* Nothing but an erase lifts the protection of a BL chip. */
	if (uart->loader->family == UART_BL && !uart->lifted) {
		kind = uart_collect(uart);
		return kind ? kind : uart_write_again(uart, sector);
	}
	uart->known[sector] = UART_SENT;
	uart->has_changed = true;
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
	if (heard == UART_HEARD_REFUSAL)
		return TROUBLE_CLOSED_RANGE;
	kind = talk_sync(uart->talk);
	return kind ? kind : uart_write_again(uart, sector);
}
