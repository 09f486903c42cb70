/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/crc_blocks.h"

#include <string.h>

/* @sum, with one byte more. */
static uint16_t sum_add(uint16_t sum, uint8_t byte)
{
	/* Multiples of the polynomial, for four bits at a time. */
	static const uint16_t table[16] = {
		0x0000, 0x8005, 0x800f, 0x000a, 0x801b, 0x001e, 0x0014, 0x8011,
		0x8033, 0x0036, 0x003c, 0x8039, 0x0028, 0x802d, 0x8027, 0x0022,
	};

	sum = (uint16_t)(sum << 4 ^ table[(sum >> 12 ^ byte >> 4) & 15]);
	return (uint16_t)(sum << 4 ^ table[(sum >> 12 ^ byte) & 15]);
}

uint16_t crc_block_sum(const uint8_t data[CRC_BLOCK_DATA])
{
	uint16_t sum = 0xffff;

	for (size_t i = 0; i < CRC_BLOCK_DATA; i++)
		sum = sum_add(sum, data[i]);
	return sum;
}

/*
 * @sum, from an initial value of 0, without @byte, the first of its block. A CRC is linear: a
 * byte's part in it is that of its two halves, each followed by 31 zeros.
 */
static uint16_t sum_drop(uint16_t sum, uint8_t byte)
{
	static const uint16_t high[16] = {
		0x0000, 0x2006, 0x400c, 0x600a, 0x8018, 0xa01e, 0xc014, 0xe012,
		0x8035, 0xa033, 0xc039, 0xe03f, 0x002d, 0x202b, 0x4021, 0x6027,
	};
	static const uint16_t low[16] = {
		0x0000, 0x9203, 0xa403, 0x3600, 0xc803, 0x5a00, 0x6c00, 0xfe03,
		0x1003, 0x8200, 0xb400, 0x2603, 0xd800, 0x4a03, 0x7c03, 0xee00,
	};

	return (uint16_t)(sum ^ high[byte >> 4] ^ low[byte & 15]);
}

bool crc_blocks_blank(const uint8_t *data, size_t size)
{
	return size == 0 || (data[0] == 0xff && memcmp(data, data + 1, size - 1) == 0);
}

enum crc_block crc_block_check(const uint8_t block[CRC_BLOCK_SIZE])
{
	uint16_t sum;

	if (crc_blocks_blank(block, CRC_BLOCK_SIZE))
		return CRC_BLOCK_BLANK;
	sum = crc_block_sum(block);
	return block[CRC_BLOCK_DATA] == sum >> 8 && block[CRC_BLOCK_DATA + 1] == (sum & 0xff)
		       ? CRC_BLOCK_GOOD
		       : CRC_BLOCK_BAD;
}

size_t crc_blocks_next(const uint8_t *data, size_t size, size_t at)
{
	static const uint8_t zeros[CRC_BLOCK_DATA] = {0};
	const uint16_t initial = crc_block_sum(zeros); /* the effect of the initial value */
	uint16_t sum;

	if (at > size || size - at < CRC_BLOCK_SIZE)
		return size;
	sum = crc_block_sum(data + at) ^ initial;
	for (;; at++) {
		const uint8_t *stored = data + at + CRC_BLOCK_DATA;

		if ((sum ^ initial) == (stored[0] << 8 | stored[1]) &&
		    crc_block_check(data + at) == CRC_BLOCK_GOOD)
			return at;
		if (size - at == CRC_BLOCK_SIZE)
			return size;
		sum = sum_add(sum_drop(sum, data[at]), stored[0]);
	}
}

size_t crc_blocks_logical_size(size_t size)
{
	size_t rest = size % CRC_BLOCK_SIZE;

	return size / CRC_BLOCK_SIZE * CRC_BLOCK_DATA +
	       (rest < CRC_BLOCK_DATA ? rest : CRC_BLOCK_DATA);
}

size_t crc_blocks_read(const uint8_t *area, size_t size, size_t logical, uint8_t *out, size_t count)
{
	size_t there = crc_blocks_logical_size(size), done = 0;

	if (logical >= there)
		return 0;
	if (count > there - logical)
		count = there - logical;
	while (done < count) {
		size_t at = logical + done;
		size_t step = CRC_BLOCK_DATA - at % CRC_BLOCK_DATA;

		if (step > count - done)
			step = count - done;
		memcpy(out + done,
		       area + at / CRC_BLOCK_DATA * CRC_BLOCK_SIZE + at % CRC_BLOCK_DATA, step);
		done += step;
	}
	return done;
}
