/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_crc.h"

#include <string.h>

#define POLYNOMIAL UINT32_C(0xedb88320)

static const uint32_t four_bits[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t step(uint32_t state, uint8_t byte)
{
	state ^= byte;
	state = state >> 4 ^ four_bits[state & 15];
	return state >> 4 ^ four_bits[state & 15];
}

/* What @state was before that byte: the highest bits of each entry tell which one it was. */
static uint32_t step_back(uint32_t state, uint8_t byte)
{
	for (unsigned half = 0; half < 2; half++) {
		unsigned i = 0;

		while (four_bits[i] >> 28 != state >> 28)
			i++;
		state = (state ^ four_bits[i]) << 4 | i;
	}
	return state ^ byte;
}

uint32_t uart_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	crc = ~crc;
	for (size_t i = 0; i < len; i++)
		crc = step(crc, data[i]);
	return ~crc;
}

bool uart_crc_tells_bit(const uint8_t data[UART_SECTOR], uint32_t crc, size_t *bit)
{
	uint32_t change = crc ^ uart_crc32(0, data, UART_SECTOR), of_bit = POLYNOMIAL;

	/* The effect of a flipped bit on the checksum depends only on its place. */
	for (*bit = 8 * UART_SECTOR; (*bit)-- > 0;) {
		if (of_bit == change)
			return true;
		of_bit = of_bit >> 1 ^ (of_bit & 1 ? POLYNOMIAL : 0);
	}
	return false;
}

static bool mends_bit(uint8_t *data, uint32_t crc, size_t *at)
{
	size_t bit;

	if (!uart_crc_tells_bit(data, crc, &bit))
		return false;
	*at = bit / 8;
	data[*at] ^= (uint8_t)(1u << bit % 8);
	return true;
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

/*
 * From the front, and from the sum back, the states meet where the missing byte leads from one to
 * the other.
 */
static bool mends_lost(uint8_t *data, uint32_t crc, size_t *at)
{
	uint32_t front = ~UINT32_C(0), behind = ~crc;

	for (size_t i = UART_SECTOR - 1; i-- > 0;)
		behind = step_back(behind, data[i]);
	for (size_t i = 0; i < UART_SECTOR; i++) {
		uint32_t before = step_back(behind, 0);

		if (before >> 8 == front >> 8) {
			memmove(data + i + 1, data + i, UART_SECTOR - 1 - i);
			data[i] = (uint8_t)(before ^ front);
			*at = i;
			return true;
		}
		front = step(front, data[i]);
		behind = step(behind, data[i]);
	}
	return false;
}

bool uart_crc_mends(uint8_t data[UART_SECTOR], uint32_t crc, size_t *at, bool *lost)
{
	if (crc == uart_crc32(0, data, UART_SECTOR))
		return false;
	*lost = !mends_bit(data, crc, at) && !mends_double(data, crc, at);
	return !*lost || mends_lost(data, crc, at);
}
