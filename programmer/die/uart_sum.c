/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_sum.h"

#include "programmer/die/uart_crc.h"

/* The most checksums of a range, of which two have to agree. */
#define SUMS_MOST 5

/*
 * The most pairs of register writes in a session for checksums after changes: as many as that
 * number of writes with the maker's own tools costs. On a line that damages what is written it is
 * one more for each sector that was written again, which wears the die as much.
 */
#define DOSES_MOST 8

/* Below it a divider that is one too many is close enough. */
#define RATE_THAT_TELLS 921600u

/* A CRC is at least as fast as 400 kB a second (bk7231tools). */
#define CRC_US(bytes) (50000 + (uint32_t)((bytes)*UINT64_C(10) / 4))

bool uart_needs_reset(const struct uart_die *uart)
{
	const struct uart_talk *talk = uart->talk;

	return uart->loader->never_rearms || talk->old_divider || uart->only_reset ||
	       (!uart->loader->version[0] && talk->relinks_soon &&
		talk->counts.written > talk->own.written);
}

bool uart_may_need_reset(const struct uart_die *uart)
{
	return uart->loader->family == UART_BL && !uart->loader->version[0] && !uart->link_lifts &&
	       uart->talk->wire->rate < RATE_THAT_TELLS;
}

bool uart_may_sum(const struct uart_die *uart)
{
	if (uart->loader->family == UART_ROM)
		return true;
	if (uart_needs_reset(uart) && !uart->talk->relink)
		return false;
	return !uart->lifted || uart->doses < DOSES_MOST + uart->talk->counts.written;
}

/* What asking for one does to a BL chip. */
static void note_sum(struct uart_die *uart)
{
	if (uart->lifted)
		uart->doses++;
	uart->locked = uart->loader->family == UART_BL;
	uart->lifted = false;
}

/* The wire carries it without the final inversion. */
static uint32_t crc_of(const struct uart_answer *answer)
{
	return ~uart_number(answer->payload);
}

enum trouble_kind uart_sum(struct uart_die *uart, struct range range, uint32_t *crc)
{
	const struct uart_request request = uart_check_crc(range);
	struct uart_answer answer;
	enum trouble_kind kind;

	note_sum(uart);
	kind = talk_ask(uart->talk, &request, CRC_US(range.length), &answer, NULL);
	uart_look_at_epoch(uart);
	if (!kind)
		*crc = crc_of(&answer);
	return kind;
}

/*
 * An answer does not tell which request it is for: if one is missing, others may have been taken
 * for it.
 */
enum trouble_kind uart_sum_each(struct uart_die *uart, const struct range *ranges, size_t count,
				uint32_t *crc, bool *all)
{
	enum trouble_kind kind = TROUBLE_NONE;

	note_sum(uart);
	*all = false;
	for (size_t sent = 0, heard = 0; heard < count; heard++) {
		const struct uart_request due = uart_check_crc(ranges[heard]);
		enum uart_heard what = UART_HEARD_NOTHING;
		struct uart_answer answer;

		for (; !kind && sent < count && sent - heard < UART_FLYING; sent++) {
			const struct uart_request request = uart_check_crc(ranges[sent]);

			kind = talk_send_behind(uart->talk, &request);
		}
		if (!kind)
			kind = talk_hear(uart->talk, &due, CRC_US(UART_SECTOR), &answer, &what);
		if (kind)
			return kind;
		if (what != UART_HEARD) {
			uart->talk->counts.again++;
			kind = talk_sync(uart->talk);
			uart_look_at_epoch(uart);
			return kind;
		}
		crc[heard] = crc_of(&answer);
	}
	*all = true;
	return TROUBLE_NONE;
}

bool uart_holds(const struct uart_die *uart, struct range range, uint32_t crc)
{
	return crc == uart_crc32(0, uart->content + range.start, range.length);
}

enum trouble_kind uart_is_there(struct uart_die *uart, struct range range, unsigned times,
				uint32_t *crc, bool *there)
{
	enum trouble_kind kind = TROUBLE_NONE;

	*there = false;
	for (unsigned i = 0; !kind && !*there && i < times; i++) {
		kind = uart_sum(uart, range, crc);
		*there = !kind && uart_holds(uart, range, *crc);
	}
	return kind;
}

#define PAGE 256u

/* The most that have to be asked for: in front, behind, and these two. */
#define PROOFS_MOST 4

/*
 * There are a million ways to put in a missing byte, so if something else is damaged in the same
 * page, one of them may fit. Then what is between the two places is wrong, up to this byte or from
 * it on: sums that end there, and begin behind it, are others. Of whole pages, as BL takes them.
 */
static bool split(struct range sector, size_t at, struct range ranges[2])
{
	const uint32_t front = (uint32_t)at / PAGE * PAGE,
		       behind = (sector.length - 1 - (uint32_t)at) / PAGE * PAGE;

	ranges[0] = (struct range){sector.start + (uint32_t)at - front, front};
	ranges[1] = (struct range){sector.start + (uint32_t)at + 1, behind};
	return front && behind;
}

/* What is in front of a page of a sector, and behind it; returns how much of that there is. */
static size_t around(struct range sector, size_t at, struct range ranges[2])
{
	const uint32_t front = (uint32_t)at / PAGE * PAGE;
	size_t count = 0;

	if (front)
		ranges[count++] = (struct range){sector.start, front};
	if (front + PAGE < sector.length)
		ranges[count++] =
			(struct range){sector.start + front + PAGE, sector.length - front - PAGE};
	return count;
}

/* *@count: so many sums prove that it is right now. */
static bool mends(struct uart_die *uart, struct range sector, uint32_t crc, struct range *ranges,
		  size_t *count)
{
	size_t at;
	bool lost;

	*count = 0;
	if (!uart_crc_mends(uart->content + sector.start, crc, &at, &lost))
		return false;
	*count = around(sector, at, ranges);
	if (!lost)
		return true;
	*count += 2;
	return split(sector, at, ranges + *count - 2);
}

enum trouble_kind uart_mend_each(struct uart_die *uart, const struct range *sectors, size_t count,
				 const uint32_t *crc, bool *mended)
{
	struct range ranges[PROOFS_MOST * UART_BLOCK_SECTORS];
	uint32_t sums[PROOFS_MOST * UART_BLOCK_SECTORS];
	size_t ends[UART_BLOCK_SECTORS], some, total = 0;
	enum trouble_kind kind = TROUBLE_NONE;
	bool all = true;

	for (size_t i = 0; i < count; i++) {
		mended[i] = mends(uart, sectors[i], crc[i], ranges + total, &some);
		total += mended[i] ? some : 0;
		ends[i] = total;
	}
	if (total)
		kind = uart_sum_each(uart, ranges, total, sums, &all);
	for (size_t i = 0, k = 0; !kind && i < count; i++) {
		mended[i] &= all;
		for (; all && k < ends[i]; k++)
			mended[i] &= uart_holds(uart, ranges[k], sums[k]);
		uart->talk->counts.mended += mended[i];
	}
	return kind;
}

enum trouble_kind uart_sum_surely(struct uart_die *uart, struct range range, uint32_t likely,
				  uint32_t *crc)
{
	enum trouble_kind kind = uart_sum(uart, range, crc);

	for (unsigned i = 1; !kind && *crc != likely; i++) {
		uint32_t before = *crc;

		if (i == SUMS_MOST)
			return TROUBLE_UNSTEADY_READ;
		kind = uart_sum(uart, range, crc);
		if (*crc == before)
			break;
	}
	return kind;
}
