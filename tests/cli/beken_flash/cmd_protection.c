/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"

#define QE 0x0200u /* not a protection bit, so it must not be touched */

static void the_protection_is_lifted_and_no_other_bit_moves(void **state)
{
	struct place *place = *state;
	const struct chipdb_part *part = place->fake.part;

	place->fake.registers = part->firmware_sr | QE;
	assert_int_equal(place_run(place, &command_unprotect, NULL), 0);
	assert_int_equal(place->fake.registers, (part->firmware_sr & ~protection_mask(part)) | QE);
	place_expect_untouched(place, place_new_module(1));
}

static void it_becomes_as_the_firmware_leaves_it(void **state)
{
	struct place *place = *state;

	place->fake.registers = QE;
	assert_int_equal(place_run(place, &command_protect, NULL), 0);
	assert_int_equal(place->fake.registers,
			 (place->fake.part->firmware_sr & protection_mask(place->fake.part)) | QE);
	assert_int_equal(place_run(place, &command_protect, NULL), 0);
	assert_non_null(strstr(place->output, "nothing was done"));
}

static void bits_that_do_not_protect_are_refused(void **state)
{
	struct place *place = *state;

	place->fake.registers = 0;
	assert_int_equal(place_run(place, &command_protect, "--registers=0x204", NULL), 3);
	assert_non_null(strstr(place->output, "no others are set"));
	assert_int_equal(place->fake.registers, 0);
}

static void a_dry_run_says_what_would_be_and_does_nothing(void **state)
{
	struct place *place = *state;
	uint32_t before = place->fake.registers;

	assert_int_equal(place_run(place, &command_unprotect, "--dry-run", NULL), 0);
	assert_non_null(strstr(place->output, "set the status registers from"));
	assert_int_equal(place->fake.registers, before);
	place->fake.registers = 0;
	assert_int_equal(place_run(place, &command_unprotect, "--dry-run", NULL), 0);
	assert_non_null(strstr(place->output, "do nothing"));
}

static void registers_that_do_not_change_or_change_back_are_no_success(void **state)
{
	struct place *place = *state;

	place->fake.registers_stay = true;
	assert_int_equal(place_run(place, &command_unprotect, "--json", NULL), 1);
	assert_non_null(strstr(place->output, "stays-protected"));
	place->fake.registers_stay = false;
	place->fake.registers_return = true;
	assert_int_equal(place_run(place, &command_unprotect, NULL), 1);
	assert_non_null(strstr(place->output, "again and again"));
}

static void registers_that_cannot_be_read_are_left_alone(void **state)
{
	struct place *place = *state;
	uint32_t before = place->fake.registers;

	place->fake.registers_unread = true;
	assert_int_not_equal(place_run(place, &command_unprotect, NULL), 0);
	assert_int_equal(place->fake.registers, before);
}

static void bad_news_at_the_end_are_told(void **state)
{
	struct place *place = *state;

	place->fake.ends_badly = true;
	assert_int_not_equal(place_run(place, &command_unprotect, NULL), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_protection_is_lifted_and_no_other_bit_moves),
		CASE(it_becomes_as_the_firmware_leaves_it),
		CASE(bits_that_do_not_protect_are_refused),
		CASE(a_dry_run_says_what_would_be_and_does_nothing),
		CASE(registers_that_do_not_change_or_change_back_are_no_success),
		CASE(registers_that_cannot_be_read_are_left_alone),
		CASE(bad_news_at_the_end_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
