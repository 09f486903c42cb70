/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many short reads in few batches; each difference is reported once. */
#include "engine/looks.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static struct looks looks;
static struct range heard[8];
static size_t heard_count;
static bool goes_on;

static bool differs(void *data, struct range range, uint8_t *seen)
{
	const struct place *place = data;

	assert_memory_equal(seen, place->fake.die + range.start, range.length);
	assert_true(heard_count < COUNT_OF(heard));
	heard[heard_count++] = range;
	return goes_on;
}

static uint8_t *expected;

static int begin(void **state)
{
	int status = place_set_up(state);
	struct place *place = *state;

	expected = place_new_module(1);
	memset(&looks, 0, sizeof(looks));
	looks.session = &place->session;
	looks.die = expected;
	looks.differs = differs;
	looks.data = place;
	heard_count = 0;
	goes_on = true;
	return status;
}

static int end(void **state)
{
	free(expected);
	return place_tear_down(state);
}

static bool add(uint32_t start, uint32_t length)
{
	return looks_add(&looks, (struct range){start, length});
}

static void what_is_as_it_should_be_is_only_read(void **state)
{
	struct place *place = *state;

	assert_true(looks_end(&looks));
	assert_int_equal(place->fake.calls, 0);
	assert_true(add(0, COMPARE_PIECE + 1));
	assert_true(add(PLACE_RF, 16));
	assert_int_equal(place->fake.calls, 0);
	assert_true(looks_end(&looks));
	assert_int_equal(place->fake.calls, 1);
	assert_int_equal(fake_count(&place->fake, FAKE_PEEK), 3);
	assert_int_equal(fake_nth(&place->fake, FAKE_PEEK, 0)->range.length, COMPARE_PIECE);
	assert_int_equal(fake_nth(&place->fake, FAKE_PEEK, 1)->range.start, COMPARE_PIECE);
	assert_int_equal(fake_nth(&place->fake, FAKE_PEEK, 1)->range.length, 1);
	assert_true(looks_end(&looks));
	assert_int_equal(place->fake.calls, 1);
	assert_int_equal(heard_count, 0);
}

static void a_batch_that_is_full_is_read_before_the_next_begins(void **state)
{
	struct place *place = *state;

	for (uint32_t i = 0; i < LOOKS_MOST; i++)
		assert_true(add(i * PLACE_SECTOR, 16));
	assert_int_equal(place->fake.calls, 0);
	assert_true(add(0, 16));
	assert_int_equal(place->fake.calls, 1);
	assert_true(looks_end(&looks));
	assert_int_equal(place->fake.calls, 2);
	assert_int_equal(fake_count(&place->fake, FAKE_PEEK), LOOKS_MOST + 1);
	assert_true(add(0, LOOKS_BYTES));
	assert_int_equal(place->fake.calls, 2);
	assert_true(add(0, 1));
	assert_int_equal(place->fake.calls, 3);
	assert_true(looks_end(&looks));
	assert_int_equal(place->fake.bytes[FAKE_PEEK], 16 * (LOOKS_MOST + 1) + LOOKS_BYTES + 1);
}

static void each_difference_is_told_with_its_place(void **state)
{
	struct place *place = *state;

	place->fake.die[5] ^= 1;
	place->fake.die[PLACE_RF + 15] ^= 1;
	place->fake.die[PLACE_RF + 16] ^= 1; /* this byte is not read */
	assert_true(add(0, 16));
	assert_true(add(0x1000, 16));
	assert_true(add(PLACE_RF, 16));
	assert_true(looks_end(&looks));
	assert_int_equal(heard_count, 2);
	assert_int_equal(heard[0].start, 0);
	assert_int_equal(heard[1].start, PLACE_RF);
	assert_int_equal(heard[1].length, 16);
}

static void who_has_heard_enough_ends_it(void **state)
{
	struct place *place = *state;

	goes_on = false;
	place->fake.die[0] ^= 1;
	place->fake.die[0x1000] ^= 1;
	assert_true(add(0, 16));
	assert_true(add(0x1000, 16));
	assert_false(looks_end(&looks));
	assert_int_equal(heard_count, 1);
	for (uint32_t i = 0; i < LOOKS_MOST; i++)
		assert_true(add(0, 16));
	assert_false(add(0, 16));
}

static void what_cannot_be_read_is_no_success(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = 5;
	assert_true(add(0, 16));
	assert_false(looks_end(&looks));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_ADAPTER_GONE);
	place_open(place, true);
	assert_true(add(0, 16));
	place->fake.signal = 2;
	assert_false(looks_end(&looks));
	assert_int_equal(place->fake.calls, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_as_it_should_be_is_only_read),
		CASE(a_batch_that_is_full_is_read_before_the_next_begins),
		CASE(each_difference_is_told_with_its_place),
		CASE(who_has_heard_enough_ends_it),
		CASE(what_cannot_be_read_is_no_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
