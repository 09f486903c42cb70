/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_content.h"

#define TRIES 10

/* A thousand bytes were tried on every bootloader. */
#define PIECE (26 * UART_LINE)

/*
 * How long a chip needs behind the last byte of one is not known: a published bootloader took 30 ms
 * on an emulator. So the first may take this long, and later ones twice as long as any before; if
 * some in a row do not, that was wrong.
 */
#define PIECE_MOST_US 150000
#define PIECE_MORE_US 5000
#define PIECE_MISSES 3

/*
 * Of Write4K a BL chip programs each page as it comes, so if a byte of the address is lost, it
 * programs somewhere else: A >> 8, with the first byte of data as the highest of the address, which
 * an old bootloader takes modulo the die's size. Of Write-N it programs nothing until all has come.
 * So once the line has damaged anything, sectors go in pieces by that, and a chip that waits for
 * the rest of one is reset: what is not whole is never done.
 */
static enum trouble_kind hear_piece(struct uart_die *uart, const struct uart_request *request,
				    struct uart_answer *answer, enum uart_heard *heard)
{
	uint32_t work_us = uart->piece_us ? 2 * uart->piece_us + PIECE_MORE_US : PIECE_MOST_US;
	enum trouble_kind kind = talk_hear(uart->talk, request, work_us, answer, heard);
	uint64_t left = uart->talk->sent_us, now = wire_now_us(uart->talk->wire);

	if (*heard == UART_HEARD && now > left + uart->piece_us)
		uart->piece_us = (uint32_t)(now - left);
	uart->lost_changes += *heard != UART_HEARD;
	uart->piece_misses = *heard == UART_HEARD_NOTHING ? uart->piece_misses + 1 : 0;
	if (uart->piece_misses == PIECE_MISSES)
		uart->piece_us = uart->piece_misses = 0;
	return kind;
}

static enum trouble_kind write_piece(struct uart_die *uart, uint32_t address, const uint8_t *data,
				     size_t len)
{
	const struct uart_request request = uart_write_bytes(address, data, len);
	enum uart_heard heard = UART_HEARD_NOTHING;
	enum trouble_kind kind = TROUBLE_NONE;

	for (unsigned i = 0; !kind && heard != UART_HEARD; i++) {
		struct uart_answer answer;

		if (i == TRIES)
			return TROUBLE_LINK_LOST;
		if (i && heard == UART_HEARD_NOTHING)
			kind = talk_lost(uart->talk);
		uart_look_at_epoch(uart);
		/* A reset leaves the die's protection as it was. */
		if (!kind)
			kind = talk_send(uart->talk, &request);
		if (!kind)
			kind = hear_piece(uart, &request, &answer, &heard);
		/* An address that was damaged may be one that is refused. */
		if (!kind && heard == UART_HEARD_OTHER) {
			uart_note_astray(uart, uart_number(answer.payload), UART_SECTOR);
			talk_drop(uart->talk);
		}
	}
	return kind;
}

enum trouble_kind uart_write_in_pieces(struct uart_die *uart, uint32_t address, const uint8_t *data,
				       size_t len)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t done = 0, piece; !kind && done < len; done += piece) {
		piece = len - done < PIECE ? len - done : PIECE;
		kind = write_piece(uart, address + (uint32_t)done, data + done, piece);
	}
	return kind;
}
