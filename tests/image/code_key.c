/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "image/code_key.h"

struct vectors {
	uint8_t bytes[CODE_VECTORS];
};

/* All vectors but the first are the same load; keyed, they differ by their address. */
static struct vectors vectors_for(uint32_t first, uint32_t address, bool keyed)
{
	struct vectors vectors;

	for (unsigned i = 0; i < CODE_VECTORS; i++)
		vectors.bytes[i] =
			(uint8_t)((i < 4 ? first : UINT32_C(0xe59ff014)) >> (8 * (i % 4)));
	if (keyed)
		code_key_apply(vectors.bytes, CODE_VECTORS, address);
	return vectors;
}

static void assert_begins_with(struct vectors vectors, const char *bytes)
{
	assert_memory_equal(vectors.bytes, bytes, 8);
}

/* What published images begin with: docs/images.md. */
static void keyed_vectors_are_those_of_published_images(void **state)
{
	(void)state;
	assert_begins_with(vectors_for(0xea000e62, CODE_BOOTLOADER, true),
			   "\x43\x09\xb5\x96\x35\xff\x2a\x99");
	assert_begins_with(vectors_for(0xea000b48, CODE_BOOTLOADER, true),
			   "\x69\x0c\xb5\x96\x35\xff\x2a\x99");
	assert_begins_with(vectors_for(0xea00000e, CODE_APPLICATION, true),
			   "\x2f\x07\xb5\x94\x35\xff\x2a\x9b");
}

static void the_address_of_keyed_code_is_seen(void **state)
{
	(void)state;
	assert_int_equal(code_look(vectors_for(0xea000e62, CODE_BOOTLOADER, true).bytes),
			 CODE_KEYED_BOOTLOADER);
	assert_int_equal(code_look(vectors_for(0xea000e62, CODE_APPLICATION, true).bytes),
			 CODE_KEYED_APPLICATION);
	assert_int_equal(code_look(vectors_for(0xea000e62, 0x20000, true).bytes), CODE_NONE);
}

static void plain_code_is_seen(void **state)
{
	(void)state;
	assert_int_equal(code_look(vectors_for(0xea0000ca, 0, false).bytes), CODE_PLAIN);
}

static void other_bytes_are_no_code(void **state)
{
	uint8_t bytes[CODE_VECTORS];

	(void)state;
	for (unsigned fill = 0; fill < 256; fill++) {
		memset(bytes, (int)fill, sizeof(bytes));
		assert_int_equal(code_look(bytes), CODE_NONE);
	}
}

static void keying_twice_gives_the_code_back(void **state)
{
	struct vectors plain = vectors_for(0xea000e62, 0, false), twice = plain;

	(void)state;
	code_key_apply(twice.bytes, CODE_VECTORS, 0x12340);
	assert_memory_not_equal(twice.bytes, plain.bytes, CODE_VECTORS);
	code_key_apply(twice.bytes, CODE_VECTORS, 0x12340);
	assert_memory_equal(twice.bytes, plain.bytes, CODE_VECTORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyed_vectors_are_those_of_published_images),
		cmocka_unit_test(the_address_of_keyed_code_is_seen),
		cmocka_unit_test(plain_code_is_seen),
		cmocka_unit_test(other_bytes_are_no_code),
		cmocka_unit_test(keying_twice_gives_the_code_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
