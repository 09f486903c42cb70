/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_sum.h - the bootloader's CRC-32 of ranges, and when it may be asked for one; internal to
 * uart_die.h, which says what it costs.
 */
#ifndef DIE_UART_SUM_H
#define DIE_UART_SUM_H

#include "programmer/die/uart_state.h"

/* Whether the bootloader may be asked for a sum now. */
bool uart_may_sum(const struct uart_die *uart);

/*
 * Whether nothing less lets erases through behind a sum: of BK7231S_1.0.1, and of those of 2018 and
 * 2019. The latter show by their divider, if not at the first rate; or when the first erase did
 * nothing, or a write was not there.
 */
bool uart_needs_reset(const struct uart_die *uart);

/* Whether that is not known of this one: no divider shows at rates where it makes little. */
bool uart_may_need_reset(const struct uart_die *uart);

/* Of whole pages. */
enum trouble_kind uart_sum(struct uart_die *uart, struct range range, uint32_t *crc);

/*
 * Of ranges of at most a sector, the requests ahead of their answers. Not @all: the line damaged
 * something, so that no @crc is to be trusted.
 */
enum trouble_kind uart_sum_each(struct uart_die *uart, const struct range *ranges, size_t count,
				uint32_t *crc, bool *all);

/*
 * The same where nothing else tells what is there: until it is as @likely, or twice the same, since
 * no answer has a checksum. UNSTEADY_READ: neither.
 */
enum trouble_kind uart_sum_surely(struct uart_die *uart, struct range range, uint32_t likely,
				  uint32_t *crc);

/* Whether that is the sum of the known content of a range. */
bool uart_holds(const struct uart_die *uart, struct range range, uint32_t crc);

/* Whether the die holds the known content of a range; asked @times before the answer is no. */
enum trouble_kind uart_is_there(struct uart_die *uart, struct range range, unsigned times,
				uint32_t *crc, bool *there);

/*
 * Of at most UART_BLOCK_SECTORS that were read, and of which the die has other sums: these tell
 * what a line does to them mostly, and cost less than to read them again. What they tell is nothing
 * without sums of what is in front of that page, and behind it; and for a missing byte, of what
 * ends at its place, and begins behind it.
 */
enum trouble_kind uart_mend_each(struct uart_die *uart, const struct range *sectors, size_t count,
				 const uint32_t *crc, bool *mended);

#endif
