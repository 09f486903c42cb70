/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_settle.h"

#include <string.h>

#include "programmer/die/uart_change.h"
#include "programmer/die/uart_content.h"
#include "programmer/die/uart_sum.h"

static void add(struct range *to, struct range range)
{
	const uint32_t start = to->length && to->start < range.start ? to->start : range.start;
	const uint32_t end =
		to->length && range_end(*to) > range_end(range) ? range_end(*to) : range_end(range);

	*to = (struct range){start, end - start};
}

/* Sectors that do not hold what was sent, although it was sent often enough. */
static void give_up(struct uart_die *uart)
{
	for (size_t i = 0; i < uart_sector_count(uart); i++) {
		if (uart->known[i] != UART_SENT)
			continue;
		uart->known[i] = UART_UNKNOWN;
		add(&uart->not_written, uart_sectors(i, 1));
	}
}

/* A caller who reads it sees what is there; of what is left at one end, somebody has to be told. */
static void was_read(struct range *not_written, struct range range)
{
	uint32_t start = not_written->start, end = range_end(*not_written);

	if (range.start <= start && range_end(range) > start)
		start = range_end(range);
	else if (range.start < end && range_end(range) >= end)
		end = range.start;
	*not_written = start < end ? (struct range){start, end - start} : NO_RANGE;
}

/*
 * All that was sent and is not there: those first that have to be erased, see uart_write_bit(). Not
 * what comes into doubt meanwhile. @erases: all of them, since the last round has changed nothing.
 */
static enum trouble_kind write_all_again(struct uart_die *uart, bool erases)
{
	size_t total = uart_sector_count(uart), bit;
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; !kind && i < total; i++)
		if (uart->wrong[i] && (erases || !uart_lacks_a_bit(uart, i, &bit)))
			kind = uart_write_again(uart, i);
	for (size_t i = 0; !kind && !erases && i < total; i++)
		if (uart->wrong[i] && uart_lacks_a_bit(uart, i, &bit))
			kind = uart_write_bit(uart, i, bit);
	return kind;
}

enum trouble_kind uart_settle(struct uart_die *uart, bool likely)
{
	size_t left = 0, before = 0;
	enum trouble_kind kind = uart_look_at_sent(uart, likely, &left);

	for (unsigned i = 0, fruitless = 0; !kind && left; i++) {
		if (fruitless == UART_FRUITLESS_MOST || i == UART_ROUNDS_MOST) {
			give_up(uart);
			break;
		}
		kind = write_all_again(uart, fruitless);
		before = left;
		if (!kind)
			kind = uart_look_at_sent(uart, false, &left);
		fruitless = left >= before ? fruitless + 1 : 0;
		uart->only_reset |= fruitless && uart_may_need_reset(uart);
	}
	return kind;
}

/*
 * A flashrom reads each block that it erased. On a BL chip a sum of that would set the protection,
 * and the first sector after it would be erased again. Once it was seen that this one does what it
 * says, its word counts for what is blank until anything else is read, or the end comes. So does
 * that of a ROM on a bad line, where each sector would be asked for.
 */
static bool is_blank_by_its_word(struct uart_die *uart, size_t first, size_t count)
{
	const bool bad_line = uart->loader->family == UART_ROM && uart_line_damages(uart);

	if (!uart->erases || !(uart->lifted || bad_line))
		return false;
	for (size_t i = first; i < first + count; i++)
		if (uart->known[i] != UART_SENT || !uart_is_blank(uart->content + i * UART_SECTOR))
			return false;
	return true;
}

static bool any_is(const struct uart_die *uart, size_t first, size_t count, enum uart_known known)
{
	return memchr(uart->known + first, (int)known, count);
}

/*
 * At most UART_BLOCK_SECTORS, of which some were sent: mostly one checksum proves them all.
 * *@proved: it did.
 */
static enum trouble_kind prove_sent(struct uart_die *uart, size_t first, size_t count, bool *proved)
{
	const unsigned doubts = uart_doubts(uart);
	uint32_t crc;
	enum trouble_kind kind = uart_is_there(uart, uart_sectors(first, count), 1, &crc, proved);

	for (size_t i = 0; !kind && *proved && i < count; i++)
		uart_is_seen(uart, first + i, doubts);
	return kind;
}

/* At most UART_BLOCK_SECTORS. */
static enum trouble_kind look_at_block(struct uart_die *uart, size_t first, size_t count)
{
	bool sent = any_is(uart, first, count, UART_SENT), proved = false;
	bool unknown = any_is(uart, first, count, UART_UNKNOWN);
	/* A guess is wrong more often, as is anything on a bad line: then each sector is asked for.
	 */
	bool at_once = !any_is(uart, first, count, UART_GUESSED) && uart_may_sum(uart) &&
		       !uart_line_damages(uart);
	enum trouble_kind kind = TROUBLE_NONE;

	if (sent && at_once && !unknown)
		kind = prove_sent(uart, first, count, &proved);
	if (!kind && sent && !proved)
		kind = uart_settle(uart, !uart_line_damages(uart));
	uart->erases |= sent && !kind && !uart->not_written.length;
	if (kind || proved)
		return kind;
	if (!at_once || !unknown || sent)
		kind = uart_look_at_known(uart, first, count);
	/* A damaged change has hit some of it. */
	if (!kind && any_is(uart, first, count, UART_SENT))
		kind = uart_settle(uart, false);
	return kind ? kind : uart_read_unknown(uart, first, count, at_once && !sent);
}

enum trouble_kind uart_look_at(struct uart_die *uart, size_t first, size_t count)
{
	enum trouble_kind kind = TROUBLE_NONE;

	if (is_blank_by_its_word(uart, first, count))
		return TROUBLE_NONE;
	for (size_t done = 0; !kind && done < count; done += UART_BLOCK_SECTORS)
		kind = look_at_block(uart, first + done, uart_block_of(count - done));
	if (!kind)
		was_read(&uart->not_written, uart_sectors(first, count));
	return kind;
}
