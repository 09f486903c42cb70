/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What need not be read, and what must be read after all. write_unread.c of the commands tests
 * whole writes.
 */
#include "engine/unread.h"

#include <stdlib.h>

#include "tests/engine/place.h"

#define COUNT (PLACE_SIZE / UNREAD_SECTOR)

struct look {
	struct place *place;
	uint8_t *die, *wanted;
	struct unread unread;
	struct range ranges[COUNT];
};

static int set_up(void **state)
{
	struct look *look = calloc(1, sizeof(*look));
	void *place;

	place_set_up(&place);
	look->place = place;
	look->die = malloc(PLACE_SIZE);
	look->wanted = malloc(PLACE_SIZE);
	memset(look->die, 0xff, PLACE_SIZE);
	memset(look->wanted, 0xc3, PLACE_SIZE);
	memset(look->place->fake.die, 0x3c, PLACE_SIZE);
	*state = look;
	return 0;
}

static int tear_down(void **state)
{
	struct look *look = *state;
	void *place = look->place;

	unread_free(&look->unread);
	free(look->die);
	free(look->wanted);
	free(look);
	return place_tear_down(&place);
}

static bool look_at(struct look *look, uint32_t start, uint32_t length)
{
	return unread_look(&look->unread, &look->place->session, (struct range){start, length},
			   look->wanted, look->die);
}

static size_t needed(struct look *look, const struct plan_kept *kept, size_t count)
{
	return unread_needed(&look->unread, &look->place->session, look->die, look->wanted, kept,
			     count, look->ranges);
}

static void only_a_bit_that_has_to_be_set_makes_an_erase_necessary(void **state)
{
	const uint8_t blank[] = {0xff, 0xff}, zero[] = {0, 0}, some[] = {0xff, 0x0e},
		      less[] = {0, 2};

	(void)state;
	assert_false(unread_must_go(blank, zero, 2));
	assert_false(unread_must_go(some, less, 2));
	assert_false(unread_must_go(some, some, 2));
	assert_true(unread_must_go(less, some, 2));
	assert_false(unread_must_go(less, some, 0));
	assert_true(unread_must_go(zero, blank, 2));
	assert_true(unread_must_go(some, blank, 2));
	assert_false(unread_must_go(some, blank, 1));
}

static void first_bytes_are_in_their_places_and_all_else_is_as_it_was(void **state)
{
	struct look *look = *state;

	assert_true(look_at(look, 0x3000, 0x21000));
	assert_int_equal(look->unread.bytes, 0x21000);
	for (uint32_t at = 0; at < PLACE_SIZE; at++) {
		bool seen = at >= 0x3000 && at < 0x24000 && at % UNREAD_SECTOR < UNREAD_BEGIN;

		if (look->die[at] != (seen ? 0x3c : 0xff))
			fail_msg("%x at %x", look->die[at], at);
	}
	assert_false(unread_at(&look->unread, 0x2fff));
	assert_true(unread_at(&look->unread, 0x3000));
	assert_true(unread_at(&look->unread, 0x23fff));
	assert_false(unread_at(&look->unread, 0x24000));
}

static void what_was_read_and_what_was_not_make_up_what_is_known(void **state)
{
	struct look *look = *state;
	const struct range known = {0x2000, 0x8000};

	memset(look->place->fake.die + 0x5000, 0xff, 0x1000);
	assert_true(look_at(look, 0x3000, 0x6000));
	assert_int_equal(unread_ranges(&look->unread, known, true, look->ranges), 2);
	assert_int_equal(look->ranges[0].start, 0x3000);
	assert_int_equal(look->ranges[0].length, 0x2000);
	assert_int_equal(look->ranges[1].start, 0x6000);
	assert_int_equal(look->ranges[1].length, 0x3000);
	assert_int_equal(unread_ranges(&look->unread, known, false, look->ranges), 3);
	assert_int_equal(look->ranges[0].start, 0x2000);
	assert_int_equal(look->ranges[0].length, 0x1000);
	assert_int_equal(look->ranges[1].start, 0x5000);
	assert_int_equal(look->ranges[2].start, 0x9000);
	unread_is_read(&look->unread, (struct range){0x6fff, 2});
	assert_int_equal(look->unread.bytes, 0x3000);
	assert_int_equal(unread_ranges(&look->unread, known, true, look->ranges), 2);
	assert_int_equal(look->ranges[1].start, 0x8000);
}

static void where_all_was_read_there_is_nothing_else(void **state)
{
	struct look *look = *state;

	assert_false(unread_at(&look->unread, 0x1000));
	assert_int_equal(needed(look, NULL, 0), 0);
	assert_int_equal(
		unread_ranges(&look->unread, (struct range){0, 0x9000}, false, look->ranges), 1);
	assert_int_equal(look->ranges[0].length, 0x9000);
}

/* Even if its first bytes are erased. */
static void a_sector_of_which_a_byte_stays_is_needed(void **state)
{
	struct look *look = *state;
	const struct plan_kept kept[] = {{.range = {0x4fff, 1}}, {.range = {0x7000, 0x1001}}};

	assert_true(look_at(look, 0x3000, 0x6000));
	assert_int_equal(needed(look, NULL, 0), 0);
	assert_int_equal(needed(look, kept, 2), 2);
	assert_int_equal(look->ranges[0].start, 0x4000);
	assert_int_equal(look->ranges[0].length, 0x1000);
	assert_int_equal(look->ranges[1].start, 0x7000);
	assert_int_equal(look->ranges[1].length, 0x2000);
}

static void a_sector_that_need_not_be_erased_after_all_is_needed(void **state)
{
	struct look *look = *state;

	assert_true(look_at(look, 0x3000, 0x6000));
	memset(look->wanted + 0x4000, 0x3c, UNREAD_BEGIN);
	memset(look->wanted + 0x6000, 0x14, UNREAD_BEGIN);
	assert_int_equal(needed(look, NULL, 0), 2);
	assert_int_equal(look->ranges[0].start, 0x4000);
	assert_int_equal(look->ranges[1].start, 0x6000);
}

static void what_does_not_become_clear_is_a_trouble(void **state)
{
	struct look *look = *state;

	for (unsigned i = 1; i < FAKE_FLIPS; i++)
		fake_flip(&look->place->fake, 0x8005, 4, 2 * i - 1, 2 * i - 1);
	assert_false(look_at(look, 0x3000, 0x21000));
}

static void a_signal_ends_it(void **state)
{
	struct look *look = *state;

	look->place->fake.interrupt_at = 2;
	assert_false(look_at(look, 0, PLACE_SIZE));
	assert_int_equal(look->place->fake.calls, 2);
}

static bool pays(struct look *look, uint32_t start, uint32_t end)
{
	uint8_t samples[DOUBT_BYTES];

	for (uint32_t i = 0; i < DOUBT_SAMPLES; i++)
		memcpy(samples + i * DOUBT_SAMPLE,
		       look->place->fake.die + i * (PLACE_SIZE / DOUBT_SAMPLES), DOUBT_SAMPLE);
	return unread_pays(&look->place->session, (struct range){start, end - start}, samples,
			   look->wanted);
}

static void it_pays_from_a_quarter_of_the_die_on(void **state)
{
	struct look *look = *state;

	assert_true(pays(look, 0, PLACE_SIZE));
	assert_true(pays(look, 0x80000, 0x100000));
	assert_false(pays(look, 0x80000, 0xf8000));
	assert_false(pays(look, 0x81000, 0x100000));
	memset(look->place->fake.die, 0xff, 0x180000);
	assert_true(pays(look, 0, PLACE_SIZE));
	memset(look->place->fake.die, 0xff, 0x181000);
	assert_false(pays(look, 0, PLACE_SIZE));
}

static void where_few_bytes_cost_as_much_as_a_sector_it_does_not(void **state)
{
	struct look *look = *state;
	struct die_cost *cost = &look->place->session.cost;

	cost->us_per_read = 20000;
	assert_false(pays(look, 0, PLACE_SIZE));
	cost->us_per_read = 5000;
	assert_true(pays(look, 0, PLACE_SIZE));
	cost->ns_per_known_byte = 1000;
	assert_false(pays(look, 0, PLACE_SIZE));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_bit_that_has_to_be_set_makes_an_erase_necessary),
		CASE(first_bytes_are_in_their_places_and_all_else_is_as_it_was),
		CASE(what_was_read_and_what_was_not_make_up_what_is_known),
		CASE(where_all_was_read_there_is_nothing_else),
		CASE(a_sector_of_which_a_byte_stays_is_needed),
		CASE(a_sector_that_need_not_be_erased_after_all_is_needed),
		CASE(what_does_not_become_clear_is_a_trouble),
		CASE(a_signal_ends_it),
		CASE(it_pays_from_a_quarter_of_the_die_on),
		CASE(where_few_bytes_cost_as_much_as_a_sector_it_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
