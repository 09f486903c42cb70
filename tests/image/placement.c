/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/image/make.h"
#include "image/placement.h"

#define FLASH 0x200000u

static struct image image;
static struct placement placement;

/* Frees the bytes. */
static bool place(struct bytes bytes, const char *soc, size_t flash_size, size_t wish)
{
	const struct chipdb_soc *known = soc ? chipdb_soc_by_name(soc) : NULL;
	const struct target target = make_target(known, NULL);
	bool good;

	assert_true(image_identify(bytes.data, bytes.size, &image));
	free_bytes(bytes);
	good = placement_find(&image, known, known ? &target : NULL, flash_size, wish, &placement);
	assert_int_equal(good, placement.refusal_count == 0);
	return good;
}

static void assert_refused(enum placement_refusal why)
{
	if (!placement_refuses(&placement, why))
		fail_msg("not refused as %s, but %s", placement_refusal_name(why),
			 placement.refusal_count ? placement.refusals[0].text : "not at all");
}

static void genuine_files_go_where_they_belong(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_soc_count; i++) {
		const char *soc = chipdb_socs[i].name;
		struct recipe recipe = recipe_for(soc);

		if (!makes_bootloader(&chipdb_socs[i]))
			continue;
		for (unsigned known = 0; known < 2; known++) {
			const char *name = known ? soc : NULL;

			assert_true(place(make_qio(&recipe), name, FLASH, PLACEMENT_ANYWHERE));
			assert_int_equal(placement.address, 0);
			assert_int_equal(placement.length, app_end_of(soc));
			assert_int_equal(placement.soc_checked, known);
			assert_true(place(make_qio(&recipe), name, 2 * FLASH, 0));
			assert_true(place(make_app(&recipe), name, FLASH, PLACEMENT_ANYWHERE));
			assert_int_equal(placement.address, APP);
			assert_true(place(make_app(&recipe), name, FLASH, APP));
			assert_true(place(make_bootloader(&recipe), name, FLASH, 0));
			assert_false(placement.identity);
			assert_true(place(make_dump(&recipe, FLASH), name, FLASH, 0));
			assert_true(placement.identity);
		}
	}
}

static void a_rotated_dump_is_to_be_turned(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");
	struct bytes dump = make_dump(&recipe, FLASH), rotated = make_rotated(dump, APP), back;

	(void)state;
	assert_true(
		place(make_copy(rotated, 0, rotated.size), "BK7231T", FLASH, PLACEMENT_ANYWHERE));
	assert_int_equal(placement.address, 0);
	assert_int_equal(placement.rotation, FLASH - APP);
	back = make_rotated(rotated, placement.rotation);
	assert_memory_equal(back.data, dump.data, dump.size);
	free_bytes(back);
	free_bytes(rotated);
	free_bytes(dump);
}

static void an_application_at_0_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");

	(void)state;
	assert_false(place(make_app(&recipe), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_APP_AT_0);
	assert_int_equal(placement.address, APP);
	assert_non_null(strstr(placement.refusals[0].text, "Write it at 0x11000"));
}

static void other_addresses_are_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");

	(void)state;
	assert_false(place(make_qio(&recipe), "BK7231N", FLASH, APP));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
	assert_false(place(make_dump(&recipe, FLASH), "BK7231N", FLASH, 0x1000));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
	assert_false(place(make_app(&recipe), "BK7231N", FLASH, 0x12000));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
}

static void another_soc_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231T");

	(void)state;
	assert_false(place(make_qio(&recipe), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_WRONG_SOC);
	assert_false(placement_refuses(&placement, PLACEMENT_WRONG_KEY));
	assert_false(place(make_app(&recipe), "BK7231N", FLASH, APP));
	assert_refused(PLACEMENT_WRONG_SOC);
	assert_false(place(make_qio(&recipe), "BK7236", FLASH, 0));
	assert_refused(PLACEMENT_WRONG_SOC);
}

static void code_of_the_other_kind_is_refused(void **state)
{
	struct recipe keyed = recipe_for("BK7231N"), plain = recipe_for("BK7231M");

	(void)state;
	assert_false(place(make_qio(&keyed), "BK7231M", FLASH, 0));
	assert_refused(PLACEMENT_WRONG_KEY);
	assert_false(place(make_app(&plain), "BK7231N", FLASH, APP));
	assert_refused(PLACEMENT_WRONG_KEY);
	keyed.plain_app = true;
	assert_false(place(make_qio(&keyed), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_INCONSISTENT);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N"), longer = recipe_for("BK7231U");

	(void)state;
	assert_false(place(make_qio(&recipe), "BK7231N", 0x100000, 0));
	assert_refused(PLACEMENT_TOO_LARGE);
	assert_false(place(make_dump(&recipe, FLASH), "BK7231N", 2 * FLASH, 0));
	assert_refused(PLACEMENT_WRONG_SIZE);
	assert_false(place(make_dump(&recipe, FLASH), "BK7231N", FLASH / 2, 0));
	assert_refused(PLACEMENT_TOO_LARGE);
	assert_true(place(make_app(&longer), NULL, FLASH, APP));
	assert_false(place(make_app(&longer), NULL, 0x130000, APP));
	assert_refused(PLACEMENT_TOO_LARGE);
}

static void a_file_filled_up_with_ff_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio = make_qio(&recipe), app = make_app(&recipe);

	(void)state;
	assert_false(place(make_copy(qio, 0, FLASH), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_PADDED);
	assert_refused(PLACEMENT_TOO_LARGE); /* it would also cover the calibration */
	assert_false(place(make_copy(app, 0, FLASH - APP), "BK7231N", FLASH, APP));
	assert_refused(PLACEMENT_PADDED);
	free_bytes(app);
	free_bytes(qio);
}

static void what_is_cut_or_damaged_is_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio = make_qio(&recipe), dump = make_dump(&recipe, FLASH);

	(void)state;
	assert_false(place(make_copy(qio, 0, qio.size - 30), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_TRUNCATED);
	assert_false(place(make_copy(qio, 0, qio.size - 34), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_UNCONFIRMED);
	assert_false(place(make_copy(dump, 0, 0x1e0000), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_TRUNCATED);
	qio.data[200] ^= 4;
	assert_false(place(qio, "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_DAMAGED);
	memset(dump.data, 0xff, APP);
	assert_false(place(dump, "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_NO_BOOTLOADER);
}

static void other_kinds_are_refused(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");

	(void)state;
	assert_false(place(make_ota(&recipe), "BK7231N", FLASH, PLACEMENT_ANYWHERE));
	assert_refused(PLACEMENT_UPDATE);
	assert_false(place(make_ug(&recipe), NULL, FLASH, APP));
	assert_refused(PLACEMENT_UPDATE);
	assert_false(place(make_bytes(FLASH, 0xff), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_BLANK);
	assert_false(place(make_bytes(0, 0), NULL, FLASH, 0));
	assert_refused(PLACEMENT_NOT_AN_IMAGE);
	assert_false(place(make_bytes(100, 'x'), NULL, FLASH, 0));
	assert_false(place(make_stripped(make_qio(&recipe)), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_UNFRAMED);
}

static void calibration_goes_to_the_socs_place(void **state)
{
	(void)state;
	assert_true(place(make_rf(), "BK7231N", FLASH, PLACEMENT_ANYWHERE));
	assert_int_equal(placement.address, 0x1d0000);
	assert_true(placement.identity);
	assert_true(place(make_rf(), "BK7231T", FLASH, 0x1e0000));
	assert_false(place(make_rf(), "BK7231T", FLASH, 0));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
	assert_false(place(make_rf(), NULL, FLASH, 0x1e0000));
	assert_refused(PLACEMENT_NEEDS_SOC);
	/* BK7238 is known to have calibration in either of two places. */
	assert_true(place(make_rf(), "BK7238", FLASH, 0x1e3000));
	assert_int_equal(placement.address, 0x1e3000);
}

static struct bytes make_settings(void)
{
	struct bytes settings = make_bytes(0x1000, 0xff);

	memcpy(settings.data, "CFG\x55\x03\0\0", 8);
	return settings;
}

static void settings_stay_away_from_code_and_calibration(void **state)
{
	(void)state;
	assert_true(place(make_settings(), "BK7231N", FLASH, 0x1d1000));
	assert_false(place(make_settings(), "BK7231N", FLASH, PLACEMENT_ANYWHERE));
	assert_false(place(make_settings(), "BK7231N", FLASH, 0));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
	assert_false(place(make_settings(), "BK7231N", FLASH, 0x1cf800));
	assert_refused(PLACEMENT_WRONG_ADDRESS);
	assert_false(place(make_settings(), NULL, FLASH, 0x1d1000));
	assert_refused(PLACEMENT_NEEDS_SOC);
	assert_false(place(make_settings(), "BK7231N", FLASH, FLASH));
	assert_refused(PLACEMENT_TOO_LARGE);
}

static void refusals_have_names_that_lead_back(void **state)
{
	(void)state;
	for (enum placement_refusal why = 0; why < PLACEMENT_REFUSAL_KINDS; why++)
		assert_int_equal(placement_refusal_by_name(placement_refusal_name(why)), why);
	assert_int_equal(placement_refusal_by_name("wrong-soc"), PLACEMENT_WRONG_SOC);
	assert_int_equal(placement_refusal_by_name("no-such"), PLACEMENT_REFUSAL_KINDS);
}

/* That both use the stock key is not a reason. */
static void a_wrong_soc_is_refused_with_what_excludes_it(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");

	(void)state;
	assert_false(place(make_app(&recipe), "BK7231T", FLASH, PLACEMENT_ANYWHERE));
	assert_refused(PLACEMENT_WRONG_SOC);
	assert_non_null(strstr(placement.refusals[0].text,
			       "for BK7231N (its application calls itself OpenBK7231N"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genuine_files_go_where_they_belong),
		cmocka_unit_test(a_rotated_dump_is_to_be_turned),
		cmocka_unit_test(an_application_at_0_is_refused),
		cmocka_unit_test(other_addresses_are_refused),
		cmocka_unit_test(another_soc_is_refused),
		cmocka_unit_test(code_of_the_other_kind_is_refused),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(a_file_filled_up_with_ff_is_refused),
		cmocka_unit_test(what_is_cut_or_damaged_is_refused),
		cmocka_unit_test(other_kinds_are_refused),
		cmocka_unit_test(calibration_goes_to_the_socs_place),
		cmocka_unit_test(settings_stay_away_from_code_and_calibration),
		cmocka_unit_test(a_wrong_soc_is_refused_with_what_excludes_it),
		cmocka_unit_test(refusals_have_names_that_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
