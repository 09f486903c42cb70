/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job.h"

#include <stdlib.h>

#include "tests/engine/place.h"

/* Figures of a CH341A. */
static const struct die_cost cost = {.ns_per_byte = 7320,
				     .ns_per_known_byte = 7320,
				     .ns_per_erased_byte = 7320,
				     .us_per_read = 240,
				     .us_per_program = 269,
				     .us_per_erase = 240};

/* Sectors that differ; the first of them is written last. */
#define FIRST 0x12000u
#define SECOND 0x40000u
#define BOOT 0x2000u

struct written {
	struct place *place;
	uint8_t *own, *wanted;
	struct plan plan;
	struct job job;
};

static int set_up(void **state)
{
	struct written *work = calloc(1, sizeof(*work));
	void *place;

	place_set_up(&place);
	work->place = place;
	work->own = place_new_module(1);
	work->wanted = place_new_module(1);
	memset(work->own + SECOND, 5, 2 * PLACE_SECTOR);
	memcpy(work->place->fake.die, work->own, PLACE_SIZE);
	memset(work->wanted + FIRST, 1, 256);
	memset(work->wanted + SECOND, 2, 2 * PLACE_SECTOR);
	assert_true(plan_make_whole(&work->plan, work->place->fake.part, &cost, work->own,
				    work->wanted));
	work->job = (struct job){
		.session = &work->place->session, .plan = &work->plan, .present = work->own};
	work->job.journal.known = (struct range){0, PLACE_SIZE};
	work->job.journal.number = 1;
	strcpy(work->job.journal.command, "write");
	*state = work;
	return 0;
}

static int tear_down(void **state)
{
	struct written *work = *state;
	void *place = work->place;

	work->place->is_open = false; /* job_run() closes it */
	plan_free(&work->plan);
	free(work->own);
	free(work->wanted);
	free(work);
	return place_tear_down(&place);
}

static void the_die_becomes_what_is_wanted_and_the_journal_goes(void **state)
{
	struct written *work = *state;

	assert_true(job_run(&work->job));
	place_expect(work->place, work->wanted);
	assert_false(place_has_journal());
	assert_int_equal(work->place->fake.closed, 1);
}

static void what_makes_the_rest_count_comes_last(void **state)
{
	struct written *work = *state;

	assert_true(job_run(&work->job));
	assert_int_equal(fake_count(&work->place->fake, FAKE_WRITE), 2);
	assert_int_equal(fake_nth(&work->place->fake, FAKE_WRITE, 0)->range.start, SECOND);
	assert_int_equal(fake_nth(&work->place->fake, FAKE_WRITE, 1)->range.start, FIRST);
	/* Only sectors that differ are erased. */
	assert_int_equal(work->place->fake.bytes[FAKE_SECTOR], 3 * PLACE_SECTOR);
}

/* Also where something between them stays. */
static void of_several_sectors_in_the_first_block_the_first_page_comes_last(void **state)
{
	struct written *work = *state;
	struct fake_flash *fake = &work->place->fake;
	size_t pages;

	plan_free(&work->plan);
	memcpy(work->wanted + FIRST, work->own + FIRST, PLACE_SECTOR);
	memset(work->wanted + BOOT, 1, PLACE_SECTOR);
	memset(work->wanted + BOOT + 3 * PLACE_SECTOR, 3, PLACE_SECTOR);
	assert_true(plan_make_whole(&work->plan, fake->part, &cost, work->own, work->wanted));
	assert_true(job_run(&work->job));
	place_expect(work->place, work->wanted);
	pages = fake_count(fake, FAKE_PROGRAM);
	assert_int_equal(pages, 4 * PLACE_SECTOR / 256);
	assert_int_equal(fake_nth(fake, FAKE_PROGRAM, 0)->range.start, SECOND);
	assert_int_equal(fake_nth(fake, FAKE_PROGRAM, pages - 2)->range.start,
			 BOOT + 4 * PLACE_SECTOR - 256);
	assert_int_equal(fake_nth(fake, FAKE_PROGRAM, pages - 1)->range.start, BOOT);
}

static unsigned begun, ended;

static void on_phase(void *data, const char *name, const struct work *work)
{
	(void)data, (void)work;
	begun += name != NULL;
	ended += name == NULL;
}

/* Of a phase that does not end, the last figures would stay on the screen for ever. */
static void each_phase_that_begins_ends(void **state)
{
	struct written *work = *state;

	begun = ended = 0;
	work->place->notes.observer.phase = on_phase;
	assert_true(job_run(&work->job));
	assert_int_equal(begun, 1);
	assert_int_equal(ended, 1);
}

static void of_one_that_fails_too(void **state)
{
	struct written *work = *state;

	begun = ended = 0;
	work->place->notes.observer.phase = on_phase;
	work->place->fake.steps = 5;
	assert_false(job_run(&work->job));
	assert_int_equal(begun, 1);
	assert_int_equal(ended, 1);
}

static void the_journal_says_what_and_whose(void **state)
{
	struct written *work = *state;
	struct journal found;
	uint8_t *wanted;

	work->place->fake.steps = 0;
	assert_false(job_run(&work->job));
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	assert_string_equal(found.command, "write");
	assert_string_equal(found.part, "TH25Q16HB");
	assert_string_equal(found.id, "EB 60 15");
	assert_int_equal(found.size, PLACE_SIZE);
	assert_string_equal(found.mac, place_mac(1));
	assert_string_equal(found.wanted_mac, place_mac(1));
	assert_int_equal(found.calibration_count, 1);
	wanted = journal_wanted(&found, NULL);
	assert_memory_equal(wanted, work->wanted, PLACE_SIZE);
	free(wanted);
}

static void whatever_is_stopped_after_a_change_leaves_the_journal(void **state)
{
	struct written *work = *state;

	work->place->fake.steps = 20;
	assert_false(job_run(&work->job));
	assert_true(place_has_journal());
	assert_memory_equal(work->place->fake.die + FIRST, work->own + FIRST, PLACE_SECTOR);
	assert_int_equal(session_trouble(&work->place->session)->die, DIE_HALF);
	assert_non_null(session_unfinished(&work->place->session));
}

static void a_failure_before_the_first_change_leaves_none(void **state)
{
	struct written *work = *state;

	work->place->fake.interrupt_at = 1;
	assert_false(job_run(&work->job));
	assert_int_equal(session_trouble(&work->place->session)->die, DIE_UNTOUCHED);
	assert_null(session_unfinished(&work->place->session));
	assert_false(place_has_journal());
	assert_false(fake_changed(&work->place->fake));
}

static void of_a_die_that_was_half_written_already_the_journal_stays(void **state)
{
	struct written *work = *state;

	work->job.unfinished = true;
	work->place->fake.interrupt_at = 1;
	assert_false(job_run(&work->job));
	assert_true(place_has_journal());
}

static void where_no_journal_can_be_made_nothing_is_written(void **state)
{
	struct written *work = *state;

	setenv("XDG_STATE_HOME", "/dev/null", 1);
	assert_false(job_run(&work->job));
	assert_false(fake_changed(&work->place->fake));
	place_expect(work->place, work->own);
}

static void bad_news_at_the_end_leave_the_journal(void **state)
{
	struct written *work = *state;

	work->place->fake.ends_badly = true;
	assert_false(job_run(&work->job));
	assert_true(place_has_journal());
	place_expect(work->place, work->wanted);
}

static void protection_is_remembered_before_it_is_lifted(void **state)
{
	struct written *work = *state;
	struct journal found;

	work->job.journal.protect = true;
	work->place->fake.steps = 5;
	assert_false(job_run(&work->job));
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	assert_true(found.protect);
	assert_int_equal(found.registers, work->place->fake.part->firmware_sr);
}

static void one_that_goes_on_puts_back_what_the_first_one_found(void **state)
{
	struct written *work = *state;

	work->job.journal.protect = work->job.goes_on = work->job.unfinished = true;
	work->job.journal.registers = work->place->fake.part->firmware_sr;
	work->place->fake.registers = 0x8000; /* not a protection bit */
	assert_true(job_run(&work->job));
	assert_int_equal(work->place->fake.registers, work->place->fake.part->firmware_sr | 0x8000);
}

static void registers_that_cannot_be_read_or_set_are_no_success(void **state)
{
	struct written *work = *state;

	work->job.journal.protect = work->job.goes_on = work->job.unfinished = true;
	work->job.journal.registers = work->place->fake.part->firmware_sr;
	work->place->fake.registers_unread = true;
	assert_false(job_run(&work->job));
	assert_true(place_has_journal());
}

static void nothing_to_write_is_a_success(void **state)
{
	struct written *work = *state;

	plan_free(&work->plan);
	assert_true(
		plan_make_whole(&work->plan, work->place->fake.part, &cost, work->own, work->own));
	assert_true(job_run(&work->job));
	assert_false(place_has_journal());
	assert_false(fake_changed(&work->place->fake));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_die_becomes_what_is_wanted_and_the_journal_goes),
		CASE(what_makes_the_rest_count_comes_last),
		CASE(of_several_sectors_in_the_first_block_the_first_page_comes_last),
		CASE(each_phase_that_begins_ends),
		CASE(of_one_that_fails_too),
		CASE(the_journal_says_what_and_whose),
		CASE(whatever_is_stopped_after_a_change_leaves_the_journal),
		CASE(a_failure_before_the_first_change_leaves_none),
		CASE(of_a_die_that_was_half_written_already_the_journal_stays),
		CASE(where_no_journal_can_be_made_nothing_is_written),
		CASE(bad_news_at_the_end_leave_the_journal),
		CASE(protection_is_remembered_before_it_is_lifted),
		CASE(one_that_goes_on_puts_back_what_the_first_one_found),
		CASE(registers_that_cannot_be_read_or_set_are_no_success),
		CASE(nothing_to_write_is_a_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
