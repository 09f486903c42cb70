/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protection that is lifted or set for good, without a needless write. */
#include "engine/job_protection.h"

#include "tests/engine/place.h"

static struct protection_job job;

static bool plan(struct place *place, const struct protection_wish *wish)
{
	const struct session_options options = {.restores = true};

	session_close(&place->session);
	notes_begin(&place->notes);
	session_begin(&place->session, &place->notes.observer);
	return protection_plan_job(&job, &place->session, &options, wish);
}

static int end(void **state)
{
	struct place *place = *state;

	session_close(&place->session);
	return place_tear_down(state);
}

/* Even if the run was to put protection back at its end. */
static void what_is_lifted_for_good_is_not_put_back(void **state)
{
	static const enum protection_policy policies[][2] = {{UNPROTECT_RESTORE, UNPROTECT_AUTO},
							     {UNPROTECT_AUTO, UNPROTECT_AUTO},
							     {UNPROTECT_NO, UNPROTECT_NO}};
	const struct protection_wish wish = {.protect = false};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(policies); i++) {
		struct protection *protection;

		assert_true(plan(place, &wish));
		assert_true(job.before.active);
		assert_false(job.wanted.active);
		protection = flash_protection(place->session.flash);
		protection->policy = policies[i][0];
		place->fake.registers_return = true; /* so that the session stays open */
		assert_false(protection_do_job(&job));
		assert_int_equal(place->notes.trouble.kind, TROUBLE_STAYS_PROTECTED);
		assert_int_equal(notes_number(&place->notes, "registers"), place->fake.registers);
		assert_int_equal(protection->policy, policies[i][1]);
	}
}

static void what_is_as_it_should_be_is_not_written(void **state)
{
	const struct protection_wish protect = {.protect = true}, lift = {.protect = false};
	struct place *place = *state;

	place->fake.registers_stay = true; /* a write would fail */
	assert_true(plan(place, &protect));
	assert_true(protection_do_job(&job));
	/* Locks of single blocks are something else, and do not change that. */
	assert_true(plan(place, &protect));
	job.before.by_blocks = true;
	assert_true(protection_do_job(&job));
	place->fake.registers = 0;
	assert_true(plan(place, &lift));
	job.before.by_blocks = true; /* but no lock is set */
	assert_true(protection_do_job(&job));
}

static void locks_of_single_blocks_are_opened_though_no_register_changes(void **state)
{
	const struct protection_wish lift = {.protect = false};
	struct place *place = *state;

	assert_true(plan(place, &lift));
	job.before.by_blocks = true;
	job.wanted = job.before;
	assert_true(protection_do_job(&job));
	assert_false(job.after.active);
	assert_int_equal(place->fake.registers & protection_mask(place->fake.part), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_lifted_for_good_is_not_put_back),
		CASE(what_is_as_it_should_be_is_not_written),
		CASE(locks_of_single_blocks_are_opened_though_no_register_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
