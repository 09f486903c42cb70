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

/*
 * Puts right a sector of which one bit was flipped, or one byte came twice, so that the last one
 * found no room: *@at is where that was. False: @crc, which is that of the whole, is explained by
 * neither; @data may be anything then. Of a sector that is damaged in several places one in some
 * ten thousands is explained nevertheless: who relies on it needs sums of what is in front of the
 * place, and behind it.
 */
bool uart_crc_mends(uint8_t data[UART_SECTOR], uint32_t crc, size_t *at);

#endif
