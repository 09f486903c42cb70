/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"
#include "chipdb.h"

static void every_part_is_found_by_its_id(void **state)
{
	(void)state;
	assert_true(chipdb_part_count > 0);
	for (size_t i = 0; i < chipdb_part_count; i++)
		assert_ptr_equal(chipdb_part_by_id(chipdb_parts[i].id), &chipdb_parts[i]);
}

static void every_part_is_found_by_its_name_in_any_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++)
		assert_ptr_equal(chipdb_part_by_name(chipdb_parts[i].name), &chipdb_parts[i]);
	assert_ptr_equal(chipdb_part_by_name("gd25q16B"), chipdb_part_by_name("GD25Q16b"));
	assert_non_null(chipdb_part_by_name("gd25q16b"));
}

static void every_soc_is_found_and_its_part_exists(void **state)
{
	(void)state;
	assert_true(chipdb_soc_count > 0);
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		assert_ptr_equal(chipdb_soc_by_name(chipdb_socs[i].name), &chipdb_socs[i]);
		assert_non_null(chipdb_part_by_name(chipdb_socs[i].part));
	}
	assert_non_null(chipdb_soc_by_name("bk7231t"));
}

static void what_is_not_there_is_not_found(void **state)
{
	static const uint8_t ids[][3] = {{0, 0, 0}, {0xff, 0xff, 0xff}, {0xd2, 0, 0}};
	uint8_t near[3];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		assert_null(chipdb_part_by_id(ids[i]));
	memcpy(near, chipdb_parts[0].id, 3);
	near[2]++;
	assert_null(chipdb_part_by_id(near));
	assert_null(chipdb_part_by_name(""));
	assert_null(chipdb_part_by_name("GD25Q16"));
	assert_null(chipdb_part_by_name("GD25Q16BX"));
	assert_null(chipdb_soc_by_name("BK9999"));
}

/* Bits as facts and datasheets have them, for one part of each layout. */
static void masks_follow_the_datasheets(void **state)
{
	const struct chipdb_part *gd = chipdb_part_by_name("GD25Q16B");
	const struct chipdb_part *en = chipdb_part_by_name("EN25QH16B");

	(void)state;
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_WIP), 0x0001);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_WEL), 0x0002);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_BP0), 0x0004);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_BP2), 0x0010);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_SRP0), 0x0080);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_SRP1), 0x0100);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_QE), 0x0200);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_LB), 0x1c00);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_CMP), 0x4000);
	assert_int_equal(chipdb_sr_mask(gd, CHIPDB_SUS), 0x8000);
	assert_int_equal(chipdb_sr_mask(en, CHIPDB_4KBL), 0x40);
	assert_int_equal(chipdb_sr_mask(en, CHIPDB_CMP), 0);
	assert_int_equal(chipdb_sr_mask(en, CHIPDB_QE), 0);
}

static void geometry_is_one_that_the_driver_can_handle(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];

		assert_int_equal(part->size & (part->size - 1), 0);
		assert_true(part->size <= 0x1000000);
		assert_int_equal(part->page, 256);
		assert_in_range(part->sr_count, 1, CHIPDB_REGISTERS);
		assert_int_equal(part->sr_read[0], 0x05);
		assert_true(part->program_typ_us <= part->program_max_us);
		assert_true(part->erase[0].opcode != 0);
		assert_int_equal(part->firmware_sr >> 8 * part->sr_count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_found_by_its_id),
		cmocka_unit_test(every_part_is_found_by_its_name_in_any_case),
		cmocka_unit_test(every_soc_is_found_and_its_part_exists),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(masks_follow_the_datasheets),
		cmocka_unit_test(geometry_is_one_that_the_driver_can_handle),
	};

	return cmocka_run_group_tests_name("chipdb", tests, NULL, NULL);
}
