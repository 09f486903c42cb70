/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/progress.h"

#include "tests/unit.h"

#define KIB 1024u
#define LINE_US_PER_KIB 1000 /* as estimated */

/* A job in reality, which takes other times than were estimated. */
struct course {
	struct progress progress;
	uint64_t now_ms;
};

static void begin(struct course *course, const struct work *work)
{
	progress_begin(&course->progress, work, course->now_ms);
}

/* One transfer that takes @ms; then all of its pieces are reported at once. */
static void transfer(struct course *course, uint64_t ms, enum activity activity, uint32_t piece,
		     unsigned count)
{
	course->now_ms += ms;
	for (unsigned i = 0; i < count; i++)
		progress_advance(&course->progress, activity, piece, course->now_ms);
}

static void assert_left(const struct course *course, uint64_t ms)
{
	uint64_t rate, left_ms;

	assert_true(progress_left(&course->progress, course->now_ms, &rate, &left_ms));
	assert_in_range(left_ms, ms - ms / 20, ms + ms / 20);
}

static bool is_known(const struct course *course)
{
	uint64_t rate, left_ms;

	return progress_left(&course->progress, course->now_ms, &rate, &left_ms);
}

static void read_work(struct work *work, uint32_t kib)
{
	work_add(work, ACTIVITY_READ, 0, (uint64_t)kib * KIB, (uint64_t)kib * LINE_US_PER_KIB);
}

static void a_line_slower_than_estimated_is_measured(void **state)
{
	struct course course = {.now_ms = 1000};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 1024);
	begin(&course, &work);
	for (unsigned done = 64; done < 1024; done += 64) {
		transfer(&course, 128, ACTIVITY_READ, 64 * KIB, 1);
		if (done >= 3 * 64)
			assert_left(&course, 2 * (1024 - done));
	}
	transfer(&course, 128, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, 0);
}

static void the_time_before_the_first_transfer_is_no_rate(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 1024);
	begin(&course, &work);
	assert_false(is_known(&course));
	course.now_ms += 5000;
	transfer(&course, 64, ACTIVITY_READ, 64 * KIB, 1);
	assert_false(is_known(&course));
	transfer(&course, 64, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, 1024 - 128);
}

/* 1 MiB is erased (slower than estimated), programmed and verified, block by block. */
static void each_kind_of_work_has_a_pace_of_its_own(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};
	const uint64_t erase_ms = 600, page_ms = 2, verify_ms = 64;

	(void)state;
	work_add(&work, ACTIVITY_ERASE, 64 * KIB, 1024 * KIB, 16 * 300 * 1000);
	work_add(&work, ACTIVITY_PROGRAM, 0, 1024 * KIB, 4096 * 1000);
	read_work(&work, 1024);
	/* An earlier phase has measured the line's pace. */
	course.progress.pace[0] = (struct progress_pace){.activity = ACTIVITY_READ,
							 .estimated = 1000000,
							 .spent = 1000000,
							 .all_estimated = 1000000};
	course.progress.pace_count = 1;
	begin(&course, &work);
	for (uint64_t block = 0; block < 16; block++) {
		transfer(&course, erase_ms, ACTIVITY_ERASE, 64 * KIB, 1);
		for (unsigned i = 0; i < 16; i++)
			transfer(&course, 16 * page_ms, ACTIVITY_PROGRAM, 256, 16);
		if (block >= 2)
			assert_left(&course,
				    (15 - block) * (erase_ms + 256 * page_ms) + 16 * verify_ms);
	}
	for (uint64_t block = 0; block < 15; block++)
		transfer(&course, verify_ms, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, verify_ms);
}

/* Where many small erases come first, on a host that polls slowly. */
static void short_erases_do_not_tell_how_long_others_take(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_ERASE, 4 * KIB, 64 * KIB, 16 * 50 * 1000);
	work_add(&work, ACTIVITY_ERASE, 64 * KIB, 1024 * KIB, 16 * 300 * 1000);
	begin(&course, &work);
	for (unsigned i = 0; i < 16; i++)
		transfer(&course, 75, ACTIVITY_ERASE, 4 * KIB, 1);
	assert_left(&course, 16 * 300);
	for (unsigned i = 0; i < 4; i++)
		transfer(&course, 400, ACTIVITY_ERASE, 64 * KIB, 1);
	assert_left(&course, 12 * 400);
}

/* flashrom from 1.4 on erases everything, reading each sector back, and then reads everything. */
static void looks_that_nobody_estimated_say_nothing_of_the_readings_that_follow(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_ERASE, 64 * KIB, 1024 * KIB, 16 * 10000);
	read_work(&work, 1024);
	begin(&course, &work);
	for (unsigned i = 0; i < 16; i++) {
		course.now_ms += 27;
		progress_advance(&course.progress, ACTIVITY_ERASE, 64 * KIB, course.now_ms);
		transfer(&course, 0, ACTIVITY_READ, 16, 16);
	}
	transfer(&course, 64, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, 1024 - 64);
}

static void what_one_phase_has_measured_the_next_one_knows(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 256);
	for (unsigned phase = 0; phase < 2; phase++) {
		begin(&course, &work);
		for (unsigned i = 0; i < 4; i++)
			transfer(&course, 3 * 64, ACTIVITY_READ, 64 * KIB, 1);
	}
	begin(&course, &work);
	transfer(&course, 3 * 64, ACTIVITY_READ, 64 * KIB, 1);
	transfer(&course, 3 * 64, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, 2 * 3 * 64);
}

static void pieces_of_one_transfer_may_be_reported_in_two_milliseconds(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 512);
	begin(&course, &work);
	for (unsigned i = 0; i < 4; i++) {
		transfer(&course, 63, ACTIVITY_READ, 4 * KIB, 1);
		transfer(&course, 1, ACTIVITY_READ, 4 * KIB, 15);
	}
	assert_left(&course, 512 - 4 * 64);
}

/* Reading again, and an erase that was not planned. */
static void each_phase_has_a_rate_of_its_own(void **state)
{
	struct course course = {.now_ms = 1000};
	struct work work = {.count = 0};
	uint64_t rate, left_ms;

	(void)state;
	read_work(&work, 64);
	for (unsigned ms = 64; ms <= 256; ms *= 2) {
		begin(&course, &work);
		transfer(&course, ms, ACTIVITY_READ, 64 * KIB, 1);
		assert_true(progress_left(&course.progress, course.now_ms, &rate, &left_ms));
		assert_int_equal(rate, 64 * KIB * 1000 / ms);
		assert_int_equal(left_ms, 0);
		assert_int_equal(course.progress.done, 64 * KIB);
		assert_int_equal(course.progress.total, 64 * KIB);
	}
}

static void only_shorter_readings_are_samples(void **state)
{
	struct course course = {.now_ms = 1000};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 64);
	begin(&course, &work);
	transfer(&course, 1, ACTIVITY_READ, 63, 1);
	assert_int_equal(course.progress.done, 0);
	transfer(&course, 1, ACTIVITY_READ, 64, 1);
	assert_int_equal(course.progress.done, 64);
}

/* Of each sector that flashrom 1.4 has erased; all of it is compared later. */
static void a_sample_of_what_is_known_says_nothing_of_its_pace(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_ERASE, 4096, 64 * 4096, 64 * 4000);
	work_add(&work, ACTIVITY_COMPARE, 0, 64 * 4096, 100000);
	begin(&course, &work);
	for (unsigned i = 0; i < 32; i++) {
		transfer(&course, 4, ACTIVITY_ERASE, 4096, 1);
		transfer(&course, 4, ACTIVITY_COMPARE, 27, 1);
	}
	assert_left(&course, 32 * 8 + 100);
}

static void more_than_was_to_be_done_never_passes_the_end(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 128);
	begin(&course, &work);
	transfer(&course, 300, ACTIVITY_ERASE, 64 * KIB, 1);
	assert_int_equal(course.progress.done, 0);
	for (unsigned i = 0; i < 4; i++)
		transfer(&course, 64, ACTIVITY_READ, 64 * KIB, 1);
	assert_int_equal(course.progress.done, course.progress.total);
	assert_left(&course, 0);
}

/* A bootloader's sum tells of the next one, and a reading of neither. */
static void what_is_compared_has_a_pace_of_its_own(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 1024);
	work_add(&work, ACTIVITY_COMPARE, 0, 1024 * KIB, 100000);
	begin(&course, &work);
	for (unsigned i = 0; i < 8; i++)
		transfer(&course, 128, ACTIVITY_READ, 64 * KIB, 1);
	assert_left(&course, 8 * 128 + 2 * 100);
	for (unsigned i = 0; i < 8; i++)
		transfer(&course, 12, ACTIVITY_COMPARE, 64 * KIB, 1);
	assert_left(&course, 8 * 128 + 8 * 12);
}

/* Of a die whose way does not tell them apart. */
static void what_is_read_twice_is_compared_the_second_time(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 512);
	work_add(&work, ACTIVITY_COMPARE, 0, 512 * KIB, 8 * 32000);
	begin(&course, &work);
	for (unsigned i = 0; i < 8; i++)
		transfer(&course, 64, ACTIVITY_READ, 64 * KIB, 1);
	for (unsigned i = 0; i < 8; i++) {
		assert_left(&course, (uint64_t)(8 - i) * 32);
		transfer(&course, 32, ACTIVITY_READ, 64 * KIB, 1);
	}
	assert_int_equal(course.progress.done, 1024 * KIB);
}

/* A look that waits for the program before it: others will not wait so long. */
static void a_little_of_a_kind_of_work_tells_little(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_PROGRAM, 0, 1024 * KIB, 4096 * 2500);
	work_add(&work, ACTIVITY_COMPARE, 0, 1024 * KIB, 512000);
	begin(&course, &work);
	for (unsigned i = 0; i < 32; i++)
		transfer(&course, 40, ACTIVITY_PROGRAM, 256, 16);
	transfer(&course, 20, ACTIVITY_COMPARE, 4 * KIB, 1);
	transfer(&course, 40, ACTIVITY_PROGRAM, 256, 16);
	assert_left(&course, 224 * 40 + 510);
}

static void a_die_that_becomes_faster_is_followed(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	work_add(&work, ACTIVITY_PROGRAM, 0, 1024 * KIB, 4096 * 4000);
	begin(&course, &work);
	for (unsigned i = 0; i < 8; i++)
		transfer(&course, 64, ACTIVITY_PROGRAM, 256, 16);
	for (unsigned i = 0; i < 24; i++)
		transfer(&course, 40, ACTIVITY_PROGRAM, 256, 16);
	assert_left(&course, 225 * 40);
}

static void what_goes_wrong_once_is_not_expected_again_but_what_often_does_is(void **state)
{
	struct course course = {.now_ms = 0};
	struct work work = {.count = 0};

	(void)state;
	read_work(&work, 1024);
	begin(&course, &work);
	for (unsigned done = 0; done < 160; done += 8)
		transfer(&course, done == 112 ? 80 : 8, ACTIVITY_READ, 8 * KIB, 1);
	assert_left(&course, 1024 - 160);
	course = (struct course){.now_ms = 0};
	begin(&course, &work);
	for (unsigned done = 0; done < 816; done += 8)
		transfer(&course, done % 32 == 24 ? 24 : 8, ACTIVITY_READ, 8 * KIB, 1);
	assert_left(&course, (1024 - 816) * 12 / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_slower_than_estimated_is_measured),
		cmocka_unit_test(the_time_before_the_first_transfer_is_no_rate),
		cmocka_unit_test(each_kind_of_work_has_a_pace_of_its_own),
		cmocka_unit_test(short_erases_do_not_tell_how_long_others_take),
		cmocka_unit_test(
			looks_that_nobody_estimated_say_nothing_of_the_readings_that_follow),
		cmocka_unit_test(what_one_phase_has_measured_the_next_one_knows),
		cmocka_unit_test(pieces_of_one_transfer_may_be_reported_in_two_milliseconds),
		cmocka_unit_test(each_phase_has_a_rate_of_its_own),
		cmocka_unit_test(only_shorter_readings_are_samples),
		cmocka_unit_test(a_sample_of_what_is_known_says_nothing_of_its_pace),
		cmocka_unit_test(more_than_was_to_be_done_never_passes_the_end),
		cmocka_unit_test(what_is_compared_has_a_pace_of_its_own),
		cmocka_unit_test(what_is_read_twice_is_compared_the_second_time),
		cmocka_unit_test(a_little_of_a_kind_of_work_tells_little),
		cmocka_unit_test(a_die_that_becomes_faster_is_followed),
		cmocka_unit_test(what_goes_wrong_once_is_not_expected_again_but_what_often_does_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
