/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a file is compared with what of the flash, and how differences are reported. */
#include "engine/job_verify.h"

#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make.h"

#define NAME "file.bin"
#define APP_END 0x129f70u /* on the BK7231N; its next region begins at 0x12a000 */

static struct verify_job verify;

static int begin(void **state)
{
	int status = place_set_up_closed(state);
	struct place *place = *state;

	session_begin(&place->session, &place->notes.observer);
	return status;
}

static int end(void **state)
{
	struct place *place = *state;

	verify_free_job(&verify);
	session_close(&place->session);
	return place_tear_down(state);
}

/* These bytes of module 1 become the file. */
static void put(uint32_t start, uint32_t length)
{
	uint8_t *die = place_new_module(1);

	place_put(NAME, die + start, length);
	free(die);
}

static bool plan(struct place *place, const struct area_wish *wish)
{
	const struct session_options options = {.writes = false};

	verify_free_job(&verify);
	session_close(&place->session);
	notes_begin(&place->notes);
	session_begin(&place->session, &place->notes.observer);
	return verify_load(&verify, &place->session, NAME) &&
	       verify_plan_job(&verify, &options, wish);
}

static void compare(struct place *place, const struct area_wish *wish)
{
	assert_true(plan(place, wish));
	assert_true(verify_do_job(&verify));
	assert_int_equal(place->fake.opened, place->fake.closed);
}

static void each_region_that_is_touched_is_told_with_what_lies_in_it(void **state)
{
	const struct area_wish wish = {.has_at = true, .at = 0x10800};
	struct place *place = *state;

	put(wish.at, 0x1000);
	compare(place, &wish);
	assert_int_equal(verify.range.start, 0x10800);
	assert_int_equal(verify.range.length, 0x1000);
	assert_int_equal(verify.different, 0);
	assert_int_equal(verify.part_count, 3);
	assert_string_equal(verify.parts[0].name, "bootloader");
	assert_int_equal(verify.parts[0].range.start, 0x10800);
	assert_int_equal(verify.parts[0].range.length, 0x800);
	assert_string_equal(verify.parts[1].name, "app");
	assert_int_equal(verify.parts[1].range.start, PLACE_APP);
	assert_int_equal(verify.parts[1].range.length, 0x800);
	assert_null(verify.parts[2].name);
	assert_int_equal(verify.parts[0].different + verify.parts[1].different +
				 verify.parts[2].different,
			 0);
}

static void each_byte_is_counted_where_it_lies(void **state)
{
	const struct area_wish wish = {.has_at = true, .at = APP_END - 0x10};
	struct place *place = *state;

	put(wish.at, 0x1000);
	place->fake.die[APP_END - 0x11] ^= 1; /* before that place */
	place->fake.die[APP_END - 0x10] ^= 1;
	place->fake.die[APP_END - 1] ^= 1;
	place->fake.die[APP_END] ^= 1; /* in no region */
	place->fake.die[0x12a000 - 1] ^= 1;
	place->fake.die[0x12a000] ^= 1;
	place->fake.die[0x12a001] ^= 1;
	place->fake.die[APP_END - 0x10 + 0xfff] ^= 1;
	place->fake.die[APP_END - 0x10 + 0x1000] ^= 1; /* after that place */
	compare(place, &wish);
	assert_int_equal(verify.different, 7);
	assert_int_equal(verify.first, APP_END - 0x10);
	assert_int_equal(verify.part_count, 3);
	assert_int_equal(verify.parts[0].different, 2);
	assert_int_equal(verify.parts[0].first, APP_END - 0x10);
	assert_int_equal(verify.parts[1].different, 3);
	assert_int_equal(verify.parts[1].first, 0x12a000);
	assert_int_equal(verify.parts[2].different, 2);
	assert_int_equal(verify.parts[2].first, APP_END);
}

static void what_one_reading_shows_is_no_difference(void **state)
{
	static const uint32_t flips[] = {PLACE_APP, PLACE_APP + 1, PLACE_APP + 0x1000,
					 PLACE_APP + 0x2fff};
	const struct area_wish wish = {.has_at = true, .at = PLACE_APP};
	struct place *place = *state;

	put(wish.at, 0x3000);
	for (size_t i = 0; i < COUNT_OF(flips); i++)
		fake_flip(&place->fake, flips[i], 1, 1, 1);
	compare(place, &wish);
	assert_int_equal(verify.different, 0);
	assert_int_equal(place->notes.errors, 0);
	/* A changed byte in a place that differs anyway does not hide it. */
	fake_again(&place->fake);
	place->fake.die[PLACE_APP + 0x2fff] ^= 1;
	fake_flip(&place->fake, PLACE_APP + 0x2000, 1, 1, 1);
	compare(place, &wish);
	assert_int_equal(verify.different, 1);
	assert_int_equal(verify.first, PLACE_APP + 0x2fff);
}

static void a_rotated_dump_is_compared_as_it_lies_in_the_flash(void **state)
{
	const struct area_wish nowhere = {.has_at = false};
	struct place *place = *state;
	uint8_t *die = place_new_module(1);
	struct bytes dump = {die, PLACE_SIZE}, rotated = make_rotated(dump, 0x11000);

	place_put(NAME, rotated.data, rotated.size);
	free_bytes(rotated);
	free(die);
	compare(place, &nowhere);
	assert_int_equal(verify.range.length, PLACE_SIZE);
	assert_int_equal(verify.different, 0);
	place->fake.die[PLACE_SIZE - 1] ^= 1;
	compare(place, &nowhere);
	assert_int_equal(verify.different, 1);
	assert_int_equal(verify.first, PLACE_SIZE - 1);
}

static void of_a_region_what_the_file_has_is_compared(void **state)
{
	struct area_wish wish = {.regions = "tuya"};
	struct place *place = *state;

	put(PLACE_TUYA, 0x100);
	compare(place, &wish);
	assert_int_equal(verify.range.start, PLACE_TUYA);
	assert_int_equal(verify.range.length, 0x100);
	assert_mentions(&place->notes, "has 256 of the 77824 bytes of the region");
	put(PLACE_TUYA, 0x13000);
	compare(place, &wish);
	assert_int_equal(verify.range.length, 0x13000);
	assert_int_equal(place->notes.warnings, 0);
	put(PLACE_TUYA - 1, 0x13001);
	assert_false(plan(place, &wish));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_WRONG_FILE);
}

static void a_size_that_is_told_is_all_that_is_compared(void **state)
{
	struct area_wish wish = {.has_at = true, .at = PLACE_APP, .has_size = true, .size = 0x100};
	struct place *place = *state;

	put(PLACE_APP, 0x200);
	place->fake.die[PLACE_APP + 0x100] ^= 1;
	compare(place, &wish);
	assert_int_equal(verify.range.length, 0x100);
	assert_int_equal(verify.different, 0);
	wish.size = 0x201;
	assert_false(plan(place, &wish));
	assert_mentions(&place->notes, "has only 512 bytes");
}

static void a_file_that_says_not_where_it_belongs_has_to_be_whole(void **state)
{
	const struct area_wish nowhere = {.has_at = false};
	struct place *place = *state;
	uint8_t *other = malloc(PLACE_SIZE);

	memset(other, 0x5a, PLACE_SIZE);
	place_put(NAME, other, PLACE_SIZE - 1);
	assert_false(plan(place, &nowhere));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_WRONG_PLACE);
	place_put(NAME, other, PLACE_SIZE);
	memcpy(place->fake.die, other, PLACE_SIZE);
	compare(place, &nowhere);
	assert_int_equal(verify.range.length, PLACE_SIZE);
	assert_int_equal(verify.different, 0);
	free(other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_region_that_is_touched_is_told_with_what_lies_in_it),
		CASE(each_byte_is_counted_where_it_lies),
		CASE(what_one_reading_shows_is_no_difference),
		CASE(a_rotated_dump_is_compared_as_it_lies_in_the_flash),
		CASE(of_a_region_what_the_file_has_is_compared),
		CASE(a_size_that_is_told_is_all_that_is_compared),
		CASE(a_file_that_says_not_where_it_belongs_has_to_be_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
