/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/second_reading.h"

#include <stdlib.h>

#include "tests/engine/place.h"

#define SAMPLE 64 /* larger than a sample */

/* The first reading, without an error, and its content. */
struct reading {
	struct place *place;
	uint8_t *die;
	struct content content;
	struct steadiness steadiness;
	uint32_t sure;
};

static struct reading begin(struct place *place)
{
	struct reading reading = {.place = place, .die = malloc(PLACE_SIZE)};

	memcpy(reading.die, place->fake.die, PLACE_SIZE);
	assert_true(content_look(&reading.content, &place->session, reading.die));
	return reading;
}

static enum second_reading again(struct reading *reading, uint32_t start, uint32_t length)
{
	const struct range written = {start, length};

	return second_reading(&reading->place->session, reading->die, &reading->content, written,
			      &reading->sure, &reading->steadiness);
}

/* Whether the whole sector at this address was read, and not only a sample of it. */
static bool was_read_again(const struct place *place, uint32_t address)
{
	for (size_t i = 0; i < place->fake.event_count; i++) {
		const struct fake_event *event = &place->fake.events[i];

		if (event->range.length > SAMPLE && address >= event->range.start &&
		    address - event->range.start < event->range.length)
			return true;
	}
	return false;
}

static void fill(struct place *place, uint32_t start, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		place->fake.die[start + i] = (uint8_t)(i * 7 + i / 256 + 1);
}

static void a_clock_that_is_lowered_wants_all_of_it_anew(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);

	steady_begin(&place->session, &reading.steadiness);
	place->fake.slower_after = 1;
	fake_flip(&place->fake, PLACE_RF, 1, 1, 1);
	assert_int_equal(again(&reading, 0, PLACE_SIZE), SECOND_SLOWER);
	assert_int_equal(place->session.trouble.kind, TROUBLE_NONE);
	free(reading.die);
}

static void what_only_the_module_has_is_read_again(void **state)
{
	struct reading reading = begin(*state);

	assert_int_equal(again(&reading, 0, PLACE_SIZE), SECOND_AGREES);
	assert_true(was_read_again(reading.place, PLACE_RF));
	assert_true(was_read_again(reading.place, PLACE_NET));
	assert_true(was_read_again(reading.place, PLACE_NET + PLACE_SECTOR));
	free(reading.die);
}

/* Where the SoC has it, whatever is there, and before everything else that is not proven. */
static void what_only_the_module_has_is_read_again_when_there_is_no_time_for_all(void **state)
{
	struct place *place = *state;
	struct reading reading;

	fill(place, 0x30000, 0x140000);
	fill(place, PLACE_RF, 8 * PLACE_SECTOR);
	reading = begin(place);
	assert_int_equal(reading.content.rf_count, 0);
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_AGREES);
	assert_true(was_read_again(place, PLACE_RF));
	assert_true(was_read_again(place, PLACE_NET));
	assert_true(was_read_again(place, PLACE_NET + PLACE_SECTOR));
	assert_false(was_read_again(place, PLACE_NET + 2 * PLACE_SECTOR));
	free(reading.die);
}

static void calibration_in_the_last_sector_is_read_again(void **state)
{
	struct place *place = *state;
	struct reading reading;

	fill(place, 0x30000, 0x1cf000);
	memset(place->fake.die + PLACE_SIZE - PLACE_SECTOR, 0, PLACE_SECTOR);
	memcpy(place->fake.die + PLACE_SIZE - PLACE_SECTOR,
	       "TLV\0\xf8\x0f\0\0\0\x11\x11\x11\xf0\x0f", 14);
	reading = begin(place);
	assert_int_equal(reading.content.rf_count, 1);
	assert_int_equal(reading.content.rf[0].length, PLACE_SECTOR);
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_AGREES);
	assert_true(was_read_again(place, PLACE_SIZE - PLACE_SECTOR));
	assert_false(was_read_again(place, PLACE_SIZE - 2 * PLACE_SECTOR));
	free(reading.die);
}

static void calibration_in_an_unusual_place_is_read_again(void **state)
{
	struct place *place = *state;
	struct reading reading;

	/* More is unproven than there is time for. */
	fill(place, 0x30000, 0x100000);
	memcpy(place->fake.die + 0x120000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	reading = begin(place);
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_AGREES);
	assert_true(was_read_again(place, 0x120000));
	assert_false(was_read_again(place, 0x121000));
	free(reading.die);
}

static void code_that_proves_itself_is_not_read_again_but_sampled(void **state)
{
	struct reading reading = begin(*state);
	uint32_t sector = PLACE_APP + 2 * PLACE_SECTOR;
	size_t samples = 0;

	assert_int_equal(again(&reading, 0, PLACE_SIZE), SECOND_AGREES);
	assert_false(was_read_again(reading.place, sector));
	for (size_t i = 0; i < reading.place->fake.event_count; i++)
		samples += reading.place->fake.events[i].range.start / PLACE_SECTOR ==
			   sector / PLACE_SECTOR;
	assert_int_equal(samples, 1);
	assert_int_equal(reading.sure, PLACE_SIZE);
	free(reading.die);
}

static void code_with_one_wrong_bit_is_read_again(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);
	uint32_t address = PLACE_APP + 2 * PLACE_SECTOR + 100;

	reading.die[address] ^= 0x10;
	assert_int_equal(again(&reading, 0, PLACE_SIZE), SECOND_DIFFERED);
	assert_true(was_read_again(place, address));
	free(reading.die);
}

static void what_reads_blank_is_read_again(void **state)
{
	struct reading reading = begin(*state);

	assert_int_equal(again(&reading, 0, PLACE_SIZE), SECOND_AGREES);
	assert_true(was_read_again(reading.place, 0x150000));
	free(reading.die);
}

static void a_wrong_bit_in_the_calibration_is_put_right(void **state)
{
	struct reading reading = begin(*state);

	reading.die[PLACE_CALIBRATION] ^= 1;
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_DIFFERED);
	assert_memory_equal(reading.die, reading.place->fake.die, PLACE_SIZE);
	assert_int_equal(reading.steadiness.count, 1);
	assert_int_equal(reading.steadiness.wrong, 1);
	free(reading.die);
}

static void a_sector_covered_in_part_is_read_again_in_any_case(void **state)
{
	struct place *place = *state;
	struct reading reading;

	fill(place, 0x30000, 0x120000);
	reading = begin(place);
	/* More than there is time for, so the last sector would not be read. */
	assert_int_equal(again(&reading, 0x30010, 0x11f000), SECOND_AGREES);
	assert_true(was_read_again(place, 0x30000));
	assert_false(was_read_again(place, 0x14e000));
	assert_true(was_read_again(place, 0x14f000));
	free(reading.die);
}

static void of_too_much_that_is_unproven_a_quarter_is_read_and_what_is_written_first(void **state)
{
	struct place *place = *state;
	struct reading reading;
	uint32_t unproven = 0;

	fill(place, 0x30000, 0x120000);
	reading = begin(place);
	assert_int_equal(again(&reading, 0x100000, 0x10000), SECOND_AGREES);
	for (uint32_t at = 0x30000; at < 0x150000; at += PLACE_SECTOR)
		unproven += was_read_again(place, at) * PLACE_SECTOR;
	/* Settings elsewhere are unproven as well, and take their share of the time. */
	assert_in_range(unproven, PLACE_SIZE / 4 - 0x8000, PLACE_SIZE / 4);
	for (uint32_t at = 0x100000; at < 0x110000; at += PLACE_SECTOR)
		assert_true(was_read_again(place, at));
	assert_true(reading.sure < PLACE_SIZE);
	assert_true(reading.sure >= PLACE_SIZE - 0x120000 + unproven - 0x8000);
	free(reading.die);
}

/* Three dumps of real modules have 28, 37 and 52 unproven sectors. */
static void what_is_unproven_on_a_real_module_is_all_read_again(void **state)
{
	struct place *place = *state;
	struct reading reading;

	fill(place, 0x30000, 52 * PLACE_SECTOR);
	reading = begin(place);
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_AGREES);
	for (uint32_t i = 0; i < 52; i++)
		assert_true(was_read_again(place, 0x30000 + i * PLACE_SECTOR));
	assert_int_equal(reading.sure, PLACE_SIZE);
	free(reading.die);
}

static void the_bytes_that_it_would_read_are_those_that_it_reads(void **state)
{
	struct place *place = *state;
	struct reading reading;
	const struct range written = {0, 0x20010};
	uint64_t bytes = 0;

	fill(place, 0, PLACE_SECTOR); /* the first sector counts, too */
	reading = begin(place);
	assert_int_equal(again(&reading, written.start, written.length), SECOND_AGREES);
	for (size_t i = 0; i < place->fake.event_count; i++)
		if (place->fake.events[i].range.length > SAMPLE)
			bytes += place->fake.events[i].range.length;
	assert_int_equal(second_reading_bytes(PLACE_SIZE, reading.die, &reading.content, written),
			 bytes);
	free(reading.die);
}

static struct work told;

static void on_phase(void *data, const char *name, const struct work *work)
{
	(void)data;
	if (name && strcmp(name, "read again") == 0)
		told = *work;
}

/* If progress is not reported properly, people believe that it hangs. */
static void its_phase_is_as_long_as_what_it_reads(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);
	const struct range written = {0, 0x20010};
	uint32_t bytes = second_reading_bytes(PLACE_SIZE, reading.die, &reading.content, written);
	uint64_t read = 0;

	place->notes.observer.phase = on_phase;
	assert_int_equal(again(&reading, written.start, written.length), SECOND_AGREES);
	for (size_t i = 0; i < told.count; i++)
		read += told.kind[i].bytes;
	assert_int_equal(read, place->fake.bytes[FAKE_READ] + place->fake.bytes[FAKE_PEEK]);
	assert_int_equal(told.kind[work_find(&told, ACTIVITY_READ, 0)].bytes, bytes);
	assert_int_equal(reading.steadiness.bits, 2 * 8 * (uint64_t)bytes);
	free(reading.die);
}

static void too_many_sectors_that_differ_end_it(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);

	for (uint32_t i = 0; i <= STEADY_PIECES; i++)
		place->fake.die[0x130000 + i * PLACE_SECTOR] ^= 1;
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_FAILED);
	assert_int_equal(place->session.trouble.kind, TROUBLE_TOO_NOISY);
	free(reading.die);
}

static void a_reading_that_fails_is_no_agreement(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);

	place->fake.unreadable = PLACE_RF + 5;
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_FAILED);
	free(reading.die);
}

static void a_signal_ends_it(void **state)
{
	struct place *place = *state;
	struct reading reading = begin(place);

	place->fake.interrupt_at = 3;
	assert_int_equal(again(&reading, 0, 0x1000), SECOND_FAILED);
	assert_int_equal(place->fake.calls, 3);
	free(reading.die);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_clock_that_is_lowered_wants_all_of_it_anew),
		CASE(what_only_the_module_has_is_read_again),
		CASE(what_only_the_module_has_is_read_again_when_there_is_no_time_for_all),
		CASE(calibration_in_the_last_sector_is_read_again),
		CASE(calibration_in_an_unusual_place_is_read_again),
		CASE(code_that_proves_itself_is_not_read_again_but_sampled),
		CASE(code_with_one_wrong_bit_is_read_again),
		CASE(what_reads_blank_is_read_again),
		CASE(a_wrong_bit_in_the_calibration_is_put_right),
		CASE(a_sector_covered_in_part_is_read_again_in_any_case),
		CASE(of_too_much_that_is_unproven_a_quarter_is_read_and_what_is_written_first),
		CASE(what_is_unproven_on_a_real_module_is_all_read_again),
		CASE(the_bytes_that_it_would_read_are_those_that_it_reads),
		CASE(its_phase_is_as_long_as_what_it_reads),
		CASE(too_many_sectors_that_differ_end_it),
		CASE(a_reading_that_fails_is_no_agreement),
		CASE(a_signal_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
