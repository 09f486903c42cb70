/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calibration is found wherever it is, and nothing else is taken for it. */
#include "engine/find_rf.h"

#include "tests/engine/place.h"

#define LAST (PLACE_SIZE - PLACE_SECTOR)

/* Calibration is only at @places, which are multiples of a sector. */
static void put(struct place *place, const uint32_t *places, size_t count)
{
	uint8_t rf[PLACE_SECTOR];

	memcpy(rf, place->fake.die + PLACE_RF, sizeof(rf));
	memset(place->fake.die + PLACE_RF, 0xff, sizeof(rf));
	for (size_t i = 0; i < count; i++)
		memcpy(place->fake.die + places[i], rf, sizeof(rf));
}

static void it_is_found_in_each_sector_in_their_order(void **state)
{
	static const uint32_t places[] = {0, 127 * PLACE_SECTOR, 128 * PLACE_SECTOR, LAST};
	struct place *place = *state;
	struct rf found[IMAGE_RFS];
	size_t count;

	put(place, places, COUNT_OF(places));
	assert_true(find_rf(&place->session, found, &count));
	assert_int_equal(count, COUNT_OF(places));
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		assert_int_equal(found[i].offset, places[i]);
		assert_true(found[i].mac_good);
		assert_memory_equal(found[i].mac, place->fake.die + places[i] + 36, 6);
	}
}

static void none_is_found_where_none_is(void **state)
{
	struct place *place = *state;
	struct rf found[IMAGE_RFS];
	size_t count = 7;

	put(place, NULL, 0);
	/* In the middle of a sector it is not calibration. */
	memcpy(place->fake.die + 0x150010, "TLV\0\xf8\1\0\0", 8);
	assert_true(find_rf(&place->session, found, &count));
	assert_int_equal(count, 0);
}

static void more_than_can_be_told_of_are_not_looked_for(void **state)
{
	struct place *place = *state;
	uint32_t places[IMAGE_RFS + 2];
	struct rf found[IMAGE_RFS];
	size_t count;

	for (uint32_t i = 0; i < COUNT_OF(places); i++)
		places[i] = (126 + i) * PLACE_SECTOR;
	put(place, places, COUNT_OF(places));
	assert_true(find_rf(&place->session, found, &count));
	assert_int_equal(count, IMAGE_RFS);
	assert_int_equal(found[IMAGE_RFS - 1].offset, places[IMAGE_RFS - 1]);
	assert_false(fake_was_read(&place->fake, LAST));
}

static void at_one_place_only_that_place_counts(void **state)
{
	static const uint32_t places[] = {PLACE_SECTOR, LAST};
	struct place *place = *state;
	struct rf rf;
	bool found;

	put(place, places, COUNT_OF(places));
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		assert_true(find_rf_at(&place->session, places[i], &rf, &found));
		assert_true(found);
		assert_int_equal(rf.offset, places[i]);
		assert_memory_equal(rf.mac, place->fake.die + places[i] + 36, 6);
	}
	assert_true(find_rf_at(&place->session, 0, &rf, &found));
	assert_false(found);
	assert_true(find_rf_at(&place->session, 2 * PLACE_SECTOR, &rf, &found));
	assert_false(found);
	assert_false(fake_was_read(&place->fake, 3 * PLACE_SECTOR));
}

/* With one wrong bit, something else looks like calibration. */
static void what_only_one_reading_saw_is_not_there(void **state)
{
	struct place *place = *state;
	struct rf found[IMAGE_RFS];
	size_t count;

	put(place, &(uint32_t){0x150000}, 1);
	place->fake.die[0x150000 + 3] = 1;
	fake_flip(&place->fake, 0x150000 + 3, 1, 1, 1);
	assert_true(find_rf(&place->session, found, &count));
	assert_int_equal(count, 0);
}

static void what_cannot_be_read_is_no_answer(void **state)
{
	struct place *place = *state;
	struct rf found[IMAGE_RFS];
	size_t count;
	bool there;

	place->fake.unreadable = PLACE_RF + 1;
	assert_false(find_rf_at(&place->session, PLACE_RF, found, &there));
	place_open(place, true);
	place->fake.unreadable = PLACE_RF + 40; /* it looks like calibration up to there */
	assert_false(find_rf_at(&place->session, PLACE_RF, found, &there));
	place_open(place, true);
	place->fake.unreadable = PLACE_RF + 40;
	assert_false(find_rf(&place->session, found, &count));
	place_open(place, true);
	place->fake.unreadable = PLACE_RF + 1;
	assert_false(find_rf(&place->session, found, &count));
}

static void places_are_listed_as_in_a_sentence(void **state)
{
	static const struct rf found[] = {
		{.offset = 0x1d0000}, {.offset = 0x1e0000}, {.offset = 7}};
	char text[FIND_RF_TEXT];

	(void)state;
	assert_string_equal(find_rf_text(found, 0, text), "");
	assert_string_equal(find_rf_text(found, 1, text), "0x1d0000");
	assert_string_equal(find_rf_text(found, 2, text), "0x1d0000 and 0x1e0000");
	assert_string_equal(find_rf_text(found, 3, text), "0x1d0000, 0x1e0000 and 0x7");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_found_in_each_sector_in_their_order),
		CASE(none_is_found_where_none_is),
		CASE(more_than_can_be_told_of_are_not_looked_for),
		CASE(at_one_place_only_that_place_counts),
		CASE(what_only_one_reading_saw_is_not_there),
		CASE(what_cannot_be_read_is_no_answer),
		CASE(places_are_listed_as_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
