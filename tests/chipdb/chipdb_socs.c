/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "chipdb/chipdb.h"

static const struct chipdb_region *region(const struct chipdb_soc *soc, const char *name)
{
	for (size_t i = 0; i < CHIPDB_REGIONS && soc->regions[i].name; i++)
		if (strcmp(soc->regions[i].name, name) == 0)
			return &soc->regions[i];
	fail_msg("%s has no region %s", soc->name, name);
	return NULL;
}

static uint32_t largest_flash(const struct chipdb_soc *soc)
{
	uint32_t size = 0;

	for (size_t i = 0; i < CHIPDB_FLASHES && soc->flash[i]; i++)
		size = soc->flash[i];
	return size;
}

static void regions_ascend_and_lie_inside_of_the_flash(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i];
		uint32_t end = 0;

		assert_int_not_equal(largest_flash(soc), 0);
		for (size_t k = 0; k < CHIPDB_REGIONS && soc->regions[k].name; k++) {
			assert_true(soc->regions[k].start >= end);
			end = soc->regions[k].start + soc->regions[k].length;
		}
		assert_true(end <= largest_flash(soc));
	}
}

/* From the partition tables in real bootloaders. */
static void code_lies_where_the_bootloaders_say(void **state)
{
	const struct chipdb_soc *t = chipdb_soc_by_name("BK7231T");
	const struct chipdb_soc *n = chipdb_soc_by_name("BK7231N");
	const struct chipdb_soc *u = chipdb_soc_by_name("BK7231U");

	(void)state;
	assert_int_equal(region(t, "bootloader")->length, 0x11000);
	assert_int_equal(region(t, "bootloader")->kind, CHIPDB_REGION_BOOT);
	assert_int_equal(region(t, "app")->start, 0x11000);
	assert_int_equal(region(t, "app")->length, 0x129f70 - 0x11000);
	assert_int_equal(region(t, "download")->start, 0x132000);
	assert_int_equal(region(n, "download")->start, 0x12a000);
	assert_int_equal(region(n, "download")->length, 0xa6000);
	assert_int_equal(region(n, "download")->kind, CHIPDB_REGION_OTA);
	assert_int_equal(region(u, "app")->length, 0x132000 - 0x11000);
}

static void the_calibration_is_a_region_of_its_kind(void **state)
{
	(void)state;
	assert_int_equal(sizeof(CHIPDB_RF_MAGIC), 4);
	assert_int_equal(chipdb_soc_by_name("BK7231T")->rf, 0x1e0000);
	assert_int_equal(chipdb_soc_by_name("BK7231N")->rf, 0x1d0000);
	assert_int_equal(chipdb_soc_by_name("BK7252")->rf, 0x1e0000);
	assert_int_equal(chipdb_soc_by_name("BK7231N")->mac_offset, 36);
	assert_int_equal(region(chipdb_soc_by_name("BK7231N"), "rf")->kind, CHIPDB_REGION_RF);
	/* Sources disagree about flashes of 4 MiB: both places are kept. */
	assert_int_equal(region(chipdb_soc_by_name("BK7252"), "rf-4m")->start, 0x3fe000);
	assert_int_equal(region(chipdb_soc_by_name("BK7252"), "rf-4m")->kind, CHIPDB_REGION_RF);
}

static void bootloaders_are_told_by_their_first_bytes(void **state)
{
	const struct chipdb_soc *t = chipdb_soc_by_name("BK7231T");
	const struct chipdb_soc *n = chipdb_soc_by_name("BK7231N");
	static const uint8_t begin[8] = {0x69, 0x0c, 0xb5, 0x96, 0x35, 0xff, 0x2a, 0x99};

	(void)state;
	assert_int_equal(n->bootloader[0].length, 8);
	assert_memory_equal(n->bootloader[0].bytes, begin, 8);
	assert_int_equal(n->bootloader[1].length, 0);
	assert_int_equal(t->bootloader[1].length, 4);
	assert_int_equal(t->bootloader[1].bytes[0], 0x78);
	assert_int_equal(t->bootloader_used, 0xf32e);
	assert_int_equal(n->bootloader_used, 0xf928);
	assert_int_equal(n->app_start[0].bytes[0], 0x2f);
}

static void only_t_and_n_are_keyed(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		const char *name = chipdb_socs[i].name;
		bool keyed = strcmp(name, "BK7231T") == 0 || strcmp(name, "BK7231N") == 0;

		assert_int_equal(chipdb_socs[i].code == CHIPDB_CODE_KEYED, keyed);
	}
	assert_int_equal(chipdb_soc_by_name("BK7231M")->code, CHIPDB_CODE_PLAIN);
	assert_int_equal(chipdb_soc_by_name("BK7258")->code, CHIPDB_CODE_UNKNOWN);
}

static void who_confirmed_the_spi_mode_is_told(void **state)
{
	static const char *const confirmed[] = {"BK7231T", "BK7231N", "BK7231U", "BK7252",
						"BK7252N"};
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		assert_true(chipdb_socs[i].evidence[0] != '\0');
		count += strcmp(chipdb_socs[i].spi_mode, "confirmed") == 0;
	}
	assert_int_equal(count, COUNT_OF(confirmed));
	for (size_t i = 0; i < COUNT_OF(confirmed); i++)
		assert_string_equal(chipdb_soc_by_name(confirmed[i])->spi_mode, "confirmed");
}

static chipdb_soc_set soc(const char *name)
{
	return chipdb_soc_bit(chipdb_soc_by_name(name));
}

static void a_module_is_told_by_what_is_sold_in_it(void **state)
{
	(void)state;
	assert_int_equal(chipdb_socs_in_module("WB3S"), soc("BK7231T"));
	assert_int_equal(chipdb_socs_in_module("cbu"), soc("BK7231N"));
	assert_int_equal(chipdb_socs_in_module("WB2L"), soc("BK7231T"));
	assert_int_equal(chipdb_socs_in_module("WB2L_M1"), soc("BK7231N"));
	assert_int_equal(chipdb_socs_in_module("t1-2s"), soc("BK7238"));
}

static void a_name_that_is_sold_with_two_is_no_answer(void **state)
{
	(void)state;
	assert_int_equal(chipdb_socs_in_module("LMA35"), soc("BK7231T") | soc("BK7231N"));
}

static void what_is_no_name_of_a_module_is_told_nothing(void **state)
{
	(void)state;
	assert_int_equal(chipdb_socs_in_module(""), 0);
	assert_int_equal(chipdb_socs_in_module("WB"), 0);
	assert_int_equal(chipdb_socs_in_module("BK7231T"), 0);
	assert_int_equal(chipdb_socs_in_module("a-name-that-is-longer-than-any-of-a-module"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_ascend_and_lie_inside_of_the_flash),
		cmocka_unit_test(code_lies_where_the_bootloaders_say),
		cmocka_unit_test(the_calibration_is_a_region_of_its_kind),
		cmocka_unit_test(bootloaders_are_told_by_their_first_bytes),
		cmocka_unit_test(only_t_and_n_are_keyed),
		cmocka_unit_test(who_confirmed_the_spi_mode_is_told),
		cmocka_unit_test(a_module_is_told_by_what_is_sold_in_it),
		cmocka_unit_test(a_name_that_is_sold_with_two_is_no_answer),
		cmocka_unit_test(what_is_no_name_of_a_module_is_told_nothing),
	};

	return cmocka_run_group_tests_name("chipdb_socs", tests, NULL, NULL);
}
