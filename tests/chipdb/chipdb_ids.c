/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every ID that Beken's software lists is in the database, with the size listed there. */
#include "tests/unit.h"
#include "chipdb/chipdb.h"

static const struct {
	uint32_t id;
	uint32_t kib;
} listed[] = {
	/* BKFlashList of BK7231GUIFlashTool 8d81f51, but for the placeholder 01 4B 42 */
	{0xc44010, 64},
	{0xc44011, 128},
	{0xc44012, 256},
	{0x854412, 256},
	{0x854512, 256},
	{0xb36012, 256},
	{0xeb6012, 256},
	{0xe04013, 512},
	{0x514013, 512},
	{0xc86413, 512},
	{0xc84013, 512},
	{0x856013, 512},
	{0xcd6013, 512},
	{0x1c3113, 512},
	{0xc22313, 512},
	{0xc44013, 512},
	{0xb36013, 512},
	{0xc86513, 512},
	{0xcd7113, 512},
	{0xe04014, 1024},
	{0xc86414, 1024},
	{0x514014, 1024},
	{0xc84014, 1024},
	{0x856014, 1024},
	{0xcd6014, 1024},
	{0xc22314, 1024},
	{0x5e4014, 1024},
	{0xc22014, 1024},
	{0x0b4014, 1024},
	{0xc86514, 1024},
	{0x1c7015, 2048},
	{0xc84015, 2048},
	{0xc86515, 2048},
	{0xc46015, 2048},
	{0x854215, 2048},
	{0x852015, 2048},
	{0x856015, 2048},
	{0xeb6015, 2048},
	{0xc22315, 2048},
	{0x0b4015, 2048},
	{0x4b4015, 2048},
	{0xcd7115, 2048},
	{0x1c4116, 4096},
	{0x1c6116, 4096},
	{0xc86516, 4096},
	{0xc84016, 4096},
	{0x856016, 4096},
	{0x852016, 4096},
	{0x0b4016, 4096},
	{0x204016, 4096},
	{0xcd6016, 4096},
	{0x856516, 4096},
	{0xc86517, 8192},
	{0x856017, 8192},
	{0x0b6017, 8192},
	{0x0b4017, 8192},
	{0x852017, 8192},
	{0x204017, 8192},
	{0xc84017, 8192},
	{0xcd6017, 8192},
	{0xeb6017, 8192},
	{0xc86018, 16384},
	{0xc86518, 16384},
	{0x852018, 16384},
	{0xef4018, 16384},
	{0x204118, 16384},
	{0x0b4018, 16384},
	{0x0b6018, 16384},
	{0x5e5018, 16384},
	{0x204018, 16384},
	{0x684018, 16384},
	{0xc44018, 16384},
	{0xc84018, 16384},
	{0x686018, 16384},
	{0xa16018, 16384},
	{0xef6018, 16384},
	{0x856518, 16384},
	{0xef8018, 16384},
	{0xc86819, 32768},
	{0x204019, 32768},
	{0xc84019, 32768},
	{0xc86019, 32768},
	{0xc8471a, 65536},
	/* only in Beken's SDKs */
	{0x1c7016, 4096},
	{0x0e4016, 4096},
	{0xef4016, 4096},
	{0xcd7017, 8192},
	{0x0b7517, 8192},
};

static const struct chipdb_part *part_of(uint32_t id)
{
	const uint8_t bytes[3] = {(uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};

	return chipdb_part_by_id(bytes);
}

static void every_listed_id_is_there_with_its_size(void **state)
{
	(void)state;
	assert_int_equal(COUNT_OF(listed), 88);
	for (size_t i = 0; i < COUNT_OF(listed); i++) {
		const struct chipdb_part *part = part_of(listed[i].id);

		if (!part)
			fail_msg("%06X is missing", (unsigned)listed[i].id);
		assert_int_equal(part->size, listed[i].kib * 1024);
		assert_null(part->refuse);
	}
}

static void the_placeholder_is_there_to_be_refused(void **state)
{
	const struct chipdb_part *part = part_of(0x014b42);

	(void)state;
	assert_non_null(part);
	assert_non_null(part->refuse);
	assert_null(strchr(part->refuse, '.'));
	assert_int_equal(part->erase[0].opcode, 0);
}

static void nothing_else_is_there(void **state)
{
	(void)state;
	assert_int_equal(chipdb_part_count, COUNT_OF(listed) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_listed_id_is_there_with_its_size),
		cmocka_unit_test(the_placeholder_is_there_to_be_refused),
		cmocka_unit_test(nothing_else_is_there),
	};

	return cmocka_run_group_tests_name("chipdb_ids", tests, NULL, NULL);
}
