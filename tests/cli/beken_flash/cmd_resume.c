/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On which module a stopped job may be resumed; write_stopped.c tests how it is resumed. */
#include <stdlib.h>

#include "tests/engine/place.h"

#define REFUSED 3
#define MADE_UP (PLACE_MAC + 3) /* three bytes that are 0 in a MAC that the firmware made up */

#define resume_with(place, ...) place_run(place, &command_resume, __VA_ARGS__, NULL)
#define resume(place) place_run(place, &command_resume, NULL)

/* A stopped job of module 1: the application was being overwritten, and one sector is done. */
static uint8_t *begin(struct place *place)
{
	uint8_t *own = place_new_module(1), *wanted = place_new_module(1);

	memset(wanted + PLACE_APP, 0x66, 0x10000);
	place_leave_journal(own, wanted);
	memset(place->fake.die + PLACE_APP, 0xff, PLACE_SECTOR);
	free(own);
	return wanted;
}

static void without_a_journal_there_is_nothing_to_do(void **state)
{
	struct place *place = *state;

	assert_int_equal(resume(place), REFUSED);
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, place_new_module(1));
}

static void the_module_becomes_what_was_wanted(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place);

	assert_int_equal(resume(place), 0);
	place_expect(place, wanted);
	assert_false(place_has_journal());
	assert_null(strstr(place->output, "was not to change"));
	assert_null(strstr(place->output, "were not read before"));
	free(wanted);
}

static void what_was_written_since_is_not_overwritten_unless_it_is_wished(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place), *newer = place_new_module(1);

	/* By flashrom, for example, which knows of no journal. */
	memset(newer + PLACE_APP, 0x77, 0x20000);
	memcpy(place->fake.die, newer, PLACE_SIZE);
	assert_int_equal(resume(place), REFUSED);
	assert_non_null(strstr(place->output, "--yes=newer-content"));
	assert_non_null(strstr(place->output, "resume --forget"));
	assert_true(place_has_journal());
	place_expect_untouched(place, newer);
	assert_int_equal(resume_with(place, "--yes=newer-content"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void settings_of_since_stay_and_what_a_stray_command_hit_comes_back(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place);

	memset(place->fake.die + PLACE_TUYA, 0x5a, PLACE_SECTOR);
	memset(wanted + PLACE_TUYA, 0x5a, PLACE_SECTOR);
	memset(place->fake.die + 0x8000, 0xff, PLACE_SECTOR);
	assert_int_equal(resume(place), 0);
	assert_non_null(strstr(place->output, "4 KiB that the write was not to change"));
	place_expect(place, wanted);
	free(wanted);
}

static void another_module_is_left_alone_until_it_is_wished(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place);

	place_module(place->fake.die, 2);
	assert_int_equal(resume(place), REFUSED);
	assert_true(place_has_journal());
	place_expect_untouched(place, place_new_module(2));
	assert_int_equal(resume_with(place, "--yes=other-module"), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void another_calibration_under_a_made_up_mac_is_another_module(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	place_module(content, 2);
	memset(content + MADE_UP, 0, 3);
	memcpy(place->fake.die, content, PLACE_SIZE);
	assert_int_equal(resume(place), REFUSED);
	place_expect_untouched(place, content);
}

static void one_wrong_reading_of_the_mac_makes_it_no_other_module(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	memcpy(content, place->fake.die, PLACE_SIZE);
	fake_flip(&place->fake, PLACE_MAC + 5, 1, 1, 1);
	assert_int_equal(resume(place), 1);
	assert_true(place_has_journal());
	place_expect_untouched(place, content);
}

static void another_flash_is_another_module(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	memcpy(content, place->fake.die, PLACE_SIZE);
	place->fake.part = chipdb_part_by_name("GD25Q16B");
	assert_int_equal(resume(place), REFUSED);
	place_expect_untouched(place, content);
}

/* A bootloader tells no ID; the journal knows the calibration. */
static void where_no_id_is_told_a_module_is_another_one_without_the_calibration(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place), *other = place_new_module(2);

	place->fake.only_size = true;
	for (uint32_t i = 0; i < PLACE_SIZE; i++)
		other[i] = (uint8_t)(i * 7 + i / 251 + 1);
	memcpy(place->fake.die, other, PLACE_SIZE);
	assert_int_equal(resume(place), REFUSED);
	assert_non_null(strstr(place->output, "has a different calibration"));
	place_expect_untouched(place, other);
	assert_true(place_has_journal());
	free(wanted);
}

static void a_flash_of_another_size_is_refused_even_by_wish(void **state)
{
	struct place *place = *state;

	free(begin(place));
	for (size_t i = 0; i < chipdb_part_count; i++)
		if (chipdb_parts[i].size == PLACE_SIZE / 2)
			place->fake.part = &chipdb_parts[i];
	assert_int_equal(place->fake.part->size, PLACE_SIZE / 2);
	assert_int_equal(resume_with(place, "--yes=other-module"), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_true(place_has_journal());
}

static void a_wanted_content_that_was_changed_is_not_written(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);
	char path[256];

	assert_true(place_find(PLACE_STATE, "wanted-", path, sizeof(path)));
	place_put(path, content, PLACE_SIZE - 1);
	memcpy(content, place->fake.die, PLACE_SIZE);
	assert_int_equal(resume(place), 3);
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, content);
}

static void a_damaged_journal_is_no_reason_to_write_anything(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	memcpy(content, place->fake.die, PLACE_SIZE);
	place_put(PLACE_STATE "/journal.json", "{}", 2);
	assert_int_equal(resume(place), 3);
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, content);
}

static void what_is_forgotten_leaves_neither_journal_nor_content(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);
	char path[256];

	memcpy(content, place->fake.die, PLACE_SIZE);
	assert_int_equal(resume_with(place, "--forget", "--dry-run"), 2);
	assert_true(place_has_journal());
	assert_int_equal(resume_with(place, "--forget"), 0);
	assert_false(place_has_journal());
	assert_false(place_find(PLACE_STATE, "wanted-", path, sizeof(path)));
	assert_int_equal(place->fake.opened, 0);
	place_expect_untouched(place, content);
}

static void a_second_power_cut_leaves_the_journal_for_a_third_try(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = begin(place);

	place->fake.steps = 50;
	assert_int_equal(resume(place), 4);
	assert_true(place_has_journal());
	fake_again(&place->fake);
	assert_int_equal(resume(place), 0);
	place_expect(place, wanted);
	free(wanted);
}

static void a_failure_before_the_first_change_leaves_the_journal(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	memcpy(content, place->fake.die, PLACE_SIZE);
	place->fake.unreadable = 0;
	assert_int_equal(resume(place), 1);
	assert_true(place_has_journal());
	place_expect_untouched(place, content);
}

static void a_dry_run_tells_what_is_missing_and_changes_nothing(void **state)
{
	struct place *place = *state;
	uint8_t *content = begin(place);

	memcpy(content, place->fake.die, PLACE_SIZE);
	assert_int_equal(resume_with(place, "--dry-run", "--json"), 0);
	assert_non_null(strstr(place->output, "\"changed_bytes\": 65536"));
	assert_true(place_has_journal());
	place_expect_untouched(place, content);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_a_journal_there_is_nothing_to_do),
		CASE(the_module_becomes_what_was_wanted),
		CASE(what_was_written_since_is_not_overwritten_unless_it_is_wished),
		CASE(settings_of_since_stay_and_what_a_stray_command_hit_comes_back),
		CASE(another_module_is_left_alone_until_it_is_wished),
		CASE(another_calibration_under_a_made_up_mac_is_another_module),
		CASE(one_wrong_reading_of_the_mac_makes_it_no_other_module),
		CASE(another_flash_is_another_module),
		CASE(where_no_id_is_told_a_module_is_another_one_without_the_calibration),
		CASE(a_flash_of_another_size_is_refused_even_by_wish),
		CASE(a_wanted_content_that_was_changed_is_not_written),
		CASE(a_damaged_journal_is_no_reason_to_write_anything),
		CASE(what_is_forgotten_leaves_neither_journal_nor_content),
		CASE(a_second_power_cut_leaves_the_journal_for_a_third_try),
		CASE(a_failure_before_the_first_change_leaves_the_journal),
		CASE(a_dry_run_tells_what_is_missing_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
