/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_crc.h"

#include <string.h>

#define POLYNOMIAL UINT32_C(0xedb88320)

uint32_t uart_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	static const uint32_t four_bits[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ four_bits[crc & 15];
		crc = crc >> 4 ^ four_bits[crc & 15];
	}
	return ~crc;
}

/* The effect of a flipped bit on the checksum depends only on its place. */
static bool mends_bit(uint8_t *data, uint32_t change, size_t *at)
{
	uint32_t of_bit = POLYNOMIAL;

	for (size_t bit = 8 * UART_SECTOR; bit-- > 0;) {
		if (of_bit == change) {
			*at = bit / 8;
			data[*at] ^= (uint8_t)(1u << bit % 8);
			return true;
		}
		of_bit = of_bit >> 1 ^ (of_bit & 1 ? POLYNOMIAL : 0);
	}
	return false;
}

/* The byte after all others with which their checksum becomes @crc. */
static bool find_last(uint32_t before, uint32_t crc, uint8_t *last)
{
	for (unsigned value = 0; value < 256; value++) {
		*last = (uint8_t)value;
		if (uart_crc32(before, last, 1) == crc)
			return true;
	}
	return false;
}

/* Within a run of equal bytes it does not matter which one is extra. */
static bool mends_double(uint8_t *data, uint32_t crc, size_t *at)
{
	uint32_t front = 0; /* of the bytes before @i */

	for (size_t i = 0; i + 1 < UART_SECTOR; front = uart_crc32(front, data + i, 1), i++) {
		uint8_t last;

		if (data[i] != data[i + 1] || (i && data[i - 1] == data[i]))
			continue;
		if (!find_last(uart_crc32(front, data + i + 1, UART_SECTOR - 1 - i), crc, &last))
			continue;
		memmove(data + i, data + i + 1, UART_SECTOR - 1 - i);
		data[UART_SECTOR - 1] = last;
		*at = i;
		return true;
	}
	return false;
}

bool uart_crc_mends(uint8_t data[UART_SECTOR], uint32_t crc, size_t *at)
{
	uint32_t change = crc ^ uart_crc32(0, data, UART_SECTOR);

	return change && (mends_bit(data, change, at) || mends_double(data, crc, at));
}
