/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "chipdb/chipdb.h"

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

static void a_part_is_found_by_what_others_call_it(void **state)
{
	const struct chipdb_part *pn = chipdb_part_by_name("PN25F04B");
	const struct chipdb_part *gd = chipdb_part_by_name("GD25Q128C");

	(void)state;
	assert_non_null(pn);
	assert_ptr_equal(chipdb_part_by_name("XT25F04B"), pn);
	assert_ptr_equal(chipdb_part_by_name("en25f40"), pn);
	assert_non_null(gd);
	assert_ptr_equal(chipdb_part_by_name("GD25B128B/GD25Q128B"), gd);
	assert_ptr_equal(chipdb_part_by_name("GD25Q127C/GD25Q128C"), gd);
	assert_null(chipdb_part_by_name("GD25B128B"));
	assert_null(chipdb_part_by_name("GD25B128B/GD25Q128B, GD25Q127C/GD25Q128C"));
	assert_null(chipdb_part_by_name(", "));
}

static void every_soc_is_found_and_its_part_exists(void **state)
{
	(void)state;
	assert_true(chipdb_soc_count >= 11);
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		assert_ptr_equal(chipdb_soc_by_name(chipdb_socs[i].name), &chipdb_socs[i]);
		assert_non_null(chipdb_part_by_name(chipdb_socs[i].part));
	}
	assert_non_null(chipdb_soc_by_name("bk7231t"));
	assert_ptr_equal(chipdb_soc_by_name("t1"), chipdb_soc_by_name("BK7238"));
	assert_ptr_equal(chipdb_soc_by_name("BK7252u"), chipdb_soc_by_name("BK7252"));
}

static void what_is_not_there_is_not_found(void **state)
{
	static const uint8_t ids[][3] = {
		{0, 0, 0}, {0xff, 0xff, 0xff}, {0xd2, 0, 0}, {0xc8, 0x40, 0x20}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		assert_null(chipdb_part_by_id(ids[i]));
	assert_null(chipdb_part_by_name(""));
	assert_null(chipdb_part_by_name("GD25Q16"));
	assert_null(chipdb_part_by_name("GD25Q16BX"));
	assert_null(chipdb_soc_by_name("BK9999"));
	assert_null(chipdb_soc_by_name(""));
}

static void what_is_refused_is_no_more_than_an_identity(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("BK");

	(void)state;
	assert_non_null(part);
	assert_non_null(part->refuse);
	assert_int_equal(part->sr_count, 0);
	assert_int_equal(part->erase[0].opcode, 0);
}

static bool has_erase(const struct chipdb_part *part, uint8_t opcode)
{
	for (size_t i = 0; i < CHIPDB_ERASES; i++)
		if (part->erase[i].opcode == opcode)
			return true;
	return false;
}

static void geometry_is_one_that_the_driver_can_handle(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];

		if (part->refuse)
			continue;
		assert_int_equal(part->size & (part->size - 1), 0);
		assert_in_range(part->size, 0x10000, 0x4000000);
		assert_int_equal(part->page, 256);
		assert_in_range(part->sr_count, 1, CHIPDB_REGISTERS);
		assert_int_equal(part->sr_read[0], 0x05);
		assert_true(part->program_typ_us <= part->program_max_us);
		assert_int_equal(part->erase[0].size, 4096);
		assert_true(has_erase(part, 0x60) && has_erase(part, 0xc7));
		assert_int_equal(part->firmware_sr >> 8 * part->sr_count, 0);
	}
}

static void parts_above_16_mib_have_opcodes_with_four_address_bytes(void **state)
{
	unsigned big = 0;

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];
		bool four = part->size > 0x1000000;

		if (part->refuse)
			continue;
		big += four;
		assert_int_equal(part->address_bytes, four ? 4 : 3);
		assert_int_equal(has_erase(part, 0x21), four);
		assert_int_equal(has_erase(part, 0xdc), four);
		assert_int_equal(has_erase(part, 0x20), !four);
		assert_int_equal(has_erase(part, 0xd8), !four);
	}
	assert_true(big > 0);
}

static void a_chip_erase_takes_longer_the_larger_the_die_is(void **state)
{
	const struct chipdb_part *small = chipdb_part_by_name("GD25Q64C");
	const struct chipdb_part *large = chipdb_part_by_name("GD25Q128C");

	(void)state;
	assert_int_equal(small->erase[3].size, small->size);
	assert_int_equal(2 * small->erase[3].typ_us, large->erase[3].typ_us);
	assert_int_equal(2 * small->erase[3].max_us, large->erase[3].max_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_found_by_its_id),
		cmocka_unit_test(every_part_is_found_by_its_name_in_any_case),
		cmocka_unit_test(a_part_is_found_by_what_others_call_it),
		cmocka_unit_test(every_soc_is_found_and_its_part_exists),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(what_is_refused_is_no_more_than_an_identity),
		cmocka_unit_test(geometry_is_one_that_the_driver_can_handle),
		cmocka_unit_test(parts_above_16_mib_have_opcodes_with_four_address_bytes),
		cmocka_unit_test(a_chip_erase_takes_longer_the_larger_the_die_is),
	};

	return cmocka_run_group_tests_name("chipdb", tests, NULL, NULL);
}
