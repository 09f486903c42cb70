/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which stopped job belongs to the connected module, and which process may resume it. */
#include "engine/unfinished.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/engine/place.h"

static struct unfinished unfinished;

/* Leaves a stopped write to module @module, which was to get another application. */
static void leave(unsigned number, unsigned module)
{
	uint8_t *present = place_new_module(module), *wanted = place_new_module(module);

	memset(wanted + PLACE_APP, 0x66, 0x10000);
	place_leave_numbered(number, present, wanted);
	free(wanted);
	free(present);
}

/* Leaves a small job of a different flash: that is enough to make it another module's. */
static void leave_small(unsigned number)
{
	struct journal journal = {.number = number,
				  .command = "restore",
				  .file = "small",
				  .part = "another",
				  .id = "EF 40 15",
				  .size = JOURNAL_SECTOR,
				  .known = {0, JOURNAL_SECTOR}};
	uint8_t wanted[JOURNAL_SECTOR] = {0};

	assert_true(journal_write(&journal, wanted, NULL, NULL));
}

/* A process does not exclude itself with a lock, so another one tries. */
static bool another_can_lock(unsigned number)
{
	pid_t holder, child = fork();
	int status;

	if (child == 0)
		_exit(journal_lock(number, &holder, NULL) >= 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static bool find(struct place *place, const uint8_t *present)
{
	return unfinished_find(&unfinished, &place->session, present, false);
}

static void expect_free_place(unsigned number)
{
	assert_int_equal(unfinished.found, JOURNAL_NONE);
	assert_int_equal(unfinished.journal.number, number);
	assert_true(unfinished.lock >= 0);
	assert_false(another_can_lock(number));
	unfinished_let_go(&unfinished);
	assert_int_equal(unfinished.lock, -1);
	assert_true(another_can_lock(number));
}

static void without_a_stopped_job_the_first_place_is_free_and_nothing_is_read(void **state)
{
	struct place *place = *state;

	assert_true(find(place, NULL));
	expect_free_place(1);
	assert_int_equal(place->fake.calls, 0);
	assert_true(unfinished_find(&unfinished, &place->session, NULL, true));
	assert_int_equal(unfinished.lock, -1);
	assert_int_equal(unfinished.journal.number, 1);
}

static void the_modules_own_is_found_behind_those_of_others(void **state)
{
	struct place *place = *state;

	leave(1, 2);
	leave_small(2);
	leave(4, 1);
	assert_true(find(place, NULL));
	assert_int_equal(unfinished.found, JOURNAL_THERE);
	assert_int_equal(unfinished.journal.number, 4);
	assert_false(another_can_lock(4));
	/* Only that lock is kept, not one on the number that would have been free. */
	for (unsigned number = 1; number <= 3; number++)
		assert_true(another_can_lock(number));
	assert_int_equal(place->notes.warnings, 2);
	assert_mentions(&place->notes, "it is another module's");
	unfinished_let_go(&unfinished);
}

static void those_of_others_are_passed_over(void **state)
{
	struct place *place = *state;

	leave(1, 2);
	assert_true(find(place, NULL));
	expect_free_place(2);
	assert_true(another_can_lock(1));
	assert_int_equal(place->notes.errors, 0);
}

static void what_is_known_of_the_die_is_not_read_again(void **state)
{
	struct place *place = *state;
	uint8_t *present = place_new_module(1);

	leave(1, 1);
	assert_true(find(place, present));
	assert_int_equal(unfinished.found, JOURNAL_THERE);
	unfinished_let_go(&unfinished);
	place_module(present, 3);
	/* Whether it is another module is checked by a second reading, since much depends on it. */
	place_module(place->fake.die, 3);
	assert_true(find(place, present));
	expect_free_place(2);
	assert_in_range(place->fake.bytes[FAKE_PEEK] + place->fake.bytes[FAKE_READ], 1, 0x10000);
	free(present);
}

static void what_only_one_reading_shows_makes_it_no_other_module(void **state)
{
	struct place *place = *state;

	leave(1, 1);
	fake_flip(&place->fake, PLACE_MAC + 5, 2, 1, 1);
	assert_false(find(place, NULL));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_UNSTEADY_READ);
	assert_int_equal(unfinished.lock, -1);
	assert_true(another_can_lock(1));
	assert_true(another_can_lock(2));
}

static void a_die_that_cannot_be_read_is_nobodys(void **state)
{
	struct place *place = *state;

	leave(1, 1);
	place->fake.unreadable = PLACE_APP;
	assert_false(find(place, NULL));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_ADAPTER_GONE);
	assert_true(another_can_lock(1));
}

static void without_calibration_it_may_be_this_module(void **state)
{
	struct place *place = *state;

	leave(1, 2);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_true(find(place, NULL));
	assert_int_equal(unfinished.found, JOURNAL_THERE);
	unfinished_let_go(&unfinished);
}

static void of_two_that_may_be_this_modules_one_has_to_be_named(void **state)
{
	struct place *place = *state;

	leave(1, 1);
	leave(2, 1);
	assert_false(find(place, NULL));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_UNFINISHED);
	assert_mentions(&place->notes, "1: the write of a file; 2: the write of a file");
	assert_int_equal(place->notes.trouble.value_count, 1);
	assert_string_equal(place->notes.trouble.values[0].name, "which");
	assert_true(another_can_lock(2));
	unfinished_let_go(&unfinished);
}

static void a_damaged_one_may_be_any_modules(void **state)
{
	struct place *place = *state;

	leave(1, 2);
	place_put(PLACE_STATE "/journal.json", "{", 1);
	assert_true(find(place, NULL));
	assert_int_equal(unfinished.found, JOURNAL_BAD);
	unfinished_let_go(&unfinished);
	assert_false(unfinished_none(&unfinished, &place->session));
	assert_int_equal(place->notes.errors, 1);
	unfinished_let_go(&unfinished);
}

static void where_all_places_are_taken_nothing_begins(void **state)
{
	struct place *place = *state;

	for (unsigned number = 1; number < JOURNALS_MOST; number++)
		leave_small(number);
	assert_true(find(place, NULL));
	expect_free_place(JOURNALS_MOST);
	leave_small(JOURNALS_MOST);
	assert_false(find(place, NULL));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_UNFINISHED);
	assert_mentions(&place->notes, "too many stopped jobs");
}

static void where_nothing_can_be_locked_nothing_begins(void **state)
{
	struct place *place = *state;
	bool several;

	leave(1, 1);
	assert_int_equal(mkdir(PLACE_STATE "/lock", 0700), 0);
	assert_false(find(place, NULL));
	assert_int_equal(place->notes.errors, 1);
	assert_false(unfinished_take(&unfinished, 1, false, &several, &place->notes.observer));
	assert_int_equal(place->notes.errors, 2);
	assert_true(unfinished_find(&unfinished, &place->session, NULL, true));
	assert_int_equal(unfinished.found, JOURNAL_THERE);
}

/*
 * Stands for another program that works with another adapter. Returns its process, which ends when
 * @end is closed.
 */
static pid_t hold(unsigned number, int *end)
{
	int ready[2], stop[2];
	pid_t holder, child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(stop), 0);
	child = fork();
	if (child == 0) {
		close(stop[1]);
		if (journal_lock(number, &holder, NULL) >= 0 && write(ready[1], "", 1) == 1)
			_exit(read(stop[0], &byte, 1) != 0);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(stop[0]);
	*end = stop[1];
	return child;
}

static void what_another_program_works_on_is_left_to_it(void **state)
{
	struct place *place = *state;
	bool several;
	int end, status;
	pid_t child;
	char pid[40];

	leave(1, 1);
	child = hold(1, &end);
	assert_true(find(place, NULL));
	expect_free_place(2);
	assert_int_equal(place->notes.errors, 0);
	assert_false(unfinished_take(&unfinished, 1, false, &several, &place->notes.observer));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_BUSY_PROGRAM);
	snprintf(pid, sizeof(pid), "(process %ld)", (long)child);
	assert_mentions(&place->notes, pid);
	/* A command that changes nothing may look at it. */
	assert_true(unfinished_take(&unfinished, 1, true, &several, &place->notes.observer));
	assert_int_equal(unfinished.found, JOURNAL_THERE);
	close(end);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void without_a_chip_the_only_one_is_taken_or_the_one_that_is_named(void **state)
{
	struct place *place = *state;
	const struct observer *observer = &place->notes.observer;
	bool several;

	assert_true(unfinished_take(&unfinished, 0, false, &several, observer));
	assert_int_equal(unfinished.found, JOURNAL_NONE);
	assert_false(several);
	unfinished_let_go(&unfinished);
	leave_small(3);
	assert_true(unfinished_take(&unfinished, 0, false, &several, observer));
	assert_false(several);
	assert_int_equal(unfinished.found, JOURNAL_THERE);
	assert_int_equal(unfinished.journal.number, 3);
	assert_false(another_can_lock(3));
	unfinished_let_go(&unfinished);
	leave_small(5);
	assert_true(unfinished_take(&unfinished, 0, false, &several, observer));
	assert_true(several);
	assert_int_equal(unfinished.found, JOURNAL_NONE);
	assert_true(unfinished_take(&unfinished, 5, true, &several, observer));
	assert_false(several);
	assert_int_equal(unfinished.lock, -1);
	assert_int_equal(unfinished.journal.number, 5);
	assert_int_equal(place->notes.errors, 0);
}

static void a_job_that_must_not_begin_says_which_is_unfinished(void **state)
{
	struct place *place = *state;

	assert_true(unfinished_none(&unfinished, &place->session));
	unfinished_let_go(&unfinished);
	leave(1, 2);
	assert_true(unfinished_none(&unfinished, &place->session));
	unfinished_let_go(&unfinished);
	leave(1, 1);
	assert_false(unfinished_none(&unfinished, &place->session));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_UNFINISHED);
	assert_mentions(&place->notes, "a write of a file is not finished; it began 20");
	assert_string_equal(place->notes.trouble.values[0].text, "write");
	unfinished_let_go(&unfinished);
}

static void a_list_names_each_and_the_damaged_ones(void **state)
{
	char text[UNFINISHED_TEXT];

	(void)state;
	assert_string_equal(unfinished_list(text), "");
	leave_small(2);
	leave_small(JOURNALS_MOST);
	assert_string_equal(unfinished_list(text),
			    "2: the restore of small; 16: the restore of small");
	place_put(PLACE_STATE "/journal-2.json", "{", 1);
	assert_string_equal(unfinished_list(text), "2: damaged; 16: the restore of small");
}

/* Outside the file only the calibration was recorded. */
static void of_the_die_what_is_known_is_read_and_its_calibration(void **state)
{
	struct place *place = *state;
	struct journal journal = {.known = {PLACE_APP, 2 * PLACE_SECTOR}, .size = PLACE_SIZE};
	uint8_t *wanted = place_new_module(2), *seen;

	seen = unfinished_read(&place->session, &journal, wanted);
	assert_non_null(seen);
	assert_int_equal(place->fake.bytes[FAKE_READ], 2 * PLACE_SECTOR);
	assert_memory_equal(seen + PLACE_RF, place->fake.die + PLACE_RF, PLACE_SECTOR);
	assert_memory_equal(seen + PLACE_NET, wanted + PLACE_NET, PLACE_SECTOR);
	free(seen);
	place_open(place, true);
	journal.known = (struct range){0, PLACE_SIZE};
	seen = unfinished_read(&place->session, &journal, wanted);
	assert_memory_equal(seen, place->fake.die, PLACE_SIZE);
	assert_int_equal(place->fake.bytes[FAKE_PEEK], 0);
	free(seen);
	journal.known = (struct range){PLACE_APP, PLACE_SECTOR};
	place->fake.unreadable = PLACE_RF + 5;
	assert_null(unfinished_read(&place->session, &journal, wanted));
	free(wanted);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_a_stopped_job_the_first_place_is_free_and_nothing_is_read),
		CASE(the_modules_own_is_found_behind_those_of_others),
		CASE(those_of_others_are_passed_over),
		CASE(what_is_known_of_the_die_is_not_read_again),
		CASE(what_only_one_reading_shows_makes_it_no_other_module),
		CASE(a_die_that_cannot_be_read_is_nobodys),
		CASE(without_calibration_it_may_be_this_module),
		CASE(of_two_that_may_be_this_modules_one_has_to_be_named),
		CASE(a_damaged_one_may_be_any_modules),
		CASE(where_all_places_are_taken_nothing_begins),
		CASE(where_nothing_can_be_locked_nothing_begins),
		CASE(what_another_program_works_on_is_left_to_it),
		CASE(without_a_chip_the_only_one_is_taken_or_the_one_that_is_named),
		CASE(a_job_that_must_not_begin_says_which_is_unfinished),
		CASE(a_list_names_each_and_the_damaged_ones),
		CASE(of_the_die_what_is_known_is_read_and_its_calibration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
