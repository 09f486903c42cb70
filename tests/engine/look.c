/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a few sectors of the die, and the user, tell about the module. */
#include "engine/look.h"

#include "engine/manifest.h"
#include "tests/engine/place.h"
#include "tests/image/make.h"

/* Looks at a die that starts with this bootloader; frees the bytes. */
static const struct target *look(struct place *place, struct bytes begin, const char *told)
{
	struct session *session = &place->session;

	memset(place->fake.die, 0xff, 0x11000);
	memcpy(place->fake.die, begin.data, begin.size);
	free_bytes(begin);
	session->told = told ? chipdb_soc_by_name(told) : NULL;
	notes_begin(&place->notes);
	fake_again(&place->fake);
	assert_true(look_at_module(session));
	return &session->target;
}

static struct bytes bootloader_of(const char *soc, bool nameless)
{
	struct recipe recipe = recipe_for(soc);

	recipe.nameless = nameless;
	return make_bootloader(&recipe);
}

static void a_bootloader_that_names_itself_tells_the_soc(void **state)
{
	struct place *place = *state;
	const struct target *target = look(place, bootloader_of("BK7231N", false), NULL);

	assert_ptr_equal(session_soc(&place->session), chipdb_soc_by_name("BK7231N"));
	assert_true(session_agrees(&place->session));
	assert_true(target->boots);
	assert_int_equal(target->coding.kind, CODING_STOCK);
}

static void no_more_is_read_than_names_it_and_that_twice(void **state)
{
	struct place *place = *state;

	look(place, bootloader_of("BK7231N", false), NULL);
	assert_in_range(place->fake.bytes[FAKE_PEEK], 2 * 0x400, 2 * 0x800);
	look(place, bootloader_of("BK7231U", false), NULL);
	assert_in_range(place->fake.bytes[FAKE_PEEK], 2 * 0x2000, 2 * 0x2400);
	look(place, bootloader_of("BK7231N", true), NULL);
	assert_in_range(place->fake.bytes[FAKE_PEEK], 2 * 0x11000, 2 * 0x11800);
}

static void what_is_no_bootloader_tells_nothing(void **state)
{
	struct place *place = *state;
	const struct target *target;

	memset(place->fake.die + PLACE_RF, 0xff, 0x1000);
	target = look(place, make_bytes(5, '?'), NULL);
	assert_int_equal(target->identity.soc_count, 0);
	assert_false(target->boots);
	/* What does not start with a bootloader is not read further. */
	assert_false(fake_was_read(&place->fake, 0x3ff));
	assert_null(session_soc(&place->session));
	assert_true(session_agrees(&place->session));
}

static void where_the_calibration_is_leaves_a_few(void **state)
{
	const struct target *target = look(*state, make_bytes(5, '?'), NULL);
	const chipdb_soc_set few = chipdb_soc_bit(chipdb_soc_by_name("BK7231N")) |
				   chipdb_soc_bit(chipdb_soc_by_name("BK7231M"));

	assert_int_equal(identity_socs(&target->identity), few);
}

static void what_the_user_says_goes_before_it(void **state)
{
	struct place *place = *state;

	memset(place->fake.die + PLACE_RF, 0xff, 0x1000);
	look(place, make_bytes(5, '?'), "BK7231U");
	assert_ptr_equal(session_soc(&place->session), chipdb_soc_by_name("BK7231U"));
	assert_true(session_agrees(&place->session));
	look(place, bootloader_of("BK7231N", false), "BK7231N");
	assert_true(session_agrees(&place->session));
	assert_int_equal(place->notes.warnings, 0);
}

static void what_the_flash_contradicts_is_told(void **state)
{
	struct place *place = *state;

	look(place, bootloader_of("BK7231N", false), "BK7231U");
	assert_ptr_equal(session_soc(&place->session), chipdb_soc_by_name("BK7231U"));
	assert_true(place->notes.warnings > 0);
	assert_false(session_agrees(&place->session));
	assert_int_equal(place->notes.errors, 1);
}

/* The key may have been left out. */
static void a_plain_bootloader_that_names_what_the_user_says_contradicts_nothing(void **state)
{
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231N");

	recipe.key = KEY_NONE;
	look(place, make_bootloader(&recipe), "BK7231N");
	assert_ptr_equal(session_soc(&place->session), chipdb_soc_by_name("BK7231N"));
	assert_int_equal(place->notes.warnings, 0);
	assert_true(session_agrees(&place->session));
}

/* Its firmware may keep it there; only what runs plain code and has that name has it there, too. */
static void calibration_elsewhere_makes_no_plain_soc_of_a_keyed_one(void **state)
{
	struct place *place = *state;
	const struct chipdb_soc *plain = chipdb_soc_by_name("BL2028N");

	memmove(place->fake.die + 0x1e0000, place->fake.die + PLACE_RF, PLACE_SECTOR);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	look(place, bootloader_of("BK7231N", false), NULL);
	assert_int_equal(place->session.target.identity.soc_count, 0);
	assert_true(place->session.target.identity.possible & ~chipdb_soc_bit(plain));
}

static void a_modules_mac_and_calibration_tell_it_from_others(void **state)
{
	struct place *place = *state;
	struct session *session = &place->session;
	char calibration[65];

	sha256_text(place->fake.die + PLACE_RF, 64, calibration);
	assert_string_equal(session->mac, place_mac(1));
	assert_string_equal(session->calibration, calibration);
	/* A MAC that the firmware made up does not identify a module. */
	memset(place->fake.die + PLACE_MAC + 3, 0, 3);
	place_open(place, false);
	assert_string_equal(session->mac, "");
	assert_string_not_equal(session->calibration, "");
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	place_open(place, false);
	assert_string_equal(session->calibration, "");
}

static void a_flash_that_cannot_be_read_is_an_error(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = 0;
	assert_false(look_at_module(&place->session));
}

static void one_wrong_reading_is_no_judgement(void **state)
{
	struct place *place = *state;
	struct target right = place->session.target;

	fake_flip(&place->fake, 0x94, 1, 1, 1);
	assert_true(look_at_module(&place->session));
	assert_int_equal(place->session.target.boots, right.boots);
	assert_int_equal(place->session.target.identity.count, right.identity.count);
	assert_int_equal(place->notes.warnings, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_bootloader_that_names_itself_tells_the_soc),
		CASE(no_more_is_read_than_names_it_and_that_twice),
		CASE(what_is_no_bootloader_tells_nothing),
		CASE(where_the_calibration_is_leaves_a_few),
		CASE(what_the_user_says_goes_before_it),
		CASE(what_the_flash_contradicts_is_told),
		CASE(calibration_elsewhere_makes_no_plain_soc_of_a_keyed_one),
		CASE(a_plain_bootloader_that_names_what_the_user_says_contradicts_nothing),
		CASE(a_modules_mac_and_calibration_tell_it_from_others),
		CASE(a_flash_that_cannot_be_read_is_an_error),
		CASE(one_wrong_reading_is_no_judgement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
