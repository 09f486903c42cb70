/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "image/crc_blocks.h"

/* The first block of any application with Tuya's key: eight keyed vectors. */
static const uint8_t published[CRC_BLOCK_SIZE] = {
	0x2f, 0x07, 0xb5, 0x94, 0x35, 0xff, 0x2a, 0x9b, 0x35, 0xe7, 0x2a, 0x9b,
	0x35, 0xef, 0x2a, 0x9b, 0x35, 0xd7, 0x2a, 0x9b, 0x35, 0xdf, 0x2a, 0x9b,
	0x35, 0xc7, 0x2a, 0x9b, 0x35, 0xcf, 0x2a, 0x9b, 0xfe, 0x2b};

static void a_published_block_is_good(void **state)
{
	(void)state;
	assert_int_equal(crc_block_check(published), CRC_BLOCK_GOOD);
}

static void every_flipped_bit_makes_a_block_bad(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 8 * CRC_BLOCK_SIZE; bit++) {
		uint8_t block[CRC_BLOCK_SIZE];

		memcpy(block, published, sizeof(block));
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(crc_block_check(block), CRC_BLOCK_BAD);
	}
}

static void erased_blocks_are_blank_and_zeros_are_bad(void **state)
{
	uint8_t block[CRC_BLOCK_SIZE];

	(void)state;
	memset(block, 0xff, sizeof(block));
	assert_int_equal(crc_block_check(block), CRC_BLOCK_BLANK);
	memset(block, 0, sizeof(block));
	assert_int_equal(crc_block_check(block), CRC_BLOCK_BAD);
}

static void reading_leaves_the_checksums_out(void **state)
{
	uint8_t area[3 * CRC_BLOCK_SIZE], out[96];

	(void)state;
	for (size_t i = 0; i < sizeof(area); i++)
		area[i] = (uint8_t)i;
	assert_int_equal(crc_blocks_read(area, sizeof(area), 0, out, 96), 96);
	for (size_t i = 0; i < 96; i++)
		assert_int_equal(out[i], i / 32 * 34 + i % 32);
	assert_int_equal(crc_blocks_read(area, sizeof(area), 31, out, 2), 2);
	assert_int_equal(out[0], 31);
	assert_int_equal(out[1], 34);
}

static void reading_stops_where_the_area_ends(void **state)
{
	uint8_t area[2 * CRC_BLOCK_SIZE] = {0}, out[96];

	(void)state;
	for (size_t size = 0; size <= sizeof(area); size++) {
		size_t there = crc_blocks_logical_size(size);

		assert_int_equal(there, size < 32   ? size
					: size < 34 ? 32
					: size < 66 ? size - 2
						    : 64);
		assert_int_equal(crc_blocks_read(area, size, 0, out, 96), there);
		assert_int_equal(crc_blocks_read(area, size, there, out, 1), 0);
		assert_int_equal(crc_blocks_read(area, size, SIZE_MAX, out, 1), 0);
	}
}

static size_t next_by_looking_at_each(const uint8_t *data, size_t size, size_t at)
{
	for (; at + CRC_BLOCK_SIZE <= size; at++)
		if (crc_block_check(data + at) == CRC_BLOCK_GOOD)
			return at;
	return size;
}

static void the_next_block_is_found_at_any_place(void **state)
{
	uint8_t data[3000];
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		random = random * 1664525 + 1013904223;
		data[i] = i / 500 % 2 ? 0xff : (uint8_t)(random >> 24);
	}
	memcpy(data, published, sizeof(published));
	memcpy(data + CRC_BLOCK_SIZE, published, sizeof(published));
	memcpy(data + 333, published, sizeof(published));
	memcpy(data + 999, published, sizeof(published)); /* its first half is in blank bytes */
	memcpy(data + sizeof(data) - CRC_BLOCK_SIZE, published, sizeof(published));
	for (size_t at = 0; at <= sizeof(data); at++)
		assert_int_equal(crc_blocks_next(data, sizeof(data), at),
				 next_by_looking_at_each(data, sizeof(data), at));
	assert_int_equal(crc_blocks_next(data, sizeof(data), 0), 0);
	assert_int_equal(crc_blocks_next(data, sizeof(data), 300), 333);
	for (size_t size = 0; size < CRC_BLOCK_SIZE; size++)
		assert_int_equal(crc_blocks_next(data, size, 0), size);
	assert_int_equal(crc_blocks_next(data, 100, 101), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_published_block_is_good),
		cmocka_unit_test(every_flipped_bit_makes_a_block_bad),
		cmocka_unit_test(erased_blocks_are_blank_and_zeros_are_bad),
		cmocka_unit_test(the_next_block_is_found_at_any_place),
		cmocka_unit_test(reading_leaves_the_checksums_out),
		cmocka_unit_test(reading_stops_where_the_area_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
