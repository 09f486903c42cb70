/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/steady.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static void what_is_said_of_a_module_was_read_twice(void **state)
{
	struct place *place = *state;
	uint8_t bytes[2 * STEADY_PIECE];

	assert_true(steady_read(&place->session, 0x800, bytes, sizeof(bytes)));
	assert_memory_equal(bytes, place->fake.die + 0x800, sizeof(bytes));
	for (unsigned reading = 1; reading <= 2; reading++) {
		place_open(place, false);
		fake_flip(&place->fake, 0x2000, 4, reading, reading);
		assert_false(steady_read(&place->session, 0x800, bytes, sizeof(bytes)));
		assert_int_equal(place->session.trouble.kind, TROUBLE_UNSTEADY_READ);
	}
}

static const struct range PIECE = {0x3000, STEADY_PIECE};

static void one_wrong_reading_is_settled_by_two_that_agree(void **state)
{
	for (unsigned wrong = 1; wrong <= 2; wrong++) {
		struct place *place = *state;
		uint8_t *die = place_new_module(1);

		place_open(place, false);
		die[0x3004] ^= 1;
		if (wrong == 2) /* the second is another wrong one */
			fake_flip(&place->fake, 0x3008, 2, 1, 1);
		assert_true(steady_settle(&place->session, die, PIECE));
		assert_memory_equal(die, place->fake.die, PLACE_SIZE);
		free(die);
	}
}

static void a_difference_that_stays_is_one_and_costs_one_more_reading(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	place->fake.die[0x3004] ^= 1;
	die[0x3004] ^= 1;
	assert_true(steady_settle(&place->session, die, PIECE));
	assert_memory_equal(die, place->fake.die, PLACE_SIZE);
	assert_int_equal(fake_count(&place->fake, FAKE_PEEK), 1);
	free(die);
}

static void what_never_reads_alike_is_no_difference_but_a_trouble(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	die[0x3001] ^= 1;
	for (unsigned i = 1; i < STEADY_READINGS; i++)
		fake_flip(&place->fake, 0x3001 + i, 1, i, i);
	assert_false(steady_settle(&place->session, die, PIECE));
	assert_int_equal(place->session.trouble.kind, TROUBLE_UNSTEADY_READ);
	free(die);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_said_of_a_module_was_read_twice),
		CASE(one_wrong_reading_is_settled_by_two_that_agree),
		CASE(a_difference_that_stays_is_one_and_costs_one_more_reading),
		CASE(what_never_reads_alike_is_no_difference_but_a_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
