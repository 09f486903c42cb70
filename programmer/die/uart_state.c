/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_state.h"

#include <string.h>

#include "programmer/die/uart_rate.h"

/* This number of sectors is requested before the losses are judged. */
#define LATELY 32

void uart_look_at_epoch(struct uart_die *uart)
{
	if (uart->epoch == uart->talk->epoch)
		return;
	uart->epoch = uart->talk->epoch;
	uart->locked = false;
}

bool uart_is_blank(const uint8_t *data)
{
	return data[0] == 0xff && memcmp(data, data + 1, UART_SECTOR - 1) == 0;
}

void uart_forget_sums(struct uart_die *uart, struct range range)
{
	for (uint32_t at = range.start; at < range_end(range); at += UART_SECTOR)
		uart->unread.has[at / UART_SECTOR] = false;
}

unsigned uart_doubts(const struct uart_die *uart)
{
	const struct uart_counts *counts = &uart->talk->counts;

	return uart->lost_changes + counts->again + counts->in_step + counts->relinks;
}

void uart_is_seen(struct uart_die *uart, size_t sector, unsigned doubts)
{
	uart->known[sector] = UART_SEEN;
	uart->proved[sector] = doubts;
}

bool uart_line_damages(struct uart_die *uart)
{
	const struct uart_counts counts = uart_counts_less(&uart->talk->counts, &uart->talk->own);

	uart->careful |= !uart->too_fast &&
			 (counts.again || counts.in_step || counts.written || counts.mended);
	return uart->careful;
}

enum trouble_kind uart_went(struct uart_die *uart, size_t asked, size_t came)
{
	uint32_t rate = uart->talk->wire->rate;
	enum trouble_kind kind = TROUBLE_NONE;
	bool changed = false;

	uart->asked += (unsigned)asked;
	uart->came += (unsigned)came;
	if (uart->asked < LATELY && uart->came)
		return TROUBLE_NONE;
	/* Half of the rate takes twice as long, so it has to be worth it. */
	if (4 * uart->came < uart->asked && uart->asked >= LATELY / 4) {
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
