/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "image/code_key.h"
#include "tests/image/make.h"

/* Words of the stock key's stream, from published bootloaders that exist both keyed and plain. */
static void the_stock_key_makes_the_stream_of_published_images(void **state)
{
	static const struct {
		uint32_t address, plain, keyed;
	} words[] = {
		{0x0, 0xea000e62, 0x96b50943},
		{0x4, 0xe59ff014, 0x992aff35},
		{0x10000, 0xea00000e, 0x94b5072f},
		{0x10004, 0xe59ff014, 0x9b2aff35},
	};
	const struct code_key stock = code_key_stock();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_int_equal(code_key_stream(&stock, words[i].address),
				 words[i].plain ^ words[i].keyed);
}

static void keying_twice_gives_the_code_back(void **state)
{
	const struct code_key stock = code_key_stock();
	uint8_t bytes[32] = "twice is the same as not at all", before[32];

	(void)state;
	memcpy(before, bytes, sizeof(bytes));
	code_key_apply(&stock, bytes, sizeof(bytes), 0x12340);
	assert_memory_not_equal(bytes, before, sizeof(bytes));
	code_key_apply(&stock, bytes, sizeof(bytes), 0x12340);
	assert_memory_equal(bytes, before, sizeof(bytes));
}

static void an_efuse_that_was_never_written_keys_nothing(void **state)
{
	static const uint32_t keys[][4] = {{0, 0, 0, 0}, {1, 2, 3, 0xff000000}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const struct code_key key = code_key_from(keys[i]);

		for (uint32_t at = 0; at < 0x20000; at += 0x104)
			assert_int_equal(code_key_stream(&key, at), 0);
	}
}

static struct code_key random_key(uint32_t *random)
{
	uint32_t words[4];

	for (unsigned i = 0; i < 4; i++)
		words[i] = test_random(random);
	words[3] = (words[3] & 0x00fffff0) | 0x11000000 | (test_random(random) & 7);
	return code_key_from(words);
}

static unsigned explaining(const struct code_key_word *words, size_t count)
{
	unsigned found = 0;

	for (unsigned i = 0; i < CODE_KEY_TURNS; i++)
		found += code_key_explains(code_key_turns(i), words, count);
	return found;
}

/* Also for keys with which the sum of two generators has a carry. */
static void words_of_a_key_are_explained_and_of_two_keys_are_not(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		const struct code_key one = random_key(&random), other = random_key(&random);
		struct code_key_word words[16];

		for (unsigned i = 0; i < 16; i++)
			words[i] = (struct code_key_word){
				.address = (i < 8 ? 0 : 0x10000) + 4 * i,
				.value = code_key_stream(&one, (i < 8 ? 0 : 0x10000) + 4 * i),
				.known = i % 8 ? 0xfffff000 : 0xff000000,
			};
		assert_true(explaining(words, 16) > 0);
		for (unsigned i = 8; i < 16; i++)
			words[i].value = code_key_stream(&other, words[i].address);
		assert_int_equal(explaining(words, 16), 0);
	}
}

/* Whether another constant makes the same stream. */
static bool is_like(const struct code_key *one, uint32_t seed)
{
	static const uint32_t at[] = {0, 0x20, 0x48, 0x10004, 0x1fffc};
	struct code_key other = *one;
	uint32_t constant;

	other.seed_15 = seed;
	constant = code_key_stream(one, at[0]) ^ code_key_stream(&other, at[0]);
	for (size_t i = 1; i < COUNT_OF(at); i++)
		if ((code_key_stream(one, at[i]) ^ code_key_stream(&other, at[i])) != constant)
			return false;
	return true;
}

static void a_few_seeds_stand_for_all(void **state)
{
	static const uint32_t at[] = {0, 0x20, 0x48, 0x10004, 0x1fffc};
	uint32_t random = 7, seeds[CODE_KEY_SEEDS(COUNT_OF(at))];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		const struct code_key key = random_key(&random);
		size_t count = code_key_seeds(key.turns, at, COUNT_OF(at), seeds);
		bool found = false;

		for (size_t i = 0; i < count && !found; i++)
			found = is_like(&key, seeds[i]);
		assert_true(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stock_key_makes_the_stream_of_published_images),
		cmocka_unit_test(keying_twice_gives_the_code_back),
		cmocka_unit_test(an_efuse_that_was_never_written_keys_nothing),
		cmocka_unit_test(a_few_seeds_stand_for_all),
		cmocka_unit_test(words_of_a_key_are_explained_and_of_two_keys_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
