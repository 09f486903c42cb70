/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what a write would leave behind starts. */
#include "engine/outcome.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static char why[OUTCOME_WHY];

static bool starts(struct place *place, const uint8_t *wanted)
{
	why[0] = '\0';
	return outcome_starts(wanted, PLACE_SIZE, &place->session.target, why);
}

static void the_firmware_of_a_module_starts(void **state)
{
	uint8_t *wanted = place_new_module(2);

	assert_true(starts(*state, wanted));
	free(wanted);
}

static void without_bootloader_or_application_nothing_starts(void **state)
{
	uint8_t *wanted = place_new_module(1);

	memset(wanted + PLACE_APP, 0xff, PLACE_RF - PLACE_APP);
	assert_false(starts(*state, wanted));
	assert_string_equal(why, "there would be no application");
	place_module(wanted, 1);
	memset(wanted, 0xff, PLACE_APP);
	assert_false(starts(*state, wanted));
	assert_string_equal(why, "there would be no bootloader");
	free(wanted);
}

static void code_with_a_wrong_bit_does_not_start_and_the_finding_says_why(void **state)
{
	uint8_t *wanted = place_new_module(1);

	wanted[PLACE_APP + 0x100] ^= 0x10;
	assert_false(starts(*state, wanted));
	assert_non_null(strstr(why, "CRC"));
	free(wanted);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_firmware_of_a_module_starts),
		CASE(without_bootloader_or_application_nothing_starts),
		CASE(code_with_a_wrong_bit_does_not_start_and_the_finding_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
