/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_pace.h"

/* After this number of successful writes in a row, pages are sent a little faster. */
#define PACE_CALM 4

#define PAGE 256u

/*
 * A single sector succeeds even if it is sent a sixth too fast, since the chip buffers 640 bytes;
 * several in a row do not. So what was too fast for one says little about several.
 */
#define SLACK(us) ((us) / 5)

/* A pace that was too fast is slowed down by this. */
static uint32_t slower(const struct uart_die *uart, uint32_t us)
{
	return us + us / (uart->bad_in_a_row ? 8 : 4);
}

/* Failures from now on, until they are repaired, are caused by a write that was too fast. */
static void begin_excuse(struct uart_die *uart)
{
	if (!uart->too_fast)
		uart->blamed = uart_counts_less(&uart->talk->counts, &uart->talk->own);
	uart->too_fast = true;
}

void uart_keeps_pace(struct uart_die *uart)
{
	if (uart->too_fast)
		uart->talk->own = uart_counts_less(&uart->talk->counts, &uart->blamed);
	uart->too_fast = false;
}

uint32_t uart_pace_us(const struct uart_die *uart)
{
	return uart->page_bad_us && !uart->bad_in_a_row ? uart->page_us + SLACK(uart->page_us)
							: uart->page_us;
}

struct range uart_under_way(const struct uart_die *uart)
{
	struct wire *wire = uart->talk->wire;

	if (uart->talk->sent_us < wire_now_us(wire) + wire_bytes_us(wire, UART_SECTOR / 2))
		return NO_RANGE;
	return (struct range){(uint32_t)uart->posted_sector * UART_SECTOR, UART_SECTOR};
}

bool uart_learn_pace(struct uart_die *uart, enum uart_heard heard, bool in_a_row)
{
	uint32_t least = slower(uart, uart->page_bad_us), before = uart->page_us;

	uart->calm = heard == UART_HEARD ? uart->calm + 1 : 0;
	if (heard == UART_HEARD_NOTHING && before < uart->page_most_us &&
	    before * UINT64_C(2) > wire_bytes_us(uart->talk->wire, PAGE)) {
		uart->page_bad_us = before;
		uart->bad_in_a_row = in_a_row;
		uart->page_us = slower(uart, before);
		begin_excuse(uart);
		return true;
	}
	if (uart->calm % PACE_CALM == PACE_CALM - 1 &&
	    before > wire_bytes_us(uart->talk->wire, PAGE)) {
		uart->page_us = before - before / 16;
		if (uart->page_us < least)
			uart->page_us = before < least ? before : least;
	}
	return false;
}
