/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crc_blocks.h - the framing of code in a Beken SoC's flash.
 *
 * Code is stored in blocks of 34 bytes: 32 bytes that the CPU sees, and their CRC-16 (polynomial
 * 8005h, initial value FFFFh, nothing reflected or inverted, high byte first). A block of 34 times
 * FF was never written. So the CPU's ("logical") address L is at L / 32 * 34 + L % 32 of the flash,
 * and logical 0x10000 at 0x11000. Sources: bk7231tools (analysis/crc16.py), bk7252-cam (flash.md);
 * confirmed on about 75 published images.
 *
 * An area is a run of such blocks that begins with one. No function reads outside the area it is
 * given, and none fails: what is not there is not counted, not copied.
 */
#ifndef IMAGE_CRC_BLOCKS_H
#define IMAGE_CRC_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRC_BLOCK_DATA 32
#define CRC_BLOCK_SIZE 34

enum crc_block {
	CRC_BLOCK_GOOD,
	CRC_BLOCK_BLANK,
	CRC_BLOCK_BAD,
};

/* The CRC of the data of one block. */
uint16_t crc_block_sum(const uint8_t data[CRC_BLOCK_DATA]);
enum crc_block crc_block_check(const uint8_t block[CRC_BLOCK_SIZE]);

/*
 * Where the next good block begins, at any offset, at @at or after it; @size if there is none. Of
 * random bytes one place in 65536 has one.
 */
size_t crc_blocks_next(const uint8_t *data, size_t size, size_t at);

/* Whether all @size bytes are FF, as after an erase. */
bool crc_blocks_blank(const uint8_t *data, size_t size);

/* How many logical bytes an area of @size bytes holds; of a cut block, what is left. */
size_t crc_blocks_logical_size(size_t size);

/* Copy logical bytes, without looking at their CRC. Returns how many, @count at most. */
size_t crc_blocks_read(const uint8_t *area, size_t size, size_t logical, uint8_t *out,
		       size_t count);

#endif
