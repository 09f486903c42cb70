/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "image/coding.h"
#include "tests/image/make.h"

#define CODE_BYTES 128

static const uint32_t stock[4] = {0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03},
		      other[4] = {0x0badc0de, 0x13579bdf, 0x2468ace1, 0xc7adeb03},
		      another[4] = {0x7e57c0de, 0x0f1e2d3c, 0x4b5a6978, 0x11223300};

struct begin {
	uint8_t bytes[CODE_BYTES];
};

static void put(uint8_t *at, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> (8 * i));
}

/* Vectors, and the key at 0x40, where Tuya's bootloaders have it. NULL: plain. */
static struct begin make_begin(const uint32_t *words, uint32_t first, uint32_t address, bool holds)
{
	static const uint32_t none[4];
	const struct code_key key = code_key_from(words ? words : none);
	struct begin begin = {{0}};

	put(begin.bytes, first);
	for (unsigned i = 4; i < CODING_VECTORS; i += 4)
		put(begin.bytes + i, 0xe59ff014);
	if (holds && words) {
		put(begin.bytes + 0x40, 0xdeadbeef);
		put(begin.bytes + 0x44, 0x10aabbee);
		for (unsigned i = 0; i < 4; i++)
			put(begin.bytes + 0x48 + 4 * i, words[i]);
	}
	code_key_apply(&key, begin.bytes, CODE_BYTES, address);
	return begin;
}

static struct coding look(const uint32_t *words, uint32_t address, bool holds)
{
	struct begin begin = make_begin(words, 0xea000e62, address, holds);
	struct coding coding = coding_look(begin.bytes, address);

	coding_find_key(&coding, begin.bytes, CODE_BYTES);
	return coding;
}

static void each_coding_is_seen(void **state)
{
	(void)state;
	assert_int_equal(look(NULL, CODE_BOOTLOADER, false).kind, CODING_PLAIN);
	assert_int_equal(look(stock, CODE_BOOTLOADER, false).kind, CODING_STOCK);
	assert_int_equal(look(stock, CODE_APPLICATION, false).kind, CODING_STOCK);
	assert_int_equal(look(other, CODE_BOOTLOADER, false).kind, CODING_OTHER);
	assert_int_equal(look(another, CODE_APPLICATION, false).kind, CODING_OTHER);
}

static void stock_code_at_another_address_is_not_stock_code(void **state)
{
	struct begin begin = make_begin(stock, 0xea00000e, CODE_APPLICATION, false);

	(void)state;
	assert_int_not_equal(coding_look(begin.bytes, CODE_BOOTLOADER).kind, CODING_STOCK);
	assert_int_equal(coding_look(begin.bytes, CODE_APPLICATION).kind, CODING_STOCK);
}

static void bytes_that_are_no_code_have_no_coding(void **state)
{
	uint8_t bytes[CODING_VECTORS];
	uint32_t random = 1;

	(void)state;
	for (unsigned fill = 0; fill < 256; fill++) {
		memset(bytes, (int)fill, sizeof(bytes));
		assert_int_equal(coding_look(bytes, 0).kind, CODING_UNKNOWN);
		for (unsigned i = 0; i < sizeof(bytes); i += 2)
			bytes[i] = (uint8_t)i;
		assert_int_equal(coding_look(bytes, 0).kind, CODING_UNKNOWN);
	}
	for (unsigned round = 0; round < 2000; round++) {
		for (unsigned i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)test_random(&random);
		assert_int_equal(coding_look(bytes, 0).kind, CODING_UNKNOWN);
	}
}

static void two_damaged_words_of_plain_code_are_forgiven(void **state)
{
	struct begin begin = make_begin(NULL, 0xea000e62, 0, false);

	(void)state;
	put(begin.bytes + 4, 0);
	put(begin.bytes + 12, 0);
	assert_int_equal(coding_look(begin.bytes, 0).kind, CODING_PLAIN);
	put(begin.bytes + 16, 0);
	assert_int_not_equal(coding_look(begin.bytes, 0).kind, CODING_PLAIN);
}

static void a_bootloader_that_holds_its_key_gives_it(void **state)
{
	static const uint32_t *const keys[] = {other, another};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const struct code_key key = code_key_from(keys[i]);
		struct coding coding = look(keys[i], CODE_BOOTLOADER, true);

		assert_true(coding.has_key);
		assert_true(code_key_same(&coding.key, &key));
		assert_false(look(keys[i], CODE_BOOTLOADER, false).has_key);
	}
}

/* For all pairs of keys, and with both, one or none of them known. */
static void two_codes_are_coded_alike_if_one_key_explains_both(void **state)
{
	static const uint32_t *const keys[] = {NULL, stock, other, another};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		for (size_t j = 0; j < COUNT_OF(keys); j++)
			for (unsigned holds = 0; holds < 4; holds++) {
				struct coding boot = look(keys[i], CODE_BOOTLOADER, holds & 1);
				struct coding app = look(keys[j], CODE_APPLICATION, holds & 2);

				assert_int_equal(coding_compare(&boot, &app),
						 i == j ? CODING_SAME : CODING_DIFFERS);
				assert_int_equal(coding_compare(&app, &boot),
						 i == j ? CODING_SAME : CODING_DIFFERS);
			}
}

static void of_what_is_no_code_it_cannot_be_told(void **state)
{
	struct coding none = {.kind = CODING_UNKNOWN}, boot = look(stock, CODE_BOOTLOADER, true);

	(void)state;
	assert_int_equal(coding_compare(&none, &boot), CODING_CANNOT_TELL);
	assert_int_equal(coding_compare(&boot, &none), CODING_CANNOT_TELL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_coding_is_seen),
		cmocka_unit_test(stock_code_at_another_address_is_not_stock_code),
		cmocka_unit_test(bytes_that_are_no_code_have_no_coding),
		cmocka_unit_test(two_damaged_words_of_plain_code_are_forgiven),
		cmocka_unit_test(a_bootloader_that_holds_its_key_gives_it),
		cmocka_unit_test(two_codes_are_coded_alike_if_one_key_explains_both),
		cmocka_unit_test(of_what_is_no_code_it_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
