/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/code_key.h"

#include <string.h>

/* A set bit of the last word switches one off. */
#define NO_15 UINT32_C(1)
#define NO_16 UINT32_C(2)
#define NO_32 UINT32_C(4)
#define NO_CONSTANT UINT32_C(8)
#define ALL_OFF (NO_15 | NO_16 | NO_32 | NO_CONSTANT)

/* The meaning of its other bits: bytes to swap, bits by which to move the address. */
#define SWAP_LOW(turns) ((turns) >> 5 & 1)
#define SWAP_HIGH(turns) ((turns) >> 6 & 1)
#define SHIFT_16(turns) ((turns) >> 8 & 3)
#define ROTATE_32(turns) (8 * ((turns) >> 11 & 3))

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
	return bits ? word >> bits | word << (32 - bits) : word;
}

static uint32_t swap(uint32_t half)
{
	return (half >> 8 | half << 8) & 0xffff;
}

static uint32_t generate_15(uint32_t half)
{
	uint32_t nibble = half >> 5 & 15;

	return ((half >> 7 | half << 9) & 0xffff) ^
	       ((half >> 5 << 12 | nibble << 8 | (half >> 5 << 4 & 0xff) | nibble) & 0x6371);
}

static uint32_t generate_16(uint32_t index)
{
	uint32_t nibble = (index >> 13 & 1) | (index >> 9 & 1) << 1 | (index >> 5 & 1) << 2 |
			  (index >> 1 & 1) << 3;

	return ((index & 0x3ff) << 7 | (index >> 10 & 0x7f)) ^
	       (((index >> 4 & 1) << 16 | nibble * 0x1111) & 0x13659);
}

static uint32_t generate_32(uint32_t word)
{
	return rotate_right(word, 15) ^ ((word >> 2 & 15) * UINT32_C(0x11111111) & 0xe519a4f1);
}

static uint32_t address_15(uint32_t turns, uint32_t address)
{
	uint32_t low = address & 0xffff, high = address >> 16;

	return (SWAP_HIGH(turns) ? swap(high) : high) ^ (SWAP_LOW(turns) ? swap(low) : low);
}

/* The output of the generators for an address; 0 for a generator that is off. */
struct generated {
	uint32_t g15, g16, g32;
};

static struct generated generate(uint32_t turns, uint32_t address)
{
	struct generated made = {0, 0, 0};

	if (!(turns & NO_15))
		made.g15 = generate_15(address_15(turns, address));
	if (!(turns & NO_16))
		made.g16 = generate_16(address >> SHIFT_16(turns) & 0x1ffff);
	if (!(turns & NO_32))
		made.g32 = generate_32(rotate_right(address, ROTATE_32(turns)));
	return made;
}

/* Each generator can be off, or on in four ways. */
uint32_t code_key_turns(unsigned index)
{
	unsigned of_15 = index % 5, of_16 = index / 5 % 5, of_32 = index / 25 % 5;

	return (of_15 ? (of_15 - 1) << 5 : NO_15) | (of_16 ? (of_16 - 1) << 8 : NO_16) |
	       (of_32 ? (of_32 - 1) << 11 : NO_32);
}

struct code_key code_key_from(const uint32_t words[4])
{
	struct code_key key = {.turns = words[3]};
	uint32_t top = key.turns >> 24;

	/* An eFUSE that was never written, or written completely, switches everything off. */
	if (top == 0 || top == 0xff)
		key.turns |= ALL_OFF;
	if (!(key.turns & NO_15))
		key.seed_15 = generate_15(words[1] >> 16);
	if (!(key.turns & NO_16))
		key.seed_16 = generate_16((words[1] & 0xff) | (words[1] >> 8 & 0xff) << 9 |
					  (key.turns >> 4 & 1) << 8);
	if (!(key.turns & NO_32))
		key.constant = generate_32(words[0]);
	if (!(key.turns & NO_CONSTANT))
		key.constant ^= words[2];
	return key;
}

struct code_key code_key_stock(void)
{
	static const uint32_t words[4] = {0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03};

	return code_key_from(words);
}

uint32_t code_key_stream(const struct code_key *key, uint32_t address)
{
	struct generated made = generate(key->turns, address);

	return (((made.g15 ^ key->seed_15) << 16) + (made.g16 ^ key->seed_16)) ^ made.g32 ^
	       key->constant;
}

void code_key_apply(const struct code_key *key, uint8_t *data, size_t count, uint32_t address)
{
	for (size_t i = 0; i + 4 <= count; i += 4) {
		uint32_t word = code_key_stream(key, address + (uint32_t)i);

		for (unsigned byte = 0; byte < 4; byte++)
			data[i + byte] ^= (uint8_t)(word >> (8 * byte));
	}
}

bool code_key_same(const struct code_key *one, const struct code_key *other)
{
	enum { STEP = 0x1004, END = 0x200000 };

	for (uint32_t at = 0; at < END; at += STEP)
		if (code_key_stream(one, at) != code_key_stream(other, at))
			return false;
	return true;
}

/* --- from words to keys --- */

/* The carry runs through the low bits in which generator and seed differ, and ends after them. */
size_t code_key_seeds(uint32_t turns, const uint32_t *addresses, size_t count, uint32_t *seeds)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t runs_through = ~generate(turns, addresses[i]).g15 & 0xffff;

		for (unsigned bits = 0; bits <= 16; bits++)
			seeds[found++] = (runs_through ^ UINT32_C(1) << bits) &
					 ((UINT32_C(2) << bits) - 1) & 0xffff;
	}
	return found;
}

/* Bit @bit of all words, one bit for each; and for which of them it is known. */
struct column {
	uint32_t bits, known;
};

static struct column column_of(const uint32_t *rest, const struct code_key_word *words,
			       size_t count, unsigned bit)
{
	struct column column = {0, 0};

	for (size_t i = 0; i < count; i++) {
		column.bits |= (rest[i] >> bit & 1) << i;
		column.known |= (words[i].known >> bit & 1) << i;
	}
	return column;
}

/* One bit of the constant explains it: it is 0 in all of them, or 1 in all. */
static bool is_even(struct column column)
{
	column.bits &= column.known;
	return column.bits == 0 || column.bits == column.known;
}

/*
 * The upper halves are sums: of each word the carry runs from bit to bit as far as seed_15,
 * which is not known, lets it. Each bit of the seed parts a set of words with a carry in two,
 * so there never are more sets than words.
 */
static bool explains_sums(const uint32_t *rest, const struct generated *made, bool has_seed,
			  uint32_t carries, const struct code_key_word *words, size_t count)
{
	uint32_t sets[CODE_KEY_WORDS + 2] = {carries};
	size_t set_count = 1;

	for (unsigned bit = 16; bit < 32; bit++) {
		const struct column column = column_of(rest, words, count, bit);
		uint32_t next[CODE_KEY_WORDS + 2] = {0}, generated = 0;
		size_t next_count = 0;

		for (size_t i = 0; i < count; i++)
			generated |= (made[i].g15 >> (bit - 16) & 1) << i;
		for (size_t s = 0; s < set_count; s++) {
			const struct column here = {column.bits ^ generated ^ sets[s],
						    column.known};
			const uint32_t parts[] = {sets[s] & generated, sets[s] & ~generated};

			if (!is_even(here))
				continue;
			for (size_t p = 0; p < (has_seed ? 2u : 1u); p++) {
				bool is_new = true;

				for (size_t n = 0; n < next_count; n++)
					is_new = is_new && next[n] != parts[p];
				if (is_new && next_count < CODE_KEY_WORDS + 2)
					next[next_count++] = parts[p];
			}
		}
		memcpy(sets, next, sizeof(sets));
		set_count = next_count;
	}
	return set_count > 0;
}

bool code_key_explains(uint32_t turns, const struct code_key_word *words, size_t count)
{
	const bool has_15 = !(turns & NO_15), has_16 = !(turns & NO_16);
	const uint32_t all = count < 32 ? (UINT32_C(1) << count) - 1 : UINT32_MAX;
	struct generated made[CODE_KEY_WORDS];
	uint32_t rest[CODE_KEY_WORDS], carries = 0;

	if (count == 0 || count > CODE_KEY_WORDS)
		return false;
	for (size_t i = 0; i < count; i++) {
		made[i] = generate(turns, words[i].address);
		rest[i] = words[i].value ^ made[i].g32 ^ (made[i].g16 & 0xffff);
		carries |= (made[i].g16 >> 16 & 1) << i;
	}
	for (unsigned bit = 0; bit < 16; bit++)
		if (!is_even(column_of(rest, words, count, bit)))
			return false;
	/* The highest bit of seed_16 inverts the carries. */
	return explains_sums(rest, made, has_15, carries, words, count) ||
	       (has_15 && has_16 && explains_sums(rest, made, has_15, carries ^ all, words, count));
}
