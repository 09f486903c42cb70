/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of one user that were stopped on several modules. */
#include <stdlib.h>

#include "engine/journal.h"
#include "tests/engine/place.h"

#define REFUSED 3
#define FILE_NAME "new"
#define SIZE 0x8000u

#define write(place)                                                                               \
	place_run(place, &command_write, "--at=0x140000", "--force=not-an-image,blank",            \
		  "--no-backup", FILE_NAME, NULL)
#define resume(place) place_run(place, &command_resume, NULL)
#define resume_with(place, ...) place_run(place, &command_resume, __VA_ARGS__, NULL)

#define SECOND PLACE_STATE "/journal-2.json"

/* Connects this module. */
static void connect(struct place *place, unsigned module)
{
	fake_again(&place->fake);
	place_module(place->fake.die, module);
}

static uint8_t *after(unsigned module)
{
	uint8_t *wanted = place_new_module(module);

	memset(wanted + 0x140000, 0x44, SIZE);
	return wanted;
}

/* A write during which the power fails; *@half, to be freed, is the content afterwards. */
static uint8_t *stop_write(struct place *place, unsigned module)
{
	uint8_t *half = malloc(PLACE_SIZE), file[SIZE];

	memset(file, 0x44, sizeof(file));
	place_put(FILE_NAME, file, sizeof(file));
	connect(place, module);
	place->fake.steps = 20;
	assert_int_equal(write(place), 4);
	memcpy(half, place->fake.die, PLACE_SIZE);
	fake_again(&place->fake);
	return half;
}

static void another_module_can_be_written_at_once_and_each_is_resumed(void **state)
{
	struct place *place = *state;
	uint8_t *half[] = {stop_write(place, 1), stop_write(place, 2)};

	assert_true(place_has_journal());
	assert_true(place_has(SECOND));
	connect(place, 3);
	assert_int_equal(write(place), 0);
	assert_non_null(strstr(place->output, "another module's"));
	for (unsigned i = 2; i > 0; i--) {
		uint8_t *wanted = after(i);

		fake_again(&place->fake);
		memcpy(place->fake.die, half[i - 1], PLACE_SIZE);
		/* Refused until the stopped job is finished. */
		assert_int_equal(write(place), REFUSED);
		place_expect(place, half[i - 1]);
		assert_int_equal(resume(place), 0);
		place_expect(place, wanted);
		free(half[i - 1]);
		free(wanted);
	}
	assert_false(place_has_journal());
	assert_false(place_has(SECOND));
	assert_int_equal(place_count(".bin"), 0);
}

static void a_module_of_which_none_was_stopped_is_told_which_were(void **state)
{
	struct place *place = *state;

	free(stop_write(place, 1));
	free(stop_write(place, 2));
	connect(place, 3);
	assert_int_equal(resume(place), REFUSED);
	assert_non_null(strstr(place->output, "1: the write of new; 2: the write of new"));
	place_expect_untouched(place, place_new_module(3));
}

static void of_several_one_is_forgotten_by_its_number(void **state)
{
	struct place *place = *state;

	free(stop_write(place, 1));
	free(stop_write(place, 2));
	assert_int_equal(resume_with(place, "--forget"), REFUSED);
	assert_int_equal(resume_with(place, "--forget", "--journal=17"), 2);
	assert_int_equal(resume_with(place, "--forget", "--journal=2"), 0);
	assert_true(place_has_journal());
	assert_false(place_has(SECOND));
	assert_int_equal(resume_with(place, "--forget"), 0);
	assert_false(place_has_journal());
}

/* Nothing distinguishes it from other modules, so it may be any of them. */
static void a_module_without_calibration_may_be_the_one_that_was_stopped(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	free(stop_write(place, 1));
	memset(own + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(place->fake.die, own, PLACE_SIZE);
	assert_int_equal(write(place), REFUSED);
	place_expect_untouched(place, own);
}

static void where_two_may_be_meant_the_number_says_which(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(1), *seen;

	memset(own + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(other, own, PLACE_SIZE);
	memset(own + 0x140000, 0x44, SIZE);
	memset(other + 0x140000, 0x55, SIZE);
	place_leave_numbered(1, own, own);
	place_leave_numbered(2, other, other);
	seen = place_new_module(1);
	memset(seen + PLACE_RF, 0xff, PLACE_SECTOR);
	memset(seen + 0x140000, 0xff, SIZE);
	memcpy(place->fake.die, seen, PLACE_SIZE);
	assert_int_equal(resume(place), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(resume_with(place, "--journal=2"), 0);
	place_expect(place, other);
	assert_true(place_has_journal());
	assert_false(place_has(SECOND));
	free(seen);
	free(other);
	free(own);
}

static void one_wrong_reading_of_the_mac_makes_it_no_other_module(void **state)
{
	struct place *place = *state;
	uint8_t *half = stop_write(place, 1);

	memcpy(place->fake.die, half, PLACE_SIZE);
	for (unsigned reading = 1; reading <= 6; reading++) {
		fake_again(&place->fake);
		fake_flip(&place->fake, PLACE_MAC + 5, 1, reading, reading);
		assert_int_not_equal(write(place), 0);
		place_expect(place, half);
	}
	free(half);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(another_module_can_be_written_at_once_and_each_is_resumed),
		CASE(a_module_of_which_none_was_stopped_is_told_which_were),
		CASE(of_several_one_is_forgotten_by_its_number),
		CASE(a_module_without_calibration_may_be_the_one_that_was_stopped),
		CASE(where_two_may_be_meant_the_number_says_which),
		CASE(one_wrong_reading_of_the_mac_makes_it_no_other_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
