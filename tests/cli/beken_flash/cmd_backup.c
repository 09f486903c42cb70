/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <time.h>

#include "engine/manifest.h"
#include "tests/engine/place.h"

#define backup(place, ...) place_run(place, &command_backup, __VA_ARGS__, NULL)

static void expect_file(const char *path, unsigned module)
{
	uint8_t *own = place_new_module(module), *saved = place_get(path, PLACE_SIZE);

	assert_memory_equal(saved, own, PLACE_SIZE);
	free(saved);
	free(own);
}

static void two_readings_that_agree_are_a_backup(void **state)
{
	struct place *place = *state;
	struct manifest manifest;

	assert_int_equal(backup(place, "a.bin"), 0);
	expect_file("a.bin", 1);
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 1);
	assert_int_equal(manifest_read(&manifest, "a.bin", NULL), MANIFEST_GOOD);
	assert_string_equal(manifest.mac, place_mac(1));
	assert_int_equal(manifest.confirmed, PLACE_SIZE);
	place_expect_untouched(place, place_new_module(1));
	/* No temporary file is left. */
	assert_int_equal(place_count(""), 2 + 2);
}

static void a_wrong_bit_is_put_right_and_told(void **state)
{
	struct place *place = *state;

	fake_flip(&place->fake, 0x12345, 8, 2, 2);
	assert_int_equal(backup(place, "a.bin", "--json"), 0);
	assert_non_null(strstr(place->output, "\"wrong_bits\": 1, \"read_again\": [{\"start\": "
					      "73728, \"length\": 4096, \"readings\": 4}]"));
	expect_file("a.bin", 1);
	assert_int_equal(backup(place, "b.bin"), 0);
	assert_null(strstr(place->output, "wrong"));
}

static void what_never_becomes_clear_is_no_backup(void **state)
{
	struct place *place = *state;

	for (unsigned i = 0; i < 4; i++)
		fake_flip(&place->fake, 0x12345, 8, 2 * i + 1, 2 * i + 1);
	assert_int_equal(backup(place, "a.bin"), 1);
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 1);
	assert_false(place_has("a.bin"));
	assert_true(place_has("a.bin.unconfirmed-1"));
	assert_int_equal(place_count(".json"), 0);
}

/* Nobody is there to confirm that the flash really holds that. */
static void what_can_hardly_be_there_is_kept_aside_and_no_backup(void **state)
{
	struct place *place = *state;
	uint8_t *aside;

	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_int_not_equal(backup(place, "a.bin"), 0);
	assert_non_null(strstr(place->output, "doubtful-content"));
	assert_false(place_has("a.bin"));
	assert_int_equal(place_count(".json"), 0);
	aside = place_get("a.bin.unconfirmed-1", PLACE_SIZE);
	assert_memory_equal(aside, place->fake.die, PLACE_SIZE);
	free(aside);
}

static void a_reading_that_ends_early_keeps_aside_what_was_read(void **state)
{
	struct place *place = *state;

	/* The first calls look at the module. */
	for (unsigned call = 3; !place_has("beken-flash.unconfirmed-1"); call++) {
		assert_true(call < 100);
		fake_again(&place->fake);
		place->fake.interrupt_at = call;
		assert_int_equal(backup(place, NULL), 130);
	}
	assert_int_equal(place_count(".bin"), 0);
}

static void without_a_name_it_is_made_of_soc_mac_and_date(void **state)
{
	struct place *place = *state;
	char date[16], name[80];
	time_t now = time(NULL);

	strftime(date, sizeof(date), "%Y%m%d", localtime(&now));
	assert_int_equal(backup(place, NULL), 0);
	snprintf(name, sizeof(name), "BK7231N-c8478c000001-%s.bin", date);
	expect_file(name, 1);
	assert_int_equal(backup(place, NULL), 0);
	snprintf(name, sizeof(name), "BK7231N-c8478c000001-%s-2.bin", date);
	expect_file(name, 1);
	memset(place->fake.die, 0xff, PLACE_SIZE);
	place->fake.die[0] = 1;
	assert_int_equal(backup(place, NULL), 0);
	snprintf(name, sizeof(name), "unknown-nomac-%s.bin", date);
	assert_true(place_has(name));
}

static void what_is_there_is_not_overwritten(void **state)
{
	struct place *place = *state;

	place_put("a.bin", "x", 1);
	place_put("b.bin.json", "x", 1);
	assert_int_equal(backup(place, "a.bin"), 1);
	assert_int_equal(backup(place, "b.bin"), 1);
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
	free(place_get("a.bin", 1));
	assert_false(place_has("b.bin"));
}

static void where_no_file_can_be_made_nothing_is_read(void **state)
{
	struct place *place = *state;
	char name[5000];

	assert_int_equal(backup(place, "nowhere/a.bin"), 1);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(backup(place, name), 2);
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
}

static void without_the_registers_it_is_none(void **state)
{
	struct place *place = *state;

	place->fake.registers_unread = true;
	assert_int_equal(backup(place, "a.bin"), 1);
	assert_int_equal(place_count(".bin"), 0);
}

static void a_dry_run_reads_nothing_and_makes_no_file(void **state)
{
	struct place *place = *state;

	assert_int_equal(backup(place, "--dry-run"), 0);
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
	assert_int_equal(place_count(""), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(two_readings_that_agree_are_a_backup),
		CASE(a_wrong_bit_is_put_right_and_told),
		CASE(what_never_becomes_clear_is_no_backup),
		CASE(what_can_hardly_be_there_is_kept_aside_and_no_backup),
		CASE(a_reading_that_ends_early_keeps_aside_what_was_read),
		CASE(without_a_name_it_is_made_of_soc_mac_and_date),
		CASE(what_is_there_is_not_overwritten),
		CASE(where_no_file_can_be_made_nothing_is_read),
		CASE(without_the_registers_it_is_none),
		CASE(a_dry_run_reads_nothing_and_makes_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
