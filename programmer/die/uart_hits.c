/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_hits.h"

#include <stdio.h>

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
	size_t total = uart_sector_count(uart);
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
