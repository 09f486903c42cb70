/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RBL headers, partition tables and calibration data. */
#include "tests/unit.h"
#include "tests/image/make.h"
#include "image/partitions.h"
#include "image/rbl.h"
#include "image/rf.h"

static void a_framed_header_is_found_and_confirms_its_content(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes boot = make_bootloader(&recipe);
	struct rbl rbl;

	(void)state;
	assert_true(rbl_find(boot.data, boot.size, 0, &rbl));
	assert_int_equal(rbl.offset, 0x10f9a);
	assert_true(rbl.framed);
	assert_string_equal(rbl.name, "bootloader");
	assert_string_equal(rbl.version, "1.00");
	assert_int_equal(rbl.raw_size, recipe.boot_code);
	assert_true(rbl_content_matches(&rbl, boot.data, rbl.offset));
	boot.data[34 * 3 + 7] ^= 1;
	assert_false(rbl_content_matches(&rbl, boot.data, rbl.offset));
	assert_false(rbl_find(boot.data, boot.size, rbl.offset + 1, &rbl));
	free_bytes(boot);
}

static void a_header_confirms_nothing_that_is_cut_off(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes boot = make_bootloader(&recipe);
	struct rbl rbl;

	(void)state;
	assert_true(rbl_find(boot.data, boot.size, 0, &rbl));
	assert_false(rbl_content_matches(&rbl, boot.data, 0));
	assert_false(rbl_content_matches(&rbl, boot.data, recipe.boot_code / 32 * 34 - 3));
	rbl.raw_size = UINT32_MAX;
	assert_false(rbl_content_matches(&rbl, boot.data, boot.size));
	rbl.raw_size = 0;
	assert_false(rbl_content_matches(&rbl, boot.data, boot.size));
	free_bytes(boot);
}

static void a_header_with_a_wrong_checksum_is_none(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes ota = make_ota(&recipe);
	struct rbl rbl;

	(void)state;
	assert_true(rbl_find(ota.data, ota.size, 0, &rbl));
	assert_false(rbl.framed);
	assert_true(rbl_package_matches(&rbl, ota.data + RBL_SIZE, ota.size - RBL_SIZE));
	assert_false(rbl_package_matches(&rbl, ota.data + RBL_SIZE, ota.size - RBL_SIZE - 1));
	ota.data[90] ^= 0x10;
	assert_false(rbl_find(ota.data, ota.size, 0, &rbl));
	free_bytes(ota);
}

static void a_cut_header_is_none(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes ota = make_ota(&recipe);
	struct rbl rbl;

	(void)state;
	for (size_t size = 0; size < RBL_SIZE; size++) {
		struct bytes cut = make_copy(ota, 0, size);

		assert_false(rbl_find(cut.data, cut.size, 0, &rbl));
		free_bytes(cut);
	}
	free_bytes(ota);
}

static void tables_count_in_addresses_of_the_flash(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes boot = make_bootloader(&recipe);
	struct partitions partitions;

	(void)state;
	partitions_find(boot.data, boot.size, &partitions);
	assert_int_equal(partitions.count, 3);
	assert_non_null(partitions_by_name(&partitions, "app"));
	assert_int_equal(partitions_by_name(&partitions, "app")->start, 0x11000);
	assert_int_equal(partitions_by_name(&partitions, "app")->length, 0x118f70);
	assert_int_equal(partitions_by_name(&partitions, "download")->start, 0x12a000);
	assert_null(partitions_by_name(&partitions, "param"));
	free_bytes(boot);
}

static void an_entry_that_makes_no_sense_is_no_partition(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} wrong[] = {{4, 0}, {4, '\n'}, {28, 0}, {28, 0xff}, {55, 0xff}, {59, 0xff}};
	struct recipe recipe = recipe_for("BK7231U");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct bytes boot = make_bootloader(&recipe);
		struct partitions partitions;
		size_t logical = recipe.boot_code - 3 * 64 + wrong[i].at;

		boot.data[logical / 32 * 34 + logical % 32] = wrong[i].byte;
		partitions_find(boot.data, boot.size, &partitions);
		assert_int_equal(partitions.count, 2);
		assert_null(partitions_by_name(&partitions, "bootloader"));
		free_bytes(boot);
	}
}

static void a_table_without_end_is_cut(void **state)
{
	struct recipe recipe = recipe_for("BK7231U");
	struct bytes boot = make_bootloader(&recipe);
	struct bytes many = make_bytes(34 * 64, 0);
	struct partitions partitions;

	(void)state;
	for (size_t i = 0; i < 32; i++)
		memcpy(many.data + i * 68, boot.data + (recipe.boot_code - 192) / 32 * 34, 68);
	partitions_find(many.data, many.size, &partitions);
	assert_int_equal(partitions.count, PARTITIONS_MOST);
	free_bytes(many);
	free_bytes(boot);
}

static void calibration_has_the_mac(void **state)
{
	static const uint8_t mac[6] = {0x10, 0x5a, 0x17, 0x01, 0x02, 0x03};
	struct bytes region = make_rf();
	struct rf rf;

	(void)state;
	assert_true(rf_parse(region.data, region.size, 0, &rf));
	assert_int_equal(rf.length, 0x200);
	assert_true(rf.mac_good);
	assert_memory_equal(rf.mac, mac, 6);
	free_bytes(region);
}

static void a_made_up_mac_is_not_good(void **state)
{
	static const uint8_t macs[][6] = {
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{0xc8, 0x47, 0x8c, 0x00, 0x00, 0x00},
		{0x01, 0x00, 0x5e, 0x01, 0x02, 0x03},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(macs); i++) {
		struct bytes region = make_rf();
		struct rf rf;

		memcpy(region.data + 36, macs[i], 6);
		assert_true(rf_parse(region.data, region.size, 0, &rf));
		assert_false(rf.mac_good);
		free_bytes(region);
	}
}

static void the_letters_alone_are_no_calibration(void **state)
{
	struct bytes region = make_rf();
	struct rf rf;

	(void)state;
	for (size_t size = 0; size < 12; size++) {
		struct bytes cut = make_copy(region, 0, size);

		assert_false(rf_parse(cut.data, cut.size, 0, &rf));
		free_bytes(cut);
	}
	assert_false(rf_parse(region.data, region.size, region.size + 1, &rf));
	region.data[7] = 1; /* length 16 MiB */
	assert_false(rf_parse(region.data, region.size, 0, &rf));
	region.data[7] = 0;
	region.data[8] ^= 1; /* a different tag */
	assert_false(rf_parse(region.data, region.size, 0, &rf));
	free_bytes(region);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_framed_header_is_found_and_confirms_its_content),
		cmocka_unit_test(a_header_confirms_nothing_that_is_cut_off),
		cmocka_unit_test(a_header_with_a_wrong_checksum_is_none),
		cmocka_unit_test(a_cut_header_is_none),
		cmocka_unit_test(tables_count_in_addresses_of_the_flash),
		cmocka_unit_test(an_entry_that_makes_no_sense_is_no_partition),
		cmocka_unit_test(a_table_without_end_is_cut),
		cmocka_unit_test(calibration_has_the_mac),
		cmocka_unit_test(a_made_up_mac_is_not_good),
		cmocka_unit_test(the_letters_alone_are_no_calibration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
