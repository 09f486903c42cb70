/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code_key.h - the cipher of code in the flash.
 *
 * A SoC with a key in its eFUSE sees each 32-bit word of its flash XORed with a key
 * stream that depends on the word's logical address; other SoCs see the words as they
 * are. Three generators, which the key's last word switches on or off, make the stream:
 *
 *	word(address) = ((G15(address) ^ seed_15) << 16) + (G16(address) ^ seed_16)
 *			^ G32(address) ^ constant
 *
 * The generators only XOR and move bits; the key decides the seeds, the constant, and, by 10 bits
 * of its last word ("turns"), how they use the address. So a few known words of code reveal all
 * that matters of a key: code_key_explains().
 *
 * All published BK7231T and BK7231N images use one and the same key, that of Tuya's
 * modules, the "stock" key. Source of the cipher and of this key: bk7231tools
 * (crypto/code.py); that it turns plain bootloaders into their keyed forms was tried.
 */
#ifndef IMAGE_CODE_KEY_H
#define IMAGE_CODE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_key {
	uint32_t turns; /* which generators are off, and how the others use the address */
	uint32_t seed_15, seed_16; /* 16 and 17 bits */
	uint32_t constant;
};

/* From the four words as which a key is written. No generator and no constant: plain. */
struct code_key code_key_from(const uint32_t words[4]);

/* That of Tuya's modules. */
struct code_key code_key_stock(void);

/* All turns with different effects; index 0 is no generator at all. */
#define CODE_KEY_TURNS 125
uint32_t code_key_turns(unsigned index);

/* A word of the stream, as far as it is known. */
struct code_key_word {
	uint32_t address, value, known; /* bits that are known */
};

#define CODE_KEY_WORDS 32

/*
 * Of @count addresses: one of each group of .seed_15 that make the same stream there except for the
 * constant. Returns how many were put into @seeds. They are few: a seed makes a difference only by
 * how far the carry of the sum runs.
 */
#define CODE_KEY_SEEDS(count) (17 * (count))
size_t code_key_seeds(uint32_t turns, const uint32_t *addresses, size_t count, uint32_t *seeds);

/* Whether some key with these turns makes all these words, CODE_KEY_WORDS at the most. */
bool code_key_explains(uint32_t turns, const struct code_key_word *words, size_t count);

/* The word that is XORed with the code at a logical address, a multiple of 4. */
uint32_t code_key_stream(const struct code_key *key, uint32_t address);

/* Key or unkey @count bytes, a multiple of 4, that belong at @address. */
void code_key_apply(const struct code_key *key, uint8_t *data, size_t count, uint32_t address);

/* Whether both make the same stream. */
bool code_key_same(const struct code_key *one, const struct code_key *other);

#endif
