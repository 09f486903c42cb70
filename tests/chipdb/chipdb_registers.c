/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bits of each register layout, as published lists and datasheets have them. */
#include "tests/unit.h"
#include "chipdb/chipdb.h"

static uint32_t mask(const char *name, enum chipdb_bit bit)
{
	const struct chipdb_part *part = chipdb_part_by_name(name);

	if (!part)
		fail_msg("there is no %s", name);
	return chipdb_sr_mask(part, bit);
}

/* The bits that a driver may clear to lift protection. */
static uint32_t protection(const char *name)
{
	static const enum chipdb_bit bits[] = {CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_BP3,
					       CHIPDB_TB,  CHIPDB_SEC, CHIPDB_CMP};
	uint32_t all = 0;

	for (size_t i = 0; i < COUNT_OF(bits); i++)
		all |= mask(name, bits[i]);
	return all;
}

static void two_registers_follow_the_datasheet_of_gd25q(void **state)
{
	(void)state;
	assert_int_equal(mask("GD25Q16B", CHIPDB_WIP), 0x0001);
	assert_int_equal(mask("GD25Q16B", CHIPDB_WEL), 0x0002);
	assert_int_equal(mask("GD25Q16B", CHIPDB_BP0), 0x0004);
	assert_int_equal(mask("GD25Q16B", CHIPDB_BP2), 0x0010);
	assert_int_equal(mask("GD25Q16B", CHIPDB_SRP0), 0x0080);
	assert_int_equal(mask("GD25Q16B", CHIPDB_SRP1), 0x0100);
	assert_int_equal(mask("GD25Q16B", CHIPDB_QE), 0x0200);
	assert_int_equal(mask("GD25Q16B", CHIPDB_LB), 0x1c00);
	assert_int_equal(mask("GD25Q16B", CHIPDB_CMP), 0x4000);
	assert_int_equal(mask("GD25Q16B", CHIPDB_SUS), 0x8000);
	assert_int_equal(mask("W25Q32", CHIPDB_LB), 0x3800);
}

static void one_register_of_eon_has_4kbl_and_no_second(void **state)
{
	(void)state;
	assert_int_equal(mask("EN25QH16B", CHIPDB_4KBL), 0x40);
	assert_int_equal(mask("EN25QH16B", CHIPDB_CMP), 0);
	assert_int_equal(mask("EN25QH16B", CHIPDB_QE), 0);
	assert_int_equal(protection("EN25QH16B"), 0x3c);
	assert_int_equal(protection("EN25QH32B"), 0x3c);
}

static void the_protecting_bits_are_those_of_the_lists_masks(void **state)
{
	(void)state;
	assert_int_equal(protection("PY25D22U"), 0x7c);
	assert_int_equal(protection("PN25F04B"), 0x3c);
	assert_int_equal(protection("PN25F08B"), 0x3c);
	assert_int_equal(protection("GD25D40"), 0x1c);
	assert_int_equal(protection("GD25D80"), 0x1c);
	assert_int_equal(protection("GD25Q40(B)"), 0x401c);
	assert_int_equal(protection("GD25Q41BT"), 0x401c);
	assert_int_equal(protection("PN25Q40A"), 0x401c);
	assert_int_equal(protection("PN25Q80A"), 0x401c);
	assert_int_equal(protection("TH25Q16HB"), 0x407c);
	assert_int_equal(protection("XM25QH128D"), 0x407c);
	assert_int_equal(protection("GD25Q256C"), 0x407c);
}

static void unknown_bits_are_unknown_even_where_a_list_would_clear_them(void **state)
{
	(void)state;
	/* BKFlashList has 0x7C7C. */
	assert_int_equal(protection("BY25Q128ES"), 0x407c);
	assert_int_equal(mask("BY25Q128ES", CHIPDB_UNKNOWN) & 0x3c00, 0x3c00);
	/* BKFlashList has 0x103C; no datasheet defines bit 12. */
	assert_int_equal(protection("MX25V1635F"), 0x003c);
	assert_int_equal(mask("MX25V1635F", CHIPDB_UNKNOWN), 0xf700);
	/* It has 0x7C, of one register. */
	assert_int_equal(protection("MX25V80066"), 0x3c);
	assert_int_equal(mask("MX25V80066", CHIPDB_UNKNOWN), 0x40);
}

static void macronix_has_a_configuration_register_read_by_15h(void **state)
{
	static const char *const names[] = {"MX25V4035F", "MX25V8035F", "MX25V1635F"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct chipdb_part *part = chipdb_part_by_name(names[i]);

		assert_non_null(part);
		assert_int_equal(part->sr_count, 2);
		assert_int_equal(part->sr_read[0], 0x05);
		assert_int_equal(part->sr_read[1], 0x15);
		assert_int_equal(part->sr_write, CHIPDB_SR_JOINT);
		assert_int_equal(mask(names[i], CHIPDB_QE), 0x0040);
		assert_int_equal(mask(names[i], CHIPDB_BP3), 0x0020);
		assert_int_equal(mask(names[i], CHIPDB_TB_OTP), 0x0800);
	}
}

static void where_sources_disagree_the_larger_number_of_registers_holds(void **state)
{
	static const struct {
		const char *name;
		unsigned registers;
		enum chipdb_sr_write write;
	} cases[] = {
		{"P25Q16HB", 2, CHIPDB_SR_SPLIT},   {"GD25Q32E", 2, CHIPDB_SR_SPLIT},
		{"EN25QE32A", 2, CHIPDB_SR_JOINT},  {"GT25Q16B", 3, CHIPDB_SR_SPLIT},
		{"TH25Q64HB", 2, CHIPDB_SR_SPLIT},  {"XT25F128F", 3, CHIPDB_SR_SPLIT},
		{"XT25Q128B", 3, CHIPDB_SR_SPLIT},  {"ZB25LQ128C", 2, CHIPDB_SR_SPLIT},
		{"GD25Q40(B)", 2, CHIPDB_SR_SPLIT}, {"PN25Q40A", 2, CHIPDB_SR_JOINT},
		{"GD25LX256E", 1, CHIPDB_SR_JOINT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct chipdb_part *part = chipdb_part_by_name(cases[i].name);

		assert_non_null(part);
		assert_int_equal(part->sr_count, cases[i].registers);
		assert_int_equal(part->sr_write, cases[i].write);
	}
}

/* Values from Beken's SDKs: a BP field at bit 2, with CMP above it. */
static void firmware_leaves_what_the_sdks_say(void **state)
{
	static const struct {
		const char *name;
		uint32_t sr;
	} cases[] = {
		{"EN25QH16B", 0x7c},  {"EN25QH32B", 0x6c},   {"GD25Q16B", 0x4004},
		{"MX25V1635F", 0x38}, {"GT25Q16B", 0x44},    {"XT25F64B", 0x4024},
		{"TH25Q32UB", 0x7c},  {"TH25Q16HB", 0x4004}, {"PY25D22U", 0x1c},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct chipdb_part *part = chipdb_part_by_name(cases[i].name);

		assert_non_null(part);
		assert_int_equal(part->firmware_sr, cases[i].sr);
	}
}

static void firmware_leaves_no_bit_that_must_not_be_changed(void **state)
{
	static const enum chipdb_bit bits[] = {CHIPDB_UNKNOWN, CHIPDB_WIP,  CHIPDB_WEL,
					       CHIPDB_TB_OTP,  CHIPDB_SRP1, CHIPDB_QE,
					       CHIPDB_LB,      CHIPDB_SUS};

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++)
		for (size_t k = 0; k < COUNT_OF(bits); k++)
			assert_int_equal(chipdb_parts[i].firmware_sr &
						 chipdb_sr_mask(&chipdb_parts[i], bits[k]),
					 0);
}

static void the_part_that_needless_writes_lock_is_marked(void **state)
{
	(void)state;
	assert_true(chipdb_part_by_name("P25Q16HBK")->needless_write_locks);
	assert_false(chipdb_part_by_name("P25Q16HB")->needless_write_locks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_registers_follow_the_datasheet_of_gd25q),
		cmocka_unit_test(one_register_of_eon_has_4kbl_and_no_second),
		cmocka_unit_test(the_protecting_bits_are_those_of_the_lists_masks),
		cmocka_unit_test(unknown_bits_are_unknown_even_where_a_list_would_clear_them),
		cmocka_unit_test(macronix_has_a_configuration_register_read_by_15h),
		cmocka_unit_test(where_sources_disagree_the_larger_number_of_registers_holds),
		cmocka_unit_test(firmware_leaves_what_the_sdks_say),
		cmocka_unit_test(firmware_leaves_no_bit_that_must_not_be_changed),
		cmocka_unit_test(the_part_that_needless_writes_lock_is_marked),
	};

	return cmocka_run_group_tests_name("chipdb_registers", tests, NULL, NULL);
}
