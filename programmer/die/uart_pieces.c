/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_pieces.h"

#include <string.h>

#include "programmer/die/uart_astray.h"

#define TRIES 10

#define WRITE_BYTES 0x06 /* the byte before its address */

/*
 * A third of a sector, and a line that leads it. 16 published BL bootloaders took 43 lines at once
 * on an emulator; of ROMs nobody knows. If the high byte of the length were 0x06 and doubled, it
 * would be taken for the code.
 */
#define PIECE (44 * UART_LINE)
_Static_assert(PIECE + 5 < WRITE_BYTES << 8, "the high byte of the length is no code");
#define LEAD_MOST (12 * UART_LINE)

/*
 * How long a chip needs after the last byte of a piece is not known: a published bootloader took 30
 * ms on an emulator. So the first one may take this long, and later ones a quarter longer than the
 * slowest so far; if several in a row take longer, that was wrong.
 */
#define PIECE_MOST_US 150000
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
	uint32_t work_us = uart->piece_us ? uart->piece_us * 5 / 4 : PIECE_MOST_US;
	enum trouble_kind kind = talk_hear(uart->talk, request, work_us, answer, heard);
	uint64_t left = uart->talk->sent_us, now = wire_now_us(uart->talk->wire);

	/* Of a short one it says little. */
	if (*heard == UART_HEARD && request->data_len > PIECE / 2 && now > left + uart->piece_us)
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
	struct uart_request request = uart_write_bytes(address, data, len);
	enum uart_heard heard = UART_HEARD_NOTHING;
	enum trouble_kind kind = TROUBLE_NONE;

	request.alone = true;
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
		/* A damaged address may be one that is refused. */
		if (!kind && heard == UART_HEARD_OTHER) {
			uart_note_astray(uart, &request, &answer);
			talk_drop(uart->talk);
		}
	}
	return kind;
}

/*
 * Whether a line with this address reaches a bootloader's area: most bootloaders take it modulo
 * @size, and two of its bits make it an erase of what contains the rest of it.
 */
static bool line_hits_bootloader(uint32_t address, uint32_t size)
{
	uint32_t erased = uart_erased_by_write(address), at = address % size;

	return (erased ? at / erased * erased : at) < UART_BL_AREA;
}

/* The same of a piece that begins there; its address may reach those two bits meanwhile. */
static bool hits_bootloader(uint32_t address, uint32_t size)
{
	return line_hits_bootloader(address, size) || line_hits_bootloader(address + PIECE, size);
}

/* Whether a piece does so if a byte of its address, or the byte before that, is doubled. */
static bool may_hit_bootloader(uint32_t address, uint32_t size)
{
	bool may = hits_bootloader(address << 8 | WRITE_BYTES, size);

	for (unsigned bits = 0; bits < 24; bits += 8) {
		uint32_t below = address & ((UINT32_C(0x100) << bits) - 1);

		may |= hits_bootloader(below | (address >> bits) << 8 << bits, size);
	}
	return may;
}

uint32_t uart_piece_begin(const struct uart_die *uart, uint32_t address)
{
	while (address % UART_SECTOR && may_hit_bootloader(address, uart->die.part->size))
		address -= UART_LINE;
	return address;
}

/*
 * Such a piece starts some lines earlier, with ones, which change nothing; on BL all others start
 * one line earlier: if a piece loses a byte of its address, and another one of it is doubled, it is
 * done where the rest of the address says, and the highest byte of that is the first one of the
 * data. Of 0xff most bootloaders make a command for the flash controller that has no name, and the
 * others do nothing. But a bit of the ones may flip, so this is done only where the content is
 * known, and it is checked again.
 */
static uint32_t lead_of(struct uart_die *uart, uint32_t address)
{
	const uint32_t size = uart->die.part->size;
	uint32_t lead = uart->loader->family == UART_BL ? UART_LINE : 0;
	uint8_t *known;

	while (lead < LEAD_MOST && lead < address && may_hit_bootloader(address - lead, size))
		lead += UART_LINE;
	if (!lead || lead > address || may_hit_bootloader(address - lead, size) ||
	    !die_may_change(&uart->die, (struct range){address - lead, lead}))
		return 0;
	known = &uart->known[(address - lead) / UART_SECTOR];
	if (*known != UART_SEEN && *known != UART_SENT)
		return 0;
	*known = UART_SENT;
	return lead;
}

enum trouble_kind uart_write_in_pieces(struct uart_die *uart, uint32_t address, const uint8_t *data,
				       size_t len)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t done = 0, now; !kind && done < len; done += now) {
		uint32_t at = address + (uint32_t)done, lead = lead_of(uart, at);
		uint8_t piece[PIECE];

		now = len - done < PIECE - lead ? len - done : PIECE - lead;
		memset(piece, 0xff, lead);
		memcpy(piece + lead, data + done, now);
		kind = write_piece(uart, at - lead, piece, lead + now);
	}
	return kind;
}
