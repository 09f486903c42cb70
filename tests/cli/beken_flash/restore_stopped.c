/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A restore after a stopped write, and a restore that is stopped itself. */
#include <stdlib.h>

#include "engine/journal.h"
#include "tests/engine/place.h"

#define REFUSED 3
#define BACKUP "backup.bin"

#define restore(place, ...) place_run(place, &command_restore, __VA_ARGS__, BACKUP, NULL)
#define restore_all(place) place_run(place, &command_restore, BACKUP, NULL)

/* The firmware is gone; module 1 still has only its own data. */
static void spoil(struct place *place)
{
	memset(place->fake.die, 0x5a, 0x30000);
}

static void a_power_cut_leaves_a_journal_with_the_wanted_content(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *wanted;
	struct journal journal;

	place_put_backup(BACKUP, own);
	spoil(place);
	place->fake.steps = 100;
	assert_int_equal(restore_all(place), 4);
	assert_int_equal(journal_read(&journal, 1, NULL), JOURNAL_THERE);
	assert_string_equal(journal.command, "restore");
	assert_int_equal(journal.known.length, PLACE_SIZE);
	wanted = journal_wanted(&journal, NULL);
	assert_memory_equal(wanted, own, PLACE_SIZE);
	free(wanted);
	/* The first sector, without which the rest does not count, is not written yet. */
	assert_int_equal(place->fake.die[0], 0x5a);
	fake_again(&place->fake);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_false(place_has_journal());
	free(own);
}

static void a_failure_before_the_first_change_leaves_no_journal(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	memcpy(own, place->fake.die, PLACE_SIZE);
	place->fake.interrupt_at = 3; /* the look, the reading, then the write */
	assert_int_equal(restore_all(place), 130);
	assert_false(place_has_journal());
	place_expect_untouched(place, own);
}

static void a_page_that_does_not_take_is_noticed_and_the_journal_stays(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	place->fake.stubborn = 0x12000;
	assert_int_equal(restore_all(place), 4);
	assert_true(place_has_journal());
	/* The first sector was not touched. */
	assert_int_equal(place->fake.die[0], 0x5a);
	free(own);
}

static void bad_news_at_the_end_leave_the_journal(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	place->fake.ends_badly = true;
	assert_int_equal(restore_all(place), 1);
	assert_true(place_has_journal());
	free(own);
}

static void a_stopped_write_to_another_module_is_not_in_the_way_and_stays(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(2);

	place_put_backup(BACKUP, own);
	place_leave_journal(other, other);
	spoil(place);
	assert_int_equal(restore_all(place), 0);
	assert_true(place_has_journal());
	place_expect(place, own);
	free(own);
	free(other);
}

static void a_stopped_write_to_this_module_ends_with_the_whole_and_not_with_a_region(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	place_leave_journal(own, own);
	spoil(place);
	assert_int_equal(restore(place, "--region=net"), REFUSED);
	assert_true(place_has_journal());
	assert_false(fake_changed(&place->fake));
	assert_int_equal(restore_all(place), 0);
	assert_false(place_has_journal());
	place_expect(place, own);
	free(own);
}

static void a_stopped_write_that_is_undone_already_is_forgotten(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	place_leave_journal(own, own);
	assert_int_equal(restore_all(place), 0);
	assert_false(place_has_journal());
	place_expect_untouched(place, own);
}

static void a_damaged_journal_is_in_the_way_of_regions_only(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	place_leave_journal(own, own);
	place_put(PLACE_STATE "/journal.json", "{", 1);
	spoil(place);
	assert_int_equal(restore(place, "--region=net"), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_false(place_has_journal());
	free(own);
}

/*
 * The stopped write has put the other module's MAC there, or this is the other module. So the
 * content is saved.
 */
static void the_old_content_of_a_stopped_clone_comes_back_without_a_question(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(2);

	place_put_backup(BACKUP, own);
	place_leave_journal(own, other);
	memcpy(place->fake.die, other, PLACE_SIZE);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 2);
	free(own);
	free(other);
}

static void without_an_adapter_it_fails(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	place->fake.missing = true;
	assert_int_equal(restore_all(place), 1);
	place_expect_untouched(place, own);
}

static void a_flash_that_cannot_be_read_is_not_written(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	memcpy(own, place->fake.die, PLACE_SIZE);
	place->fake.unreadable = 0x1fffff;
	assert_int_equal(restore_all(place), 1);
	place_expect_untouched(place, own);
}

/* The same where only the calibration distinguishes the modules. */
static void a_stopped_clone_under_a_made_up_mac_comes_back_without_a_question(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(2);

	memset(own + PLACE_MAC + 3, 0, 3);
	memset(other + PLACE_MAC + 3, 0, 3);
	place_put_backup(BACKUP, own);
	place_leave_journal(own, other);
	memcpy(place->fake.die, other, PLACE_SIZE);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 2);
	free(own);
	free(other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_power_cut_leaves_a_journal_with_the_wanted_content),
		CASE(a_failure_before_the_first_change_leaves_no_journal),
		CASE(a_page_that_does_not_take_is_noticed_and_the_journal_stays),
		CASE(bad_news_at_the_end_leave_the_journal),
		CASE(a_stopped_write_to_another_module_is_not_in_the_way_and_stays),
		CASE(a_stopped_write_to_this_module_ends_with_the_whole_and_not_with_a_region),
		CASE(a_stopped_write_that_is_undone_already_is_forgotten),
		CASE(a_damaged_journal_is_in_the_way_of_regions_only),
		CASE(the_old_content_of_a_stopped_clone_comes_back_without_a_question),
		CASE(without_an_adapter_it_fails),
		CASE(a_flash_that_cannot_be_read_is_not_written),
		CASE(a_stopped_clone_under_a_made_up_mac_comes_back_without_a_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
