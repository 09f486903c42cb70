/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/steady.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static const struct range PIECE = {0x3000, STEADY_PIECE};

static bool settle(struct place *place, struct steadiness *steadiness, uint8_t *die)
{
	return steady_settle(&place->session, steadiness, PIECE, die + PIECE.start, NULL);
}

static void what_is_said_of_a_module_is_read_until_it_is_clear(void **state)
{
	struct place *place = *state;
	uint8_t bytes[2 * STEADY_PIECE];

	assert_true(steady_read(&place->session, 0x800, bytes, sizeof(bytes)));
	assert_memory_equal(bytes, place->fake.die + 0x800, sizeof(bytes));
	assert_int_equal(place->notes.warnings, 0);
	for (unsigned reading = 1; reading <= 2; reading++) {
		place_open(place, false);
		fake_flip(&place->fake, 0x1000, 4, reading, reading);
		assert_true(steady_read(&place->session, 0x800, bytes, sizeof(bytes)));
		assert_memory_equal(bytes, place->fake.die + 0x800, sizeof(bytes));
		assert_int_equal(place->notes.warnings, 1);
	}
}

static void several_places_are_read_twice_together(void **state)
{
	struct place *place = *state;
	uint8_t one[16], other[100];
	unsigned before = place->fake.calls;
	const struct proxy_piece places[] = {{PLACE_RF, one, sizeof(one)},
					     {0x3000, other, sizeof(other)}};

	fake_flip(&place->fake, 0x3004, 1, 2, 2);
	assert_true(steady_read_all(&place->session, places, 2));
	assert_memory_equal(one, place->fake.die + PLACE_RF, sizeof(one));
	assert_memory_equal(other, place->fake.die + 0x3000, sizeof(other));
	/* One call for the two readings, and two more for what differs. */
	assert_int_equal(place->fake.calls - before, 3);
	assert_int_equal(place->fake.bytes[FAKE_PEEK], 2 * sizeof(one) + 4 * sizeof(other));
	place->fake.unreadable = 0x3004;
	assert_false(steady_read_all(&place->session, places, 2));
}

static void wrong_readings_are_outvoted_by_two_more_that_are_right(void **state)
{
	for (unsigned wrong = 1; wrong <= 3; wrong++) {
		struct place *place = *state;
		uint8_t *die = place_new_module(1);

		place_open(place, false);
		die[0x3004] ^= 1;
		if (wrong > 1) /* the other bits are wrong in later readings */
			fake_flip(&place->fake, 0x3008, 2, 1, wrong - 1);
		assert_true(settle(place, NULL, die));
		assert_memory_equal(die, place->fake.die, PLACE_SIZE);
		/*
		 * For each wrong reading of that byte one more right one is needed, and two in any
		 * case.
		 */
		assert_int_equal(fake_count(&place->fake, FAKE_PEEK), wrong < 3 ? 3 : 5);
		free(die);
	}
}

/* The caller's first reading may be an old one; the readings made here were made at this clock. */
static void a_wrong_reading_is_told_unless_it_was_made_before(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	die[0x3004] ^= 1;
	assert_true(settle(place, NULL, die));
	assert_int_equal(place->fake.differed, 0);
	fake_flip(&place->fake, 0x3008, 2, 1, 1);
	assert_true(settle(place, NULL, die));
	assert_int_equal(place->fake.differed, 1);
	free(die);
}

static void a_content_that_changed_is_one_and_costs_one_more_reading(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	place->fake.die[0x3004] ^= 1;
	die[0x3004] ^= 1;
	assert_true(settle(place, NULL, die));
	assert_memory_equal(die, place->fake.die, PLACE_SIZE);
	assert_int_equal(fake_count(&place->fake, FAKE_PEEK), 1);
	free(die);
}

/* A cell that reads as 0 and 1 alternately. */
static void what_never_becomes_clear_is_a_trouble_at_its_place(void **state)
{
	struct place *place = *state;
	uint8_t *die = place_new_module(1);

	for (unsigned i = 1; i < STEADY_READINGS; i += 2)
		fake_flip(&place->fake, 0x3001, 1, i, i);
	assert_false(settle(place, NULL, die));
	assert_int_equal(place->session.trouble.kind, TROUBLE_UNSTEADY_READ);
	assert_int_equal(place->session.trouble.range.start, PIECE.start);
	assert_int_equal(fake_count(&place->fake, FAKE_PEEK), STEADY_READINGS - 1);
	free(die);
}

static void the_rate_is_of_all_readings_of_all_that_was_read_more_than_once(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness = {.count = 0};
	uint8_t *die = place_new_module(1);
	char text[STEADY_TEXT];

	assert_string_equal(steady_rate(&steadiness, text), "");
	steady_count(&steadiness, 10 * STEADY_PIECE);
	die[0x3004] ^= 0x11;
	assert_true(steady_settle(&place->session, &steadiness, PIECE, die + PIECE.start,
				  place->fake.die + PIECE.start));
	assert_int_equal(steadiness.count, 1);
	assert_int_equal(steadiness.pieces[0].range.start, PIECE.start);
	assert_int_equal(steadiness.pieces[0].readings, 4);
	/* The caller counts the first two readings. */
	assert_int_equal(steadiness.bits, 12 * 8 * STEADY_PIECE);
	assert_int_equal(steadiness.wrong, 2);
	assert_string_equal(steady_rate(&steadiness, text), "one bit in 196608 was read wrong");
	free(die);
}

static bool settle_piece(struct place *place, struct steadiness *steadiness, uint32_t at)
{
	uint8_t read[STEADY_PIECE];

	memcpy(read, place->fake.die + at, STEADY_PIECE);
	read[5] ^= 1;
	return steady_settle(&place->session, steadiness, (struct range){at, STEADY_PIECE}, read,
			     place->fake.die + at);
}

static void too_many_pieces_that_differ_end_it_with_the_rate(void **state)
{
	struct place *place = *state;
	struct steadiness steadiness = {.count = 0};
	const struct trouble *trouble = &place->session.trouble;
	struct chipdb_part small = *place->fake.part;

	for (uint32_t i = 0; i < STEADY_PIECES; i++)
		assert_true(settle_piece(place, &steadiness, i * STEADY_PIECE));
	assert_false(settle_piece(place, &steadiness, STEADY_PIECES * STEADY_PIECE));
	assert_int_equal(trouble->kind, TROUBLE_TOO_NOISY);
	assert_int_equal(trouble_value(trouble, "wrong_bits")->number, STEADY_PIECES + 1);
	assert_int_equal(trouble_value(trouble, "read_bits")->number,
			 (STEADY_PIECES + 1) * 2 * 8 * STEADY_PIECE);
	assert_non_null(strstr(trouble->seen, "one bit in 65536 "));
	/* On a die of 16 pieces, 8 may differ. */
	small.size = 0x10000;
	place->session.part = &small;
	steadiness = (struct steadiness){.count = 0};
	for (uint32_t i = 0; i < 8; i++)
		assert_true(settle_piece(place, &steadiness, i * STEADY_PIECE));
	assert_false(settle_piece(place, &steadiness, 8 * STEADY_PIECE));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_said_of_a_module_is_read_until_it_is_clear),
		CASE(several_places_are_read_twice_together),
		CASE(wrong_readings_are_outvoted_by_two_more_that_are_right),
		CASE(a_wrong_reading_is_told_unless_it_was_made_before),
		CASE(a_content_that_changed_is_one_and_costs_one_more_reading),
		CASE(what_never_becomes_clear_is_a_trouble_at_its_place),
		CASE(the_rate_is_of_all_readings_of_all_that_was_read_more_than_once),
		CASE(too_many_pieces_that_differ_end_it_with_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
