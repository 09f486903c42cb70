/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/reading.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static void expect_own(uint8_t *die)
{
	uint8_t *own = place_new_module(1);

	assert_non_null(die);
	assert_memory_equal(die, own, PLACE_SIZE);
	free(own);
	free(die);
}

static void one_reading_is_what_the_flash_says(void **state)
{
	struct place *place = *state;

	expect_own(reading_once(&place->session, "read"));
	place->fake.unreadable = 5;
	assert_null(reading_once(&place->session, "read"));
}

/* Otherwise the driver would look for wrong bits, too, and report one as a failure. */
static void the_driver_knows_which_readings_are_compared_here(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;

	expect_own(reading_first(&place->session));
	assert_int_equal(place->fake.compared, 1);
	expect_own(reading_once(&place->session, "read"));
	assert_int_equal(place->fake.compared, 1);
	expect_own(reading_confirmed(&place->session, "a", &steadiness));
	assert_int_equal(place->fake.compared, 2);
	expect_own(reading_once(&place->session, "read"));
	assert_int_equal(place->fake.compared, 2);
}

static void what_two_readings_differ_in_is_read_until_it_is_clear(void **state)
{
	struct steadiness steadiness;

	for (unsigned wrong = 0; wrong <= 4; wrong++) {
		struct place *place = *state;

		place_open(place, false);
		/*
		 * The wrong bits are alternately in the first and in the second reading, each at
		 * its own place.
		 */
		for (unsigned i = 0; i < wrong; i++)
			fake_flip(&place->fake, 0x1000 * (i + 1), 1, 1 + i % 2, 1 + i % 2);
		expect_own(reading_confirmed(&place->session, "a", &steadiness));
		assert_int_equal(fake_count(&place->fake, FAKE_READ), 1);
		assert_int_equal(place->fake.bytes[FAKE_PEEK],
				 PLACE_SIZE + 2 * wrong * READING_PIECE);
		assert_int_equal(steadiness.count, wrong);
		assert_int_equal(steadiness.wrong, wrong);
		assert_int_equal(steadiness.bits, 8 * (2 * PLACE_SIZE + 2 * wrong * READING_PIECE));
		assert_int_equal(place_count(".unconfirmed-1"), 0);
	}
}

/* A bit that stays wrong is the same in each reading: repeating does not help. */
static void the_first_two_that_agree_decide(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;
	uint8_t *die;

	fake_flip(&place->fake, 0x5000, 1, 1, 2);
	die = reading_confirmed(&place->session, "a", &steadiness);
	assert_int_equal(steadiness.count, 0);
	assert_int_equal(die[0x5000], place->fake.die[0x5000] ^ 1);
	free(die);
}

static void what_never_becomes_clear_is_kept_aside_as_it_was_read(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;
	uint8_t *aside;

	for (unsigned i = 1; i <= STEADY_READINGS; i += 2)
		fake_flip(&place->fake, 0x1000, 1, i, i);
	assert_null(reading_confirmed(&place->session, "a", &steadiness));
	assert_int_equal(place->session.trouble.kind, TROUBLE_UNSTEADY_READ);
	aside = place_get("a.unconfirmed-1", PLACE_SIZE);
	assert_int_equal(aside[0x1000], place->fake.die[0x1000] ^ 1);
	free(aside);
}

/* What was read at the faster clock no longer counts. */
static void where_the_clock_is_lowered_all_is_read_anew(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;

	/*
	 * Two wrong bits in the second reading; the first one, which is repeated, has a wrong bit
	 * at a third place.
	 */
	fake_flip(&place->fake, 0x1000, 1, 2, 2);
	fake_flip(&place->fake, 0x2000, 1, 2, 2);
	fake_flip(&place->fake, 0x5000, 1, 1, 1);
	place->fake.slower_after = 2;
	expect_own(reading_confirmed(&place->session, "a", &steadiness));
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 2);
	assert_int_equal(steadiness.count, 0);
	assert_int_equal(steadiness.wrong, 0);
	assert_int_equal(steadiness.bits, 8 * 2 * PLACE_SIZE);
	assert_int_equal(steadiness.clock_hz, 750000);
	assert_int_equal(steadiness.first_clock_hz, 1500000);
	assert_int_equal(place_count(".unconfirmed-1"), 0);
}

static void readings_that_differ_all_over_are_not_read_on(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	for (uint32_t i = 0; i < 200; i++)
		die[i * READING_PIECE] ^= 1;
	assert_false(reading_again(&place->session, (struct range){0, PLACE_SIZE}, die,
				   &(struct steadiness){.count = 0}));
	assert_int_equal(place->session.trouble.kind, TROUBLE_TOO_NOISY);
	assert_in_range(place->fake.bytes[FAKE_PEEK], 65 * READING_PIECE, 5 * 65 * READING_PIECE);
	free(die);
}

/* Three readings while the chip is away would outvote the good one. */
static void a_chip_that_is_away_does_not_decide_what_is_there(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;

	memset(place->fake.die + PLACE_APP, 0xff, PLACE_SIZE - PLACE_APP);
	place->fake.blind_from = place->fake.calls + 2;
	assert_null(reading_confirmed(&place->session, "a", &steadiness));
	assert_true(place_has("a.unconfirmed-1"));
}

static void what_was_read_before_a_failure_is_kept_aside(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness;

	place->fake.interrupt_at = 2;
	assert_null(reading_confirmed(&place->session, NULL, &steadiness));
	assert_true(place_has("beken-flash.unconfirmed-1"));
	assert_int_equal(place_count(".unconfirmed-2"), 0);
}

static void ranges_are_compared_to_the_last_byte_and_nothing_else_is(void **state)
{
	struct place *place = *state;
	const struct range ranges[] = {{0x10001, 3}, {0x20000, 2 * READING_PIECE + 1}};
	uint8_t *die = place_new_module(1);

	assert_int_equal(reading_compare(&place->session, die, ranges, 2), READING_SAME);
	assert_int_equal(place->fake.bytes[FAKE_PEEK], 3 + 2 * READING_PIECE + 1);
	die[0x10000] ^= 1;
	die[0x10004] ^= 1;
	die[0x20000 + 2 * READING_PIECE + 1] ^= 1;
	assert_int_equal(reading_compare(&place->session, die, ranges, 2), READING_SAME);
	die[0x20000 + 2 * READING_PIECE] ^= 1;
	assert_int_equal(reading_compare(&place->session, die, ranges, 2), READING_DIFFERS);
	assert_int_equal(place->notes.warnings, 1);
	assert_int_equal(reading_compare(&place->session, die, ranges, 1), READING_SAME);
	free(die);
}

static void one_wrong_reading_is_no_difference(void **state)
{
	struct place *place = *state;
	const struct range whole = {0, PLACE_SIZE};
	uint8_t *die = place_new_module(1);

	fake_flip(&place->fake, 0x20001, 2, 1, 1);
	assert_int_equal(reading_compare(&place->session, die, &whole, 1), READING_SAME);
	fake_flip(&place->fake, 0, 0xff, 1, 1);
	assert_int_equal(reading_samples(&place->session, die, 7), READING_SAME);
	free(die);
}

static void what_cannot_be_read_or_is_stopped_is_not_the_same(void **state)
{
	struct place *place = *state;
	const struct range whole = {0, PLACE_SIZE};
	uint8_t *die = place_new_module(1);

	place->fake.unreadable = 0x100000;
	assert_int_equal(reading_compare(&place->session, die, &whole, 1), READING_FAILED);
	place_open(place, false);
	place->fake.interrupt_at = 3;
	assert_int_equal(reading_compare(&place->session, die, &whole, 1), READING_FAILED);
	assert_int_equal(place->fake.calls, 3);
	free(die);
}

static bool is_of(struct range sample, uint32_t sector)
{
	return sample.start / PLACE_SECTOR == sector ||
	       (sample.start + sample.length - 1) / PLACE_SECTOR == sector;
}

/*
 * A sample of each sector, at the same places in both halves; if @across, half as many as sectors,
 * with enough of each on both sides of a boundary.
 */
static void check_samples(const struct place *place, bool across)
{
	const struct fake_flash *fake = &place->fake;

	for (uint32_t sector = 0; sector < PLACE_SIZE / PLACE_SECTOR; sector++) {
		unsigned found = 0;

		for (size_t i = 0; i < fake->event_count; i++)
			found += is_of(fake->events[i].range, sector);
		assert_int_equal(found, 1);
	}
	for (size_t i = 0; across && i < fake->event_count; i++)
		assert_in_range(fake->events[i].range.start % PLACE_SECTOR, PLACE_SECTOR - 16,
				PLACE_SECTOR - 11);
	for (size_t i = 0; i < fake->event_count; i += 2)
		assert_int_equal(fake->events[i + 1].range.start,
				 fake->events[i].range.start + PLACE_SIZE / 2);
	assert_int_equal(fake->event_count, PLACE_SIZE / PLACE_SECTOR / (across ? 2 : 1));
	assert_in_range(fake->calls, 1, 8);
}

static void there_is_a_sample_of_each_sector_and_they_travel_together(void **state)
{
	struct place *place = *state;
	struct fake_event seen[PLACE_SIZE / PLACE_SECTOR / 2];

	for (uint32_t i = 0; i < PLACE_SIZE; i++)
		place->fake.die[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	assert_int_equal(reading_samples(&place->session, place->fake.die, 7), READING_SAME);
	check_samples(place, true);
	/* Another seed takes samples elsewhere. */
	memcpy(seen, place->fake.events, sizeof(seen));
	fake_again(&place->fake);
	assert_int_equal(reading_samples(&place->session, place->fake.die, 12345), READING_SAME);
	check_samples(place, true);
	assert_memory_not_equal(place->fake.events, seen, sizeof(seen));
}

/* What was written there since may be anywhere in it. */
static void a_sector_with_nothing_at_its_end_has_a_sample_of_its_own(void **state)
{
	struct place *place = *state;

	memset(place->fake.die, 0xff, PLACE_SIZE);
	for (uint32_t at = 0; at < PLACE_SIZE; at += PLACE_SECTOR) {
		place->fake.die[at] = 0x12;
		place->fake.die[at + 12] = 0x12;
	}
	assert_int_equal(reading_samples(&place->session, place->fake.die, 7), READING_SAME);
	check_samples(place, false);
	/* Content before the end of a sector does not count as content at its end. */
	for (uint32_t at = PLACE_SECTOR; at < PLACE_SIZE; at += PLACE_SECTOR)
		place->fake.die[at - 12] = 0x34;
	fake_again(&place->fake);
	assert_int_equal(reading_samples(&place->session, place->fake.die, 7), READING_SAME);
	check_samples(place, false);
}

/* Of 4 MiB, one in each 8 KiB. */
static void a_larger_flash_has_as_many_samples(void **state)
{
	struct place *place = *state;
	uint32_t half;

	place_close(place);
	fake_end(&place->fake);
	fake_begin(&place->fake, chipdb_part_by_name("W25Q32"));
	half = place->fake.part->size / 2;
	for (uint32_t i = 0; i < 2 * half; i++)
		place->fake.die[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	place_open(place, false);
	assert_int_equal(reading_samples(&place->session, place->fake.die, 7), READING_SAME);
	assert_int_equal(place->fake.event_count, 256);
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t boundary = i / 2 * 4 * PLACE_SECTOR + 2 * PLACE_SECTOR + i % 2 * half;

		assert_in_range(boundary - place->fake.events[i].range.start, 11, 16);
	}
}

static void another_content_is_seen_by_samples(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	for (uint32_t at = 0; at < PLACE_SIZE; at += PLACE_SECTOR) {
		uint8_t *sector = die + at, old[PLACE_SECTOR];

		fake_again(&place->fake);
		memcpy(old, sector, PLACE_SECTOR);
		for (uint32_t i = 0; i < PLACE_SECTOR; i++)
			sector[i] = (uint8_t)~sector[i];
		assert_int_equal(reading_samples(&place->session, die, 7), READING_DIFFERS);
		memcpy(sector, old, PLACE_SECTOR);
	}
	free(die);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_reading_is_what_the_flash_says),
		CASE(the_driver_knows_which_readings_are_compared_here),
		CASE(what_two_readings_differ_in_is_read_until_it_is_clear),
		CASE(the_first_two_that_agree_decide),
		CASE(what_never_becomes_clear_is_kept_aside_as_it_was_read),
		CASE(where_the_clock_is_lowered_all_is_read_anew),
		CASE(readings_that_differ_all_over_are_not_read_on),
		CASE(a_chip_that_is_away_does_not_decide_what_is_there),
		CASE(what_was_read_before_a_failure_is_kept_aside),
		CASE(ranges_are_compared_to_the_last_byte_and_nothing_else_is),
		CASE(one_wrong_reading_is_no_difference),
		CASE(what_cannot_be_read_or_is_stopped_is_not_the_same),
		CASE(there_is_a_sample_of_each_sector_and_they_travel_together),
		CASE(a_sector_with_nothing_at_its_end_has_a_sample_of_its_own),
		CASE(a_larger_flash_has_as_many_samples),
		CASE(another_content_is_seen_by_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
