/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_unread.h"

#include <string.h>

#include "programmer/die/uart_crc.h"
#include "programmer/die/uart_hits.h"
#include "programmer/die/uart_sum.h"

/* A line that damages more than this will hardly carry a job to its end. */
#define SYNCS_MOST 32

static bool is_unread(const struct uart_die *uart, size_t sector)
{
	const struct range range = {(uint32_t)sector * UART_SECTOR, UART_SECTOR};
	uint8_t known = uart->known[sector];

	return (known == UART_UNKNOWN || known == UART_GUESSED) &&
	       die_may_change(&uart->die, range);
}

/* What an answer says is likely is right: no damage makes another one into it. */
static uint32_t likely_sum(struct uart_die *uart, size_t sector)
{
	uint8_t *content = uart->content + sector * UART_SECTOR;

	if (uart->known[sector] != UART_GUESSED)
		memset(content, 0xff, UART_SECTOR);
	return uart_crc32(0, content, UART_SECTOR);
}

enum trouble_kind uart_sum_unread(struct uart_die *uart)
{
	struct uart_unread *unread = &uart->unread;
	const unsigned *syncs = &uart->talk->counts.in_step, before = *syncs;
	enum trouble_kind kind = TROUBLE_NONE;

	if (unread->summed || !uart_line_damages(uart) || !uart_may_sum(uart))
		return TROUBLE_NONE;
	for (size_t i = 0; !kind && i < uart_sector_count(uart) && *syncs - before < SYNCS_MOST;
	     i++) {
		const struct range sector = {(uint32_t)i * UART_SECTOR, UART_SECTOR};

		/* What is named already may hold what a damaged command left. */
		if (!is_unread(uart, i) || uart->hits[i].how != UART_NOT_HIT)
			continue;
		kind = uart_sum_surely(uart, sector, likely_sum(uart, i), &unread->sum[i]);
		unread->has[i] = !kind;
		if (kind == TROUBLE_UNSTEADY_READ)
			kind = TROUBLE_NONE;
	}
	unread->summed = !kind;
	return kind;
}

static void compare(struct uart_die *uart, size_t sector, uint32_t crc)
{
	const struct range range = {(uint32_t)sector * UART_SECTOR, UART_SECTOR};

	if (crc != uart->unread.sum[sector])
		uart_hit(uart, range, 0, UART_CHANGED);
	else
		uart->hits[sector].how = UART_NOT_HIT;
	uart->unread.has[sector] = false;
}

void uart_compare_read(struct uart_die *uart, size_t sector)
{
	if (uart->unread.has[sector])
		compare(uart, sector,
			uart_crc32(0, uart->content + sector * UART_SECTOR, UART_SECTOR));
}

enum trouble_kind uart_compare_unread(struct uart_die *uart)
{
	enum trouble_kind kind = TROUBLE_NONE;

	if (!uart_may_sum(uart))
		return TROUBLE_NONE;
	for (size_t i = 0; !kind && i < uart_sector_count(uart); i++) {
		const struct range sector = {(uint32_t)i * UART_SECTOR, UART_SECTOR};
		uint32_t crc = 0;

		if (!uart->unread.has[i])
			continue;
		kind = uart_sum_surely(uart, sector, uart->unread.sum[i], &crc);
		if (!kind)
			compare(uart, i, crc);
		else if (kind == TROUBLE_UNSTEADY_READ && uart->hits[i].how != UART_NOT_HIT)
			kind = TROUBLE_NONE; /* it stays named */
	}
	return kind;
}
