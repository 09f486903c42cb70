/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_crc.h - the CRC-32 that a bootloader sums up a range with, and what it tells of a sector
 * that a line has damaged on its way here.
 */
#ifndef DIE_UART_CRC_H
#define DIE_UART_CRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "programmer/die/uart_frames.h"

uint32_t uart_crc32(uint32_t crc, const uint8_t *data, size_t len); /* begins with 0 */

/* Whether something that has this checksum differs in one bit alone; *@bit: counted from the
 * lowest one of the first byte. */
bool uart_crc_tells_bit(const uint8_t data[UART_SECTOR], uint32_t crc, size_t *bit);

/*
 * Puts right a sector of which one bit was flipped; or one byte came twice, so that the last one
 * found no room; or one is missing, so that the last one is none of it (*@lost). *@at is where that
 * was.
 * False: @crc, which is that of the whole, is explained by none of that; @data may be anything
 * then. Of a sector that is damaged in several places one in some thousands is explained
 * nevertheless: who relies on it needs sums of what is in front of the place, and behind it.
 */
bool uart_crc_mends(uint8_t data[UART_SECTOR], uint32_t crc, size_t *at, bool *lost);

#endif
