/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "base/number.h"
#include "engine/area.h"

#define FLASH 0x200000u

static struct notes notes;

static bool find(const char *regions, const char *at, const char *size, const char *soc,
		 struct ranges *area)
{
	struct area_wish wish = {.regions = regions, .has_at = at, .has_size = size};

	notes_begin(&notes);
	return (!at || number_bytes(at, &wish.at)) && (!size || number_bytes(size, &wish.size)) &&
	       area_find(&wish, soc ? chipdb_soc_by_name(soc) : NULL, FLASH, &notes.observer, area);
}

static void check_area(const struct ranges *area, size_t count, const uint32_t *wanted)
{
	assert_int_equal(area->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(area->range[i].start, wanted[2 * i]);
		assert_int_equal(area->range[i].length, wanted[2 * i + 1]);
	}
}

static void without_a_wish_it_is_the_whole_flash(void **state)
{
	struct ranges area;

	(void)state;
	assert_true(find(NULL, NULL, NULL, NULL, &area));
	check_area(&area, 1, (uint32_t[]){0, FLASH});
	assert_true(find(NULL, "0x11000", NULL, NULL, &area));
	check_area(&area, 1, (uint32_t[]){0x11000, FLASH - 0x11000});
	assert_true(find(NULL, NULL, "4K", NULL, &area));
	check_area(&area, 1, (uint32_t[]){0, 0x1000});
}

static void nothing_outside_of_the_flash_is_found(void **state)
{
	static const struct {
		const char *at, *size;
	} bad[] = {{"2M", NULL},
		   {"2M", "1"},
		   {"0", "0x200001"},
		   {"0x1fffff", "2"},
		   {"0xffffffff", "0xffffffff"},
		   {"1", "0xffffffff"},
		   {"0", "0"}};
	struct ranges area;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(find(NULL, bad[i].at, bad[i].size, NULL, &area));
		assert_int_equal(notes.errors, 1);
	}
	assert_false(find(NULL, "2M", NULL, NULL, &area));
	assert_mentions(&notes, "0x200000 is past the end");
	assert_true(find(NULL, "0x1fffff", "1", NULL, &area));
}

static void regions_are_those_of_the_soc(void **state)
{
	struct ranges area;

	(void)state;
	assert_true(find("rf", NULL, NULL, "BK7231N", &area));
	check_area(&area, 1, (uint32_t[]){0x1d0000, 0x1000});
	assert_true(find("rf", NULL, NULL, "BK7231T", &area));
	check_area(&area, 1, (uint32_t[]){0x1e0000, 0x1000});
}

static void several_regions_come_in_order_and_joined_where_they_touch(void **state)
{
	struct ranges area;

	(void)state;
	assert_true(find("net,bootloader,rf,rf", NULL, NULL, "BK7231N", &area));
	check_area(&area, 2, (uint32_t[]){0, 0x11000, 0x1d0000, 0x3000});
}

static void an_unknown_region_is_answered_with_those_that_there_are(void **state)
{
	static const char *const bad[] = {"nix", "", "rf,", ",rf", "rf,nix", "RF", "rf-4m"};
	struct ranges area;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(find(bad[i], NULL, NULL, "BK7231N", &area));
		assert_mentions(&notes, "in a flash of 2048 KiB; it has: bootloader, app");
	}
}

static void regions_behind_the_end_of_a_small_flash_are_not_there(void **state)
{
	const struct chipdb_soc *soc = chipdb_soc_by_name("BK7252");

	(void)state;
	assert_null(area_region(soc, "rf-4m", 0x200000));
	assert_non_null(area_region(soc, "rf-4m", 0x400000));
}

static chipdb_soc_set set_of(const char *name)
{
	return (chipdb_soc_set)1 << (chipdb_soc_by_name(name) - chipdb_socs);
}

static void a_range_touches_regions_of_a_kind_of_some_socs(void **state)
{
	const chipdb_soc_set n = set_of("BK7231N"), t = set_of("BK7231T");
	const struct range before = {0x1cffff, 1}, first = {0x1cffff, 2}, last = {0x1d0fff, 1};

	(void)state;
	assert_false(area_touches(before, n, CHIPDB_REGION_RF));
	assert_true(area_touches(first, n, CHIPDB_REGION_RF));
	assert_true(area_touches(last, n | t, CHIPDB_REGION_RF));
	assert_false(area_touches(last, t, CHIPDB_REGION_RF));
	assert_false(area_touches(last, 0, CHIPDB_REGION_RF));
	assert_false(area_touches(last, n, CHIPDB_REGION_BOOT));
	assert_true(area_touches((struct range){0, 1}, n, CHIPDB_REGION_BOOT));
}

static void a_kind_is_known_by_the_name_of_its_region(void **state)
{
	const unsigned code = 1u << CHIPDB_REGION_BOOT | 1u << CHIPDB_REGION_APP;

	(void)state;
	assert_true(area_names_kind("app", code));
	assert_true(area_names_kind("rf,net,bootloader", code));
	assert_true(area_names_kind("app,rf", code));
	assert_false(area_names_kind("rf,net,tuya,rf-4m", code));
	assert_false(area_names_kind("download", code));
	assert_false(area_names_kind("ap,apps,APP,,", code));
	assert_false(area_names_kind("", code));
}

static void without_a_soc_there_are_no_regions(void **state)
{
	struct ranges area;

	(void)state;
	assert_false(find("rf", NULL, NULL, NULL, &area));
	assert_int_equal(notes.trouble.kind, TROUBLE_SOC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_wish_it_is_the_whole_flash),
		cmocka_unit_test(nothing_outside_of_the_flash_is_found),
		cmocka_unit_test(regions_are_those_of_the_soc),
		cmocka_unit_test(several_regions_come_in_order_and_joined_where_they_touch),
		cmocka_unit_test(an_unknown_region_is_answered_with_those_that_there_are),
		cmocka_unit_test(regions_behind_the_end_of_a_small_flash_are_not_there),
		cmocka_unit_test(a_range_touches_regions_of_a_kind_of_some_socs),
		cmocka_unit_test(a_kind_is_known_by_the_name_of_its_region),
		cmocka_unit_test(without_a_soc_there_are_no_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
