/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/code_key.h"

#include <stdbool.h>
#include <string.h>

#include "image/bytes.h"

/*
 * The four coefficients of Tuya's key are 510fb093 a3cbeadc 5993a17e c7adeb03. The last
 * holds switches; with its value here the generators of 16 and 17 bits are off (bits 0
 * and 1), and the one of 32 bits and the constant are on (bits 2 and 3 are 0). Bits 11
 * and 12 rotate the address for the one of 32 bits, by one byte.
 */
#define KEY_0 UINT32_C(0x510fb093)
#define KEY_2 UINT32_C(0x5993a17e)
#define PN32 UINT32_C(0xe519a4f1)

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

uint32_t code_key_word(uint32_t address)
{
	uint32_t seed = rotate_right(address, 8) ^ KEY_0;
	uint32_t mask = (seed >> 2 & 15) * UINT32_C(0x11111111);

	return rotate_right(seed, 15) ^ (mask & PN32) ^ KEY_2;
}

void code_key_apply(uint8_t *data, size_t count, uint32_t address)
{
	for (size_t i = 0; i + 4 <= count; i += 4) {
		uint32_t word = code_key_word(address + (uint32_t)i);

		for (unsigned byte = 0; byte < 4; byte++)
			data[i + byte] ^= (uint8_t)(word >> (8 * byte));
	}
}

static bool is_branch(uint32_t word)
{
	return word >> 24 == 0xea;
}

static bool is_load_of_pc(uint32_t word)
{
	return word >> 12 == 0xe59ff;
}

static bool has_vectors(const uint8_t data[CODE_VECTORS])
{
	unsigned vectors = is_branch(get_le32(data));

	for (size_t i = 4; i < CODE_VECTORS; i += 4)
		vectors += is_load_of_pc(get_le32(data + i));
	return vectors >= CODE_VECTORS / 4 - 2;
}

static bool has_keyed_vectors(const uint8_t data[CODE_VECTORS], uint32_t address)
{
	uint8_t copy[CODE_VECTORS];

	memcpy(copy, data, sizeof(copy));
	code_key_apply(copy, sizeof(copy), address);
	return has_vectors(copy);
}

enum code_look code_look(const uint8_t data[CODE_VECTORS])
{
	if (has_vectors(data))
		return CODE_PLAIN;
	if (has_keyed_vectors(data, CODE_BOOTLOADER))
		return CODE_KEYED_BOOTLOADER;
	if (has_keyed_vectors(data, CODE_APPLICATION))
		return CODE_KEYED_APPLICATION;
	return CODE_NONE;
}
