/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_content.h"

#include <stdlib.h>
#include <string.h>

#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_sum.h"
#include "programmer/die/uart_unread.h"

/* Readings that may contradict what is expected: on a bad line one of three is damaged. */
#define DOUBTS_MOST 5

#define READ_US 20000

/* BL does not read its own area, but addresses past the end of the die wrap around. */
static uint32_t address_to_read(const struct uart_die *uart, size_t sector)
{
	uint32_t address = (uint32_t)sector * UART_SECTOR;

	if (uart->loader->family == UART_BL && address < UART_BL_AREA)
		return address + uart->die.part->size;
	return address;
}

/*
 * Readings over the line of the sectors from @first on for which @wanted is set, into scratch;
 * clears @wanted for those that arrived. Requests are sent ahead of their answers. *@waited: so
 * many answers were waited for.
 */
static enum trouble_kind read_pass(struct uart_die *uart, size_t first, size_t count, bool *wanted,
				   size_t *waited)
{
	struct uart_request flying[UART_BLOCK_SECTORS];
	size_t order[UART_BLOCK_SECTORS], total = 0, sent = 0, done = 0;
	enum uart_heard heard = UART_HEARD;
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; i < count; i++)
		if (wanted[i])
			order[total++] = i;
	while (done < total && heard != UART_HEARD_NOTHING) {
		struct uart_answer answer;

		for (; !kind && sent < total && sent - done < UART_FLYING &&
		       (uart->whole || !observer_cancelled(uart->observer));
		     sent++) {
			flying[sent] = uart_read_sector(address_to_read(uart, first + order[sent]));
			kind = talk_send(uart->talk, &flying[sent]);
		}
		if (!kind && sent == done)
			return TROUBLE_INTERRUPTED;
		uart->talk->follows = sent - done > 1;
		if (!kind)
			kind = talk_hear(uart->talk, &flying[done], READ_US, &answer, &heard);
		uart->talk->follows = false;
		if (kind)
			return kind;
		if (heard == UART_HEARD) {
			memcpy(uart->scratch + order[done] * UART_SECTOR, answer.payload + 4,
			       UART_SECTOR);
			wanted[order[done]] = false;
		}
		done++;
	}
	*waited = done;
	return TROUBLE_NONE;
}

static size_t count_of(const bool *wanted, size_t count)
{
	size_t set = 0;

	for (size_t i = 0; i < count; i++)
		set += wanted[i];
	return set;
}

static bool any(const bool *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (wanted[i])
			return true;
	return false;
}

/* Reads all wanted sectors once, into scratch; at most UART_BLOCK_SECTORS. */
static enum trouble_kind read_once(struct uart_die *uart, size_t first, size_t count,
				   const bool *wanted)
{
	bool left[UART_BLOCK_SECTORS];
	enum trouble_kind kind = TROUBLE_NONE;

	memcpy(left, wanted, count * sizeof(*wanted));
	for (unsigned i = 0, fruitless = 0; !kind && any(left, count); i++) {
		size_t asked = count_of(left, count), waited = 0;

		if (fruitless == UART_FRUITLESS_MOST || i == UART_ROUNDS_MOST)
			return TROUBLE_UNSTEADY_READ;
		kind = read_pass(uart, first, count, left, &waited);
		if (!kind)
			kind = uart_went(uart, waited, asked - count_of(left, count));
		if (kind || !any(left, count))
			break;
		fruitless = count_of(left, count) == asked ? fruitless + 1 : 0;
		uart->talk->counts.again++;
		kind = talk_sync(uart->talk);
	}
	return kind;
}

enum trouble_kind uart_read_surely(struct uart_die *uart, size_t sector)
{
	const bool wanted = true;
	uint8_t *before = uart->scratch + UART_SECTOR;

	for (unsigned i = 0; i < UART_FRUITLESS_MOST; i++) {
		enum trouble_kind kind = read_once(uart, sector, 1, &wanted);
		uint32_t crc = 0;

		if (kind || (i && memcmp(before, uart->scratch, UART_SECTOR) == 0))
			return kind;
		memcpy(before, uart->scratch, UART_SECTOR);
		if (!uart_may_sum(uart))
			continue;
		kind = uart_sum(uart, uart_sectors(sector, 1), &crc);
		if (kind || crc == uart_crc32(0, uart->scratch, UART_SECTOR))
			return kind;
	}
	return TROUBLE_UNSTEADY_READ;
}

static void take_over(struct uart_die *uart, size_t sector, const uint8_t *data)
{
	memcpy(uart->content + sector * UART_SECTOR, data, UART_SECTOR);
}

static bool equals(const struct uart_die *uart, size_t sector, const uint8_t *data)
{
	return memcmp(uart->content + sector * UART_SECTOR, data, UART_SECTOR) == 0;
}

enum trouble_kind uart_look_if_erased(struct uart_die *uart, size_t sector,
				      enum uart_erased *erased)
{
	const bool wanted = true;
	enum trouble_kind kind = TROUBLE_NONE;

	*erased = UART_ERASED_UNKNOWN;
	for (unsigned i = 0; !kind && *erased == UART_ERASED_UNKNOWN && i < DOUBTS_MOST; i++) {
		kind = read_once(uart, sector, 1, &wanted);
		if (!kind && uart_is_blank(uart->scratch))
			*erased = UART_ERASED;
		else if (!kind && equals(uart, sector, uart->scratch))
			*erased = UART_NOT_ERASED;
	}
	return kind;
}

/* Of sectors that were read, and differ from their sums: clears @wanted for those put right. */
static enum trouble_kind mend(struct uart_die *uart, size_t first, size_t count, bool *wanted)
{
	struct range sectors[UART_BLOCK_SECTORS] = {NO_RANGE};
	uint32_t crc[UART_BLOCK_SECTORS] = {0};
	size_t order[UART_BLOCK_SECTORS], total = 0;
	bool mended[UART_BLOCK_SECTORS];
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; i < count; i++) {
		if (!wanted[i] || uart->known[first + i] != UART_UNKNOWN)
			continue;
		sectors[total] = uart_sectors(first + i, 1);
		crc[total] = uart->differs[first + i];
		order[total++] = i;
	}
	if (total)
		kind = uart_mend_each(uart, sectors, total, crc, mended);
	for (size_t i = 0; !kind && i < total; i++)
		wanted[order[i]] = !mended[i];
	return kind;
}

/* One checksum of each wanted sector, and one more where it differs and was @likely right. */
static enum trouble_kind prove_each(struct uart_die *uart, size_t first, size_t count, bool *wanted,
				    bool likely)
{
	struct range sectors[UART_BLOCK_SECTORS] = {NO_RANGE};
	uint32_t crc[UART_BLOCK_SECTORS] = {0};
	size_t total = 0, at = 0;
	enum trouble_kind kind;
	bool all;

	for (size_t i = 0; i < count; i++)
		if (wanted[i])
			sectors[total++] = uart_sectors(first + i, 1);
	kind = uart_sum_each(uart, sectors, total, crc, &all);
	for (size_t i = 0; !kind && i < count; i++) {
		bool same;

		if (!wanted[i])
			continue;
		same = all && uart_holds(uart, sectors[at], crc[at]);
		if (!same && (!all || likely))
			kind = uart_is_there(uart, sectors[at], all || !likely ? 1 : 2, &crc[at],
					     &same);
		wanted[i] = !same;
		uart->differs[first + i] = same ? 0 : crc[at];
		at++;
	}
	return kind ? kind : mend(uart, first, count, wanted);
}

/*
 * Proves expected content by the chip's checksums; clears @wanted for what is proved. One checksum
 * for all sectors, and one for each only if that differs; or only the latter if some sectors are
 * not @likely right.
 */
static enum trouble_kind prove_by_sums(struct uart_die *uart, size_t first, size_t count,
				       bool *wanted, bool likely)
{
	size_t low = 0, high = count;
	enum trouble_kind kind = TROUBLE_NONE;
	bool there = false;
	uint32_t crc;

	while (!wanted[low])
		low++;
	while (!wanted[high - 1])
		high--;
	if (likely)
		kind = uart_is_there(uart, uart_sectors(first + low, high - low), 1, &crc, &there);
	if (!kind && there)
		memset(wanted, 0, count * sizeof(*wanted));
	else if (!kind)
		kind = prove_each(uart, first, count, wanted, likely);
	return kind;
}

/*
 * Sectors that no checksum can prove: until two readings in a row agree, or one equals what was
 * sent.
 */
static enum trouble_kind prove_by_readings(struct uart_die *uart, size_t first, size_t count,
					   bool *wanted)
{
	enum trouble_kind kind = read_once(uart, first, count, wanted);

	for (size_t i = 0; !kind && i < count; i++) {
		const uint8_t *read = uart->scratch + i * UART_SECTOR;

		if (!wanted[i])
			continue;
		if (equals(uart, first + i, read))
			wanted[i] = false;
		else
			take_over(uart, first + i, read);
	}
	return kind;
}

/*
 * Of at most UART_BLOCK_SECTORS those with unknown content. @proves_all: the others are proved with
 * them, which costs no more where it is one checksum.
 */
enum trouble_kind uart_read_unknown(struct uart_die *uart, size_t first, size_t count,
				    bool proves_all)
{
	bool wanted[UART_BLOCK_SECTORS] = {false}, unknown[UART_BLOCK_SECTORS] = {false};
	const unsigned doubts = uart_doubts(uart);
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; i < count; i++)
		unknown[i] = uart->known[first + i] == UART_UNKNOWN;
	for (size_t i = 0; i < count; i++)
		wanted[i] = unknown[i] || (proves_all && any(unknown, count));
	for (unsigned i = 0, fruitless = 0; !kind && any(wanted, count); i++) {
		size_t before = count_of(wanted, count);

		if (fruitless == UART_FRUITLESS_MOST || i == UART_ROUNDS_MOST)
			return TROUBLE_UNSTEADY_READ;
		if (i == 0 || uart_may_sum(uart)) {
			const bool *missing = i == 0 ? unknown : wanted;

			/* A sum that loses a byte may hang a BL chip. */
			uart->talk->mends = uart_may_sum(uart) && uart->talk->relinks_soon;
			kind = read_once(uart, first, count, missing);
			uart->talk->mends = false;
			for (size_t k = 0; !kind && k < count; k++)
				if (missing[k])
					take_over(uart, first + k, uart->scratch + k * UART_SECTOR);
		}
		if (!kind)
			kind = uart_may_sum(uart) ? prove_by_sums(uart, first, count, wanted,
								  !uart_line_damages(uart))
						  : prove_by_readings(uart, first, count, wanted);
		fruitless = count_of(wanted, count) == before ? fruitless + 1 : 0;
	}
	for (size_t i = 0; !kind && i < count; i++)
		if (uart->known[first + i] == UART_UNKNOWN) {
			uart_is_seen(uart, first + i, doubts);
			uart_compare_read(uart, first + i);
		}
	return kind;
}

/*
 * Of what should be there: clears @wanted of what is. By sums, or by readings that are held
 * against it: these are right if they agree, and are made some times before they are not.
 */
static enum trouble_kind find_wrong(struct uart_die *uart, size_t first, size_t count, bool *wanted,
				    bool likely)
{
	enum trouble_kind kind = TROUBLE_NONE;

	if (uart_may_sum(uart))
		return prove_by_sums(uart, first, count, wanted, likely);
	for (unsigned i = 0; !kind && i < DOUBTS_MOST && any(wanted, count); i++) {
		kind = read_once(uart, first, count, wanted);
		for (size_t k = 0; !kind && k < count; k++)
			if (wanted[k])
				wanted[k] =
					!equals(uart, first + k, uart->scratch + k * UART_SECTOR);
	}
	return kind;
}

/*
 * What is there of everything that was sent is now known; *@left: the number of sectors that
 * differ.
 */
enum trouble_kind uart_look_at_sent(struct uart_die *uart, bool likely, size_t *left)
{
	enum trouble_kind kind = TROUBLE_NONE;
	size_t total = uart_sector_count(uart);

	*left = 0;
	for (size_t at = 0; !kind && at < total; at += UART_BLOCK_SECTORS) {
		size_t count = uart_block_of(total - at);
		const unsigned doubts = uart_doubts(uart);
		bool wrong[UART_BLOCK_SECTORS];

		for (size_t i = 0; i < count; i++)
			wrong[i] = uart->known[at + i] == UART_SENT;
		memcpy(uart->wrong + at, wrong, count * sizeof(*wrong));
		if (!any(wrong, count))
			continue;
		memset(uart->differs + at, 0, count * sizeof(*uart->differs));
		kind = find_wrong(uart, at, count, wrong, likely);
		for (size_t i = 0; !kind && i < count; i++)
			if (uart->known[at + i] == UART_SENT && !wrong[i])
				uart_is_seen(uart, at + i, doubts);
		memcpy(uart->wrong + at, wrong, count * sizeof(*wrong));
		*left += count_of(wrong, count);
	}
	return kind;
}

/*
 * What a sector has become that does not hold any more what it did: after a change that was not
 * acknowledged that one has hit it, and it is put right.
 */
static enum uart_known after_a_change(const struct uart_die *uart, size_t sector)
{
	bool hit = uart->lost_changes && uart->known[sector] == UART_SEEN &&
		   die_may_change(&uart->die, uart_sectors(sector, 1));

	return hit ? UART_SENT : UART_UNKNOWN;
}

/* At most UART_BLOCK_SECTORS, some of them known. */
enum trouble_kind uart_look_at_known(struct uart_die *uart, size_t first, size_t count)
{
	const unsigned doubts = uart_doubts(uart);
	bool wrong[UART_BLOCK_SECTORS], asked[UART_BLOCK_SECTORS];
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; i < count; i++)
		asked[i] = wrong[i] = uart->known[first + i] == UART_SEEN ||
				      uart->known[first + i] == UART_GUESSED;
	if (any(wrong, count))
		kind = find_wrong(uart, first, count, wrong, true);
	for (size_t i = 0; !kind && i < count; i++)
		if (wrong[i])
			uart->known[first + i] = (uint8_t)after_a_change(uart, first + i);
		else if (asked[i])
			uart_is_seen(uart, first + i, doubts);
	return kind;
}

enum trouble_kind uart_know(struct uart_die *uart, size_t sector)
{
	enum trouble_kind kind = TROUBLE_NONE;

	if (uart->known[sector] == UART_GUESSED)
		kind = uart_look_at_known(uart, sector, 1);
	return kind ? kind : uart_read_unknown(uart, sector, 1, false);
}
