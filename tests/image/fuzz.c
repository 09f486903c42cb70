/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arbitrary bytes: nothing outside of the file is read, and what is said about it is consistent.
 * The sanitizers of `make check` watch.
 */
#include "tests/image/judge.h"
#include "tests/image/make_uf2.h"

static struct placement placement;

/* Sanitizers watch the tests with broken pieces, so fewer rounds of noise are enough with them. */
#ifdef TEST_SANITIZED
#define NOISES 2000
#define PIECES 1000
#else
#define NOISES 5000
#define PIECES 500
#endif

static void no_noise_is_taken_for_an_image(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < NOISES; round++) {
		struct bytes bytes = make_bytes(test_random(&random) % 600, 0);

		for (size_t i = 0; i < bytes.size; i++)
			bytes.data[i] = (uint8_t)test_random(&random);
		judge(bytes, &random, &placement);
		assert_true(placement.refusal_count > 0);
		free_bytes(bytes);
	}
}

/* Structures that the parsers look for, whole or cut, one after another. */
static void broken_pieces_do_no_harm(void **state)
{
	struct recipe recipe = recipe_for("BK7231N"), plain = recipe_for("BK7252");
	struct bytes boot = make_bootloader(&recipe), app = make_bootloader(&plain);
	const struct bytes pieces[] = {
		make_rf(),
		make_ota(&recipe),
		make_ug(&recipe),
		boot,
		app,
		make_stripped(make_bootloader(&recipe)),
		make_copy(boot, 0x10f9a, 102),
		make_copy(boot, 34 * 378, 34 * 6),
		make_bytes(40, ' '),
		make_bytes(40, 0),
	};
	uint32_t random = 7;

	(void)state;
	for (unsigned round = 0; round < PIECES; round++) {
		struct bytes bytes = make_bytes(test_random(&random) % 0x3000, 0xff);

		for (size_t at = 0; at < bytes.size;) {
			struct bytes piece = pieces[test_random(&random) % COUNT_OF(pieces)];
			size_t from =
				test_random(&random) % 3 ? 0 : test_random(&random) % piece.size;
			size_t size = 1 + test_random(&random) % (piece.size - from);

			if (size > bytes.size - at)
				size = bytes.size - at;
			memcpy(bytes.data + at, piece.data + from, size);
			at += size;
		}
		for (unsigned flips = test_random(&random) % 8; flips && bytes.size; flips--)
			bytes.data[test_random(&random) % bytes.size] ^=
				(uint8_t)test_random(&random);
		judge(bytes, &random, &placement);
		free_bytes(bytes);
	}
	for (size_t i = 0; i < COUNT_OF(pieces); i++)
		free_bytes(pieces[i]);
}

/* Whole flashes, damaged in structures where the parsers read numbers. */
static void broken_flashes_do_no_harm(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes dump = make_dump(&recipe, 0x200000);
	const size_t targets[] = {
		0,	  APP,
		0x10f9a,  (recipe.boot_code - 192) / 32 * 34,
		0x1d0000, app_end_of("BK7231N") - 102,
	};
	uint32_t random = 11;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct bytes bytes =
			test_random(&random) % 4
				? make_copy(dump, 0, dump.size)
				: make_rotated(dump, test_random(&random) % 512 * 4096);

		for (unsigned hits = 1 + test_random(&random) % 6; hits; hits--)
			bytes.data[targets[test_random(&random) % COUNT_OF(targets)] +
				   test_random(&random) % 200] = (uint8_t)test_random(&random);
		judge(bytes, &random, &placement);
		free_bytes(bytes);
	}
	free_bytes(dump);
}

/* Blocks in any order, with any numbers in their fields. */
static void broken_uf2_files_do_no_harm(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes uf2;
	uint32_t random = 19;

	(void)state;
	recipe.app_code = 0x2000;
	uf2 = make_app_uf2(UF2_N, make_app(&recipe));
	for (unsigned round = 0; round < 1000; round++) {
		struct bytes bytes = make_copy(uf2, 0, uf2.size);

		for (unsigned hits = test_random(&random) % 4; hits; hits--) {
			uint8_t *block = bytes.data + test_random(&random) % (uf2.size / 512) * 512;
			size_t at = test_random(&random) % (hits % 2 ? 32 : 400);

			block[at] = (uint8_t)test_random(&random);
			if (test_random(&random) % 4 == 0)
				memcpy(block, uf2.data + 512, 512);
			if (test_random(&random) % 4 == 0)
				put_word(block + at / 4 * 4, test_random(&random) % 0x200000);
		}
		if (test_random(&random) % 4 == 0)
			bytes.size = test_random(&random) % bytes.size;
		judge(bytes, &random, &placement);
		free_bytes(bytes);
	}
	free_bytes(uf2);
}

/* Numbers with a correct checksum, and nonsense. */
static void every_length_of_every_image_is_safe(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes boot = make_bootloader(&recipe);
	uint32_t random = 13;

	(void)state;
	for (size_t size = 0; size < boot.size; size += size < 1500 ? 1 : 997) {
		struct bytes bytes = make_copy(boot, 0, size);

		judge(bytes, &random, &placement);
		assert_true(placement.refusal_count > 0);
		free_bytes(bytes);
	}
	free_bytes(boot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_noise_is_taken_for_an_image),
		cmocka_unit_test(broken_pieces_do_no_harm),
		cmocka_unit_test(broken_flashes_do_no_harm),
		cmocka_unit_test(broken_uf2_files_do_no_harm),
		cmocka_unit_test(every_length_of_every_image_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
