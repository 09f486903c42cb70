/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"

#define BEHIND_ALL 0x1f4000u /* in the settings of Tuya's firmware, at the start of a sector */

#define erase(place, ...) place_run(place, &command_erase, __VA_ARGS__, NULL)

static uint8_t *copy_of(const struct place *place)
{
	uint8_t *die = malloc(PLACE_SIZE);

	memcpy(die, place->fake.die, PLACE_SIZE);
	return die;
}

static void a_region_goes_and_nothing_else(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = copy_of(place);

	memset(wanted + PLACE_TUYA, 0xff, 0x13000);
	assert_int_equal(erase(place, "--region=tuya", "--yes", "--json"), 0);
	assert_non_null(strstr(place->output, "\"flash\": \"changed\""));
	place_expect(place, wanted);
	assert_int_equal(place->fake.closed, 1);
	free(wanted);
}

/* Otherwise `resume` would write over what was erased. */
static void a_stopped_job_of_the_module_stands_before_an_erase(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place), *wanted = copy_of(place);

	memset(wanted + PLACE_APP, 0x66, PLACE_SECTOR);
	place_leave_journal(own, wanted);
	assert_int_equal(erase(place, "--region=tuya", "--yes"), 3);
	assert_non_null(strstr(place->output, "is not finished"));
	assert_true(place_has_journal());
	free(wanted);
	place_expect_untouched(place, own);
}

static void all_but_calibration_and_net_goes(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place), *wanted = copy_of(place);

	memset(wanted, 0xff, PLACE_SIZE);
	memcpy(wanted + PLACE_RF, own + PLACE_RF, 0x3000);
	assert_int_equal(erase(place, "--all", "--yes"), 0);
	place_expect(place, wanted);
	free(own);
	free(wanted);
}

static void with_net_and_with_rf_these_go_as_well(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place), *wanted = copy_of(place);

	memset(wanted, 0xff, PLACE_SIZE);
	memcpy(wanted + PLACE_RF, own + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(erase(place, "--all", "--with-net", "--yes"), 0);
	place_expect(place, wanted);
	memset(wanted, 0xff, PLACE_SIZE);
	assert_int_equal(erase(place, "--all", "--with-net", "--with-rf", "--yes"), 0);
	place_expect(place, wanted);
	free(own);
	free(wanted);
}

static void calibration_that_is_found_elsewhere_stays(void **state)
{
	struct place *place = *state;
	uint8_t *wanted;

	memcpy(place->fake.die + BEHIND_ALL, place->fake.die + PLACE_RF, PLACE_SECTOR);
	wanted = copy_of(place);
	memset(wanted + PLACE_TUYA, 0xff, 0x13000);
	memcpy(wanted + BEHIND_ALL, place->fake.die + BEHIND_ALL, PLACE_SECTOR);
	assert_int_equal(erase(place, "--region=tuya", "--yes"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void calibration_is_found_though_one_reading_of_it_is_wrong(void **state)
{
	struct place *place = *state;
	uint8_t *wanted;

	memcpy(place->fake.die + BEHIND_ALL, place->fake.die + PLACE_RF, PLACE_SECTOR);
	fake_flip(&place->fake, BEHIND_ALL, 1, 1, 1);
	wanted = copy_of(place);
	assert_int_equal(erase(place, "--at=0x1f0000", "--size=64K", "--yes"), 0);
	place_expect_range(place, wanted, BEHIND_ALL, PLACE_SECTOR);
	free(wanted);
}

static void a_range_over_the_calibration_leaves_it_out(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = copy_of(place);

	memset(wanted + PLACE_RF - 0x1000, 0xff, 0x1000);
	memset(wanted + PLACE_NET, 0xff, 0x2000);
	assert_int_equal(erase(place, "--at=0x1cf000", "--size=16K", "--yes"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void what_is_all_calibration_is_not_erased(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--at=0x1d0000", "--size=4K", "--yes"), 3);
	place_expect_untouched(place, copy_of(place));
}

static void the_calibration_goes_where_its_region_is_named(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = copy_of(place);

	memset(wanted + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_int_equal(erase(place, "--region=rf", "--yes"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void of_an_unknown_soc_all_places_stay_that_any_has_calibration_in(void **state)
{
	struct place *place = *state;

	memset(place->fake.die, 0, PLACE_SIZE);
	assert_int_equal(erase(place, "--all", "--yes"), 3);
	assert_non_null(strstr(place->output, "--yes=doubtful-content"));
	assert_int_equal(erase(place, "--all", "--yes=doubtful-content"), 0);
	for (size_t i = 0; i < chipdb_soc_count; i++)
		for (size_t j = 0; j < CHIPDB_REGIONS && chipdb_socs[i].regions[j].name; j++) {
			const struct chipdb_region *region = &chipdb_socs[i].regions[j];

			if (region->kind == CHIPDB_REGION_RF && region->start < PLACE_SIZE)
				assert_int_equal(place->fake.die[region->start], 0);
		}
	assert_int_equal(place->fake.die[0], 0xff);
}

/* The rest of each sector is written back. */
static void a_range_may_end_within_sectors(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = copy_of(place);

	memset(wanted + PLACE_TUYA + 10, 0xff, 20);
	assert_int_equal(erase(place, "--at=0x1ed00a", "--size=20", "--yes"), 3);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(erase(place, "--at=0x1ed00a", "--size=20", "--yes=partial-sector"), 0);
	place_expect(place, wanted);
	free(wanted);
}

/* Nothing is lost if the power fails. */
static void a_sector_of_which_the_rest_is_blank_is_not_asked_for(void **state)
{
	struct place *place = *state;
	uint8_t *wanted;

	memset(place->fake.die + 0x1f0800, 0xff, 0x800);
	wanted = copy_of(place);
	memset(wanted + 0x1f0000, 0xff, 0x800);
	assert_int_equal(erase(place, "--at=0x1f0000", "--size=2K", "--yes", "--no-backup"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void what_is_left_of_a_sector_survives_a_bad_reading(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place);

	/* It is read once for the question, and then again for what is written back. */
	fake_flip(&place->fake, 0x1ed100, 1, 2, 2);
	assert_int_equal(
		erase(place, "--at=0x1ed00a", "--size=20", "--yes=partial-sector", "--no-backup"),
		1);
	assert_non_null(strstr(place->output, "two readings differ"));
	place_expect_untouched(place, own);
}

static void the_backup_is_there_before_anything_goes(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place), *saved;

	place->fake.steps = 0;
	assert_int_equal(erase(place, "--region=tuya", "--yes", "--backup=own.bin"), 4);
	saved = place_get("own.bin", PLACE_SIZE);
	assert_memory_equal(saved, own, PLACE_SIZE);
	assert_non_null(strstr(place->output, "erase again, with --no-backup"));
	free(saved);
	free(own);
}

static void a_told_soc_that_the_flash_contradicts_is_refused(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--all", "--soc=BK7231T", "--yes"), 3);
	place_expect_untouched(place, copy_of(place));
}

static void where_nobody_can_answer_yes_has_to_be_said(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--all"), 3);
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, copy_of(place));
}

static void what_to_erase_has_to_be_said(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--yes"), 2);
	assert_int_equal(erase(place, "--all", "--region=tuya", "--yes"), 2);
	assert_int_equal(erase(place, "--at=0", "--yes"), 2);
	assert_int_equal(erase(place, "--at=0", "--size=lots", "--yes"), 2);
	assert_int_equal(erase(place, "--region=nothing", "--yes"), 3);
	place_expect_untouched(place, copy_of(place));
}

static void a_flash_that_cannot_be_read_is_not_erased(void **state)
{
	struct place *place = *state;

	/* Calibration is looked for there. */
	place->fake.unreadable = BEHIND_ALL;
	assert_int_equal(erase(place, "--region=tuya", "--yes"), 1);
	place_expect_untouched(place, copy_of(place));
}

static void an_erase_that_fails_is_told(void **state)
{
	struct place *place = *state;

	place->fake.steps = 3;
	assert_int_equal(erase(place, "--region=tuya", "--yes"), 4);
	fake_again(&place->fake);
	place->fake.ends_badly = true;
	assert_int_equal(erase(place, "--region=tuya", "--yes", "--json"), 1);
	assert_non_null(strstr(place->output, "\"flash\": \"unsure\""));
}

static void the_result_tells_what_went_and_what_stayed(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--at=0x1cf000", "--size=8K", "--yes", "--json"), 0);
	assert_non_null(strstr(place->output,
			       "\"erased\": [{\"start\": 1896448, \"length\": 4096}], \"kept\": "
			       "[{\"start\": 1900544, \"length\": 4096}]"));
}

static void a_dry_run_changes_nothing(void **state)
{
	struct place *place = *state;

	assert_int_equal(erase(place, "--all", "--dry-run", "--with-rf"), 0);
	assert_int_equal(erase(place, "--at=0x1ed00a", "--size=20", "--dry-run"), 0);
	place_expect_untouched(place, copy_of(place));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_region_goes_and_nothing_else),
		CASE(a_stopped_job_of_the_module_stands_before_an_erase),
		CASE(all_but_calibration_and_net_goes),
		CASE(with_net_and_with_rf_these_go_as_well),
		CASE(calibration_that_is_found_elsewhere_stays),
		CASE(calibration_is_found_though_one_reading_of_it_is_wrong),
		CASE(a_range_over_the_calibration_leaves_it_out),
		CASE(what_is_all_calibration_is_not_erased),
		CASE(the_calibration_goes_where_its_region_is_named),
		CASE(of_an_unknown_soc_all_places_stay_that_any_has_calibration_in),
		CASE(a_range_may_end_within_sectors),
		CASE(a_sector_of_which_the_rest_is_blank_is_not_asked_for),
		CASE(what_is_left_of_a_sector_survives_a_bad_reading),
		CASE(the_backup_is_there_before_anything_goes),
		CASE(a_told_soc_that_the_flash_contradicts_is_refused),
		CASE(where_nobody_can_answer_yes_has_to_be_said),
		CASE(what_to_erase_has_to_be_said),
		CASE(a_flash_that_cannot_be_read_is_not_erased),
		CASE(an_erase_that_fails_is_told),
		CASE(the_result_tells_what_went_and_what_stayed),
		CASE(a_dry_run_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
