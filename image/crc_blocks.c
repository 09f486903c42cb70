/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/crc_blocks.h"

#include <string.h>

uint16_t crc_block_sum(const uint8_t data[CRC_BLOCK_DATA])
{
	/* Multiples of the polynomial, for four bits at a time. */
	static const uint16_t table[16] = {
		0x0000, 0x8005, 0x800f, 0x000a, 0x801b, 0x001e, 0x0014, 0x8011,
		0x8033, 0x0036, 0x003c, 0x8039, 0x0028, 0x802d, 0x8027, 0x0022,
	};
	uint32_t sum = 0xffff;

	for (size_t i = 0; i < CRC_BLOCK_DATA; i++) {
		sum = (sum << 4) ^ table[((sum >> 12) ^ (data[i] >> 4)) & 15];
		sum = (sum << 4) ^ table[((sum >> 12) ^ data[i]) & 15];
	}
	return (uint16_t)sum;
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
