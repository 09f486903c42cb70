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

enum trouble_kind uart_sum(struct uart_die *uart, struct range range, uint32_t *crc)
{
	const struct uart_request request = uart_check_crc(range);
	struct uart_answer answer;
	enum trouble_kind kind;

	if (uart->lifted)
		uart->doses++;
	uart->locked = uart->loader->family == UART_BL;
	uart->lifted = false;
	kind = talk_ask(uart->talk, &request, CRC_US(range.length), &answer, NULL);
	uart_look_at_epoch(uart);
	/* The wire carries it without the final inversion. */
	if (!kind)
		*crc = ~uart_number(answer.payload);
	return kind;
}

enum trouble_kind uart_is_there(struct uart_die *uart, struct range range, unsigned times,
				uint32_t *crc, bool *there)
{
	uint32_t wanted = uart_crc32(0, uart->content + range.start, range.length);
	enum trouble_kind kind = TROUBLE_NONE;

	*there = false;
	for (unsigned i = 0; !kind && !*there && i < times; i++) {
		kind = uart_sum(uart, range, crc);
		*there = !kind && *crc == wanted;
	}
	return kind;
}

enum trouble_kind uart_mend(struct uart_die *uart, size_t sector, uint32_t crc, bool *mended)
{
	const struct range whole = {(uint32_t)sector * UART_SECTOR, UART_SECTOR};
	const uint32_t page = uart->die.part->page;
	struct range front = whole, behind = whole;
	enum trouble_kind kind = TROUBLE_NONE;
	size_t at;

	*mended = uart_crc_mends(uart->content + whole.start, crc, &at);
	if (!*mended)
		return TROUBLE_NONE;
	front.length = (uint32_t)at / page * page;
	behind.start += front.length + page;
	behind.length -= front.length + page;
	if (front.length)
		kind = uart_is_there(uart, front, 1, &crc, mended);
	if (!kind && *mended && behind.length)
		kind = uart_is_there(uart, behind, 1, &crc, mended);
	uart->talk->counts.mended += !kind && *mended;
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
