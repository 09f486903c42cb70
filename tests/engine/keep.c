/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/keep.h"

#include "tests/unit.h"

#define SIZE (2u << 20)

static const struct chipdb_soc soc = {
	.name = "one",
	.rf = 0x1d0000,
	.regions = {{"app", 0x11000, 0x100000, CHIPDB_REGION_APP},
		    {"rf", 0x1d0000, 0x1000, CHIPDB_REGION_RF},
		    {"net", 0x1d1000, 0x2000, CHIPDB_REGION_NET},
		    {"rf-2", 0x1e0000, 0x1000, CHIPDB_REGION_RF},
		    {"tuya", 0x1ed000, 0x13000, CHIPDB_REGION_DATA},
		    {"large", 0x200000, 0x1000, CHIPDB_REGION_RF}},
};
static const struct chipdb_soc other = {
	.name = "other",
	.regions = {{"calibration", 0x1e0000, 0x1000, CHIPDB_REGION_RF},
		    {"the-first", 0x1d0000, 0x1000, CHIPDB_REGION_RF},
		    {"more", 0x1f0000, 0x1000, CHIPDB_REGION_NET}},
};
static const struct chipdb_soc *const socs[] = {&soc, &other};

/* Start addresses of what is kept, as "1d0000 1e0000". */
static const char *kept_text(size_t soc_count, const struct rf *rf, size_t rf_count,
			     struct keep_not without)
{
	static char text[PLAN_KEPT * 8];
	struct plan_kept kept[PLAN_KEPT];
	size_t count = keep_regions(socs, soc_count, rf, rf_count, SIZE, &without, kept);

	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), 8, "%s%x", i ? " " : "",
			 (unsigned)kept[i].range.start);
	return text;
}

static const char *regions_text(size_t soc_count, struct keep_not without)
{
	return kept_text(soc_count, NULL, 0, without);
}

static void what_belongs_to_the_module_stays_if_the_flash_has_it(void **state)
{
	(void)state;
	assert_string_equal(regions_text(1, (struct keep_not){.named = NULL}),
			    "1d0000 1d1000 1e0000 1ed000");
}

static void a_kind_that_is_named_goes(void **state)
{
	(void)state;
	assert_string_equal(regions_text(1, (struct keep_not){.rf = true}), "1d1000 1ed000");
	assert_string_equal(regions_text(1, (struct keep_not){.net = true, .data = true}),
			    "1d0000 1e0000");
}

static void a_region_that_is_named_goes_and_no_other(void **state)
{
	(void)state;
	assert_string_equal(regions_text(1, (struct keep_not){.named = "rf"}),
			    "1d1000 1e0000 1ed000");
	assert_string_equal(regions_text(1, (struct keep_not){.named = "tuya,rf-2,app"}),
			    "1d0000 1d1000");
	assert_string_equal(regions_text(1, (struct keep_not){.named = "r,rf-,ne,"}),
			    "1d0000 1d1000 1e0000 1ed000");
}

static void of_several_socs_the_regions_of_each_stay_once(void **state)
{
	(void)state;
	assert_string_equal(regions_text(2, (struct keep_not){.data = true}),
			    "1d0000 1d1000 1e0000 1f0000");
}

static void calibration_elsewhere_stays_but_in_code_it_is_none(void **state)
{
	const struct rf found[] = {{.offset = 0x1d0000, .length = 512},
				   {.offset = 0x20000, .length = 512},
				   {.offset = 0x1f1000, .length = 512}};

	(void)state;
	assert_string_equal(kept_text(1, found, 3, (struct keep_not){.net = true, .data = true}),
			    "1d0000 1e0000 1f1000");
	assert_string_equal(kept_text(0, found, 3, (struct keep_not){.net = true}),
			    "1d0000 20000 1f1000");
	assert_string_equal(kept_text(1, found, 3, (struct keep_not){.rf = true, .data = true}),
			    "1d1000");
}

/* What ends where code begins, or begins where code ends, does not overlap it. */
static void calibration_beside_code_stays(void **state)
{
	const struct rf found[] = {{.offset = 0x10000, .length = 512},
				   {.offset = 0x111000, .length = 512}};

	(void)state;
	assert_string_equal(kept_text(1, found, 2, (struct keep_not){.net = true, .data = true}),
			    "1d0000 1e0000 10000 111000");
}

/* Code that looks for calibration there would take it for its own. */
static void calibration_of_a_file_is_not_taken_where_the_soc_has_none(void **state)
{
	const struct rf found[] = {{.offset = 0x1d0000, .length = 512},
				   {.offset = 0x1f1000, .length = 512},
				   {.offset = 0x180000, .length = 512},
				   {.offset = SIZE, .length = 512}};
	const struct keep_not nothing = {.named = NULL}, rf = {.rf = true};
	struct plan_kept kept[PLAN_KEPT];
	size_t count = keep_regions(socs, 1, NULL, 0, SIZE, &nothing, kept);

	(void)state;
	assert_int_equal(keep_calibration(socs, 1, found, 4, SIZE, &nothing, kept, count),
			 count + 1);
	assert_int_equal(kept[count].range.start, 0x180000);
	assert_int_equal(keep_calibration(socs, 1, found, 4, SIZE, &rf, kept, count), count);
}

static const char *settings_text(struct keep_not without)
{
	static const struct settings found[] = {
		{SETTINGS_OPENBEKEN, 0x1c0000, 0x1000},	 {SETTINGS_TUYA, 0x1c8000, 0x13000},
		{SETTINGS_TUYA, 0x20000, 0x13000},  /* in code */
		{SETTINGS_TUYA, 0x1ee000, 0x12000}, /* in the region for settings */
		{SETTINGS_OPENBEKEN, SIZE, 0x1000}, /* past the end of the flash */
		{SETTINGS_TUYA, 0x1dc000, 0x13000}, /* in the place where others have calibration */
		{SETTINGS_TUYA, SIZE - 0x1000, 0x13000},
	};
	static char text[80];
	struct plan_kept kept[PLAN_KEPT];
	size_t regions =
		keep_regions(socs, 1, NULL, 0, SIZE, &(struct keep_not){.named = NULL}, kept);
	size_t count =
		keep_settings(socs, 1, found, COUNT_OF(found), SIZE, &without, kept, regions);

	text[0] = '\0';
	for (size_t i = regions; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%x+%x ",
			 (unsigned)kept[i].range.start, (unsigned)kept[i].range.length);
	return text;
}

static void settings_elsewhere_stay_up_to_what_lies_behind_them(void **state)
{
	(void)state;
	assert_string_equal(settings_text((struct keep_not){.named = NULL}),
			    "1c0000+1000 1c8000+8000 1dc000+13000 ");
	assert_string_equal(settings_text((struct keep_not){.data = true}), "1c0000+1000 ");
	assert_string_equal(settings_text((struct keep_not){.net = true}),
			    "1c8000+8000 1dc000+13000 ");
}

/* One SoC may have settings where the other has code. */
static void what_is_kept_for_one_soc_may_be_code_of_another(void **state)
{
	static const struct chipdb_soc odd = {
		.name = "odd", .regions = {{"settings", 0x20000, 0x1000, CHIPDB_REGION_NET}}};
	const struct chipdb_soc *const both[] = {&odd, &soc};
	struct plan_kept kept[PLAN_KEPT];
	size_t count =
		keep_regions(both, 2, NULL, 0, SIZE, &(struct keep_not){.named = NULL}, kept);

	(void)state;
	assert_int_equal(kept[0].range.start, 0x20000);
	/* Nothing differs there yet, so nothing would be lost. */
	assert_false(keep_contradicts(both, 2, kept, count));
	kept[0].differs = true;
	assert_true(keep_contradicts(both, 2, kept, count));
	assert_false(keep_contradicts(both, 1, kept, count));
	kept[0].differs = false;
	kept[1].differs = true;
	assert_false(keep_contradicts(both, 2, kept, count));
}

static void long_calibration_stays_to_its_end(void **state)
{
	const struct rf found[] = {{.offset = 0x1f1000, .length = RF_ALIGNMENT + 1},
				   {.offset = SIZE - 0x1000, .length = RF_ALIGNMENT + 1}};
	struct plan_kept kept[PLAN_KEPT];
	size_t count =
		keep_regions(socs, 0, found, 2, SIZE, &(struct keep_not){.named = NULL}, kept);

	(void)state;
	assert_int_equal(count, 1); /* the other one would end past the end of the flash */
	assert_int_equal(kept[0].range.length, 2 * RF_ALIGNMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_belongs_to_the_module_stays_if_the_flash_has_it),
		cmocka_unit_test(a_kind_that_is_named_goes),
		cmocka_unit_test(a_region_that_is_named_goes_and_no_other),
		cmocka_unit_test(of_several_socs_the_regions_of_each_stay_once),
		cmocka_unit_test(calibration_elsewhere_stays_but_in_code_it_is_none),
		cmocka_unit_test(calibration_beside_code_stays),
		cmocka_unit_test(calibration_of_a_file_is_not_taken_where_the_soc_has_none),
		cmocka_unit_test(settings_elsewhere_stay_up_to_what_lies_behind_them),
		cmocka_unit_test(what_is_kept_for_one_soc_may_be_code_of_another),
		cmocka_unit_test(long_calibration_stays_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
