/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_content.h"

/* The most that the length field of a frame can hold. */
#define SPILL_MOST 0x11000u

void uart_note_astray(struct uart_die *uart, uint32_t address, uint32_t length)
{
	uint32_t size = uart->die.part->size;

	address = address % size / length * length;
	for (uint32_t at = address; at < address + length && at < size; at += UART_SECTOR) {
		const struct range sector = {at, UART_SECTOR};
		uint8_t *known = &uart->known[at / UART_SECTOR];
		bool closed = !die_may_change(&uart->die, sector);

		if (!closed && *known != UART_UNKNOWN && *known != UART_GUESSED)
			*known = UART_SENT;
		else if (!closed || !uart->boot_crc_known)
			uart->astray = sector;
		/* Nothing is repaired there; the content is compared at the end. */
	}
}

void uart_note_spill(struct uart_die *uart, uint32_t address)
{
	uint32_t size = uart->die.part->size;

	for (uint32_t at = address; at < address + SPILL_MOST && at < size; at += UART_SECTOR)
		if (uart->known[at / UART_SECTOR] == UART_SEEN)
			uart->known[at / UART_SECTOR] = UART_SENT;
}
