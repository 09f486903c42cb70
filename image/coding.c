/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/coding.h"

#include "image/bytes.h"

#define VECTORS (CODING_VECTORS / 4)
#define VECTORS_LEAST (VECTORS - 2)

/* A branch at 0; after it ldr pc, [pc, #...], of which compilers vary the last 12 bits. */
static uint32_t known_bits(unsigned vector)
{
	return vector == 0 ? UINT32_C(0xff000000) : UINT32_C(0xfffff000);
}

static uint32_t expected(unsigned vector)
{
	return vector == 0 ? UINT32_C(0xea000000) : UINT32_C(0xe59ff000);
}

static bool fits(const struct coding *coding, const struct code_key *key)
{
	unsigned count = 0;

	for (unsigned i = 0; i < VECTORS; i++)
		count += ((coding->vectors[i] ^ expected(i) ^
			   code_key_stream(key, coding->address + 4 * i)) &
			  known_bits(i)) == 0;
	return count >= VECTORS_LEAST;
}

/* What the vectors tell about the key's stream. Returns the number of words. */
static size_t known_words(const struct coding *coding, struct code_key_word words[VECTORS])
{
	for (unsigned i = 0; i < VECTORS; i++)
		words[i] = (struct code_key_word){.address = coding->address + 4 * i,
						  .value = coding->vectors[i] ^ expected(i),
						  .known = known_bits(i)};
	return VECTORS;
}

/*
 * With so many possible keys no bit may be wrong. The first vector must differ from the others,
 * which excludes bytes that only repeat.
 */
static bool has_some_key(const struct coding *coding)
{
	struct code_key_word words[VECTORS];
	size_t count = known_words(coding, words);

	for (unsigned i = 0; i < CODE_KEY_TURNS; i++)
		if (code_key_explains(code_key_turns(i), words, count))
			return true;
	return false;
}

static enum coding_kind kind_of(struct coding *coding)
{
	const struct code_key plain = {.turns = code_key_turns(0)}, stock = code_key_stock();

	coding->has_key = true;
	coding->key = plain;
	if (fits(coding, &plain))
		return CODING_PLAIN;
	coding->key = stock;
	if (fits(coding, &stock))
		return CODING_STOCK;
	coding->has_key = false;
	return has_some_key(coding) ? CODING_OTHER : CODING_UNKNOWN;
}

struct coding coding_look(const uint8_t data[CODING_VECTORS], uint32_t address)
{
	struct coding coding = {.address = address};

	for (unsigned i = 0; i < VECTORS; i++)
		coding.vectors[i] = get_le32(data + 4 * i);
	coding.kind = kind_of(&coding);
	return coding;
}

/* A key with which both may be coded. */
static bool have_common_key(const struct coding *one, const struct coding *other)
{
	struct code_key_word words[2 * VECTORS];
	size_t count = known_words(one, words);

	count += known_words(other, words + count);
	for (unsigned i = 0; i < CODE_KEY_TURNS; i++)
		if (code_key_explains(code_key_turns(i), words, count))
			return true;
	return false;
}

enum coding_match coding_compare(const struct coding *one, const struct coding *other)
{
	bool same;

	if (one->kind == CODING_UNKNOWN || other->kind == CODING_UNKNOWN)
		return CODING_CANNOT_TELL;
	if (one->kind != CODING_OTHER || other->kind != CODING_OTHER)
		same = one->kind == other->kind;
	else if (one->has_key && other->has_key)
		same = code_key_same(&one->key, &other->key);
	else if (one->has_key || other->has_key)
		same = one->has_key ? fits(other, &one->key) : fits(one, &other->key);
	else
		same = have_common_key(one, other);
	return same ? CODING_SAME : CODING_DIFFERS;
}

/* --- the key inside of a bootloader --- */

enum { MARKS = 2, KEY_WORDS = 4, HELD_SIZE = 4 * (MARKS + KEY_WORDS), PLACES_END = 0x60 };

static const uint32_t marks[MARKS] = {0xdeadbeef, 0x10aabbee};

/* The words after the marks, decoded with a key that is right here. */
static bool decode_key(struct coding *coding, const struct code_key *key, const uint8_t *held,
		       uint32_t address)
{
	uint32_t words[KEY_WORDS];
	struct code_key found;

	for (unsigned i = 0; i < KEY_WORDS; i++)
		words[i] = get_le32(held + 4 * (MARKS + i)) ^
			   code_key_stream(key, address + 4 * (MARKS + i));
	found = code_key_from(words);
	if (!fits(coding, &found) ||
	    code_key_stream(&found, address) != (get_le32(held) ^ marks[0]))
		return false;
	coding->key = found;
	return true;
}

/* The first mark gives the constant for any seeds: there are few enough to try all. */
static bool try_seeds(struct coding *coding, uint32_t turns, const uint8_t *held, uint32_t address)
{
	enum { ADDRESSES = VECTORS + MARKS + KEY_WORDS };
	uint32_t addresses[ADDRESSES], seeds[CODE_KEY_SEEDS(ADDRESSES)];
	size_t count;

	for (unsigned i = 0; i < ADDRESSES; i++)
		addresses[i] = i < VECTORS ? coding->address + 4 * i : address + 4 * (i - VECTORS);
	count = code_key_seeds(turns, addresses, ADDRESSES, seeds);
	for (size_t i = 0; i < 2 * count; i++) {
		struct code_key key = {
			.turns = turns, .seed_15 = seeds[i / 2], .seed_16 = i % 2 ? 0x10000 : 0};

		key.constant = code_key_stream(&key, address) ^ get_le32(held) ^ marks[0];
		if (code_key_stream(&key, address + 4) == (get_le32(held + 4) ^ marks[1]) &&
		    fits(coding, &key) && decode_key(coding, &key, held, address))
			return true;
	}
	return false;
}

static bool is_held_at(struct coding *coding, const uint8_t *logical, uint32_t at)
{
	struct code_key_word words[VECTORS + MARKS];
	size_t count = known_words(coding, words);

	for (unsigned i = 0; i < MARKS; i++)
		words[count++] = (struct code_key_word){
			.address = coding->address + at + 4 * i,
			.value = get_le32(logical + at + 4 * i) ^ marks[i],
			.known = UINT32_MAX,
		};
	for (unsigned i = 0; i < CODE_KEY_TURNS; i++)
		if (code_key_explains(code_key_turns(i), words, count) &&
		    try_seeds(coding, code_key_turns(i), logical + at, coding->address + at))
			return true;
	return false;
}

bool coding_find_key(struct coding *coding, const uint8_t *logical, size_t size)
{
	if (coding->kind != CODING_OTHER)
		return coding->has_key;
	for (uint32_t at = CODING_VECTORS;
	     !coding->has_key && at < PLACES_END && at + HELD_SIZE <= size; at += 4)
		coding->has_key = is_held_at(coding, logical, at);
	return coding->has_key;
}

const char *coding_name(enum coding_kind kind)
{
	static const char *const names[] = {"unknown", "plain", "stock", "other"};

	return names[kind];
}

const char *coding_title(enum coding_kind kind)
{
	static const char *const titles[] = {"of an unknown coding", "plain", "with the stock key",
					     "with a key of its own"};

	return titles[kind];
}
