/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the begin of a flash and the user say of the SoC. */
#include "engine/device.h"

#include "tests/engine/place.h"

/* Looks at a flash that begins so. */
static struct device *look(struct place *place, const char *begin, size_t length, const char *told)
{
	struct device *device = &place->device;

	memset(place->fake.die, 0xff, 64);
	memcpy(place->fake.die, begin, length);
	device->soc_count = 0;
	device->told = told ? chipdb_soc_by_name(told) : NULL;
	notes_begin(&place->notes);
	assert_true(device_look(device));
	return device;
}

#define BK7231N_BEGIN "\x69\x0c\xb5\x96\x35\xff\x2a\x99", 8

static void a_known_bootloader_tells_the_soc(void **state)
{
	struct device *device = look(*state, BK7231N_BEGIN, NULL);

	assert_ptr_equal(device_soc(device), chipdb_soc_by_name("BK7231N"));
	assert_true(device_agrees(device));
}

static void only_a_few_bytes_are_looked_at(void **state)
{
	struct place *place = *state;

	look(place, BK7231N_BEGIN, NULL);
	assert_int_equal(place->fake.event_count, 1);
	assert_true(place->fake.bytes[FAKE_PEEK] <= 64);
}

static void an_unknown_begin_tells_nothing(void **state)
{
	struct device *device = look(*state, "what?", 5, NULL);

	assert_int_equal(device->soc_count, 0);
	assert_null(device_soc(device));
	assert_true(device_agrees(device));
}

static void what_the_user_says_goes_before_it(void **state)
{
	struct place *place = *state;
	struct device *device = look(place, "what?", 5, "BK7231U");

	assert_ptr_equal(device_soc(device), chipdb_soc_by_name("BK7231U"));
	assert_true(device_agrees(device));
	device = look(place, BK7231N_BEGIN, "BK7231N");
	assert_true(device_agrees(device));
	assert_int_equal(place->notes.warnings, 0);
}

static void what_the_flash_contradicts_is_told(void **state)
{
	struct place *place = *state;
	struct device *device = look(place, BK7231N_BEGIN, "BK7231U");

	assert_ptr_equal(device_soc(device), chipdb_soc_by_name("BK7231U"));
	assert_int_equal(place->notes.warnings, 1);
	assert_false(device_agrees(device));
	assert_int_equal(place->notes.errors, 1);
}

static void a_flash_that_cannot_be_read_is_an_error(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = 0;
	place->device.soc_count = 0;
	assert_false(device_look(&place->device));
}

#define erase_all(place, ...) place_run(place, &command_erase, "--all", "--yes", __VA_ARGS__, NULL)

static void parameters_reach_the_programmer_behind_the_commands_own(void **state)
{
	struct place *place = *state;

	place_close(place);
	assert_int_equal(erase_all(place, "--params=usb=1-4.2"), 0);
	assert_string_equal(place->fake.params, "usb=1-4.2");
	assert_int_equal(place_run(place, &command_test, "--at=0x140000", "--size=4K",
				   "--params=unprotect=no", NULL),
			 0);
	assert_string_equal(place->fake.params, "unprotect=restore,unprotect=no");
}

static void wrong_parameters_open_nothing(void **state)
{
	struct place *place = *state;
	char params[600];

	place_close(place);
	fake_again(&place->fake);
	memset(params, 'a', sizeof(params));
	memcpy(params, "--params=", 9);
	params[sizeof(params) - 1] = '\0';
	assert_int_equal(erase_all(place, params), 2);
	assert_int_equal(erase_all(place, "--params=warp=9"), 2);
	assert_int_equal(erase_all(place, "--soc=Z80"), 2);
	assert_int_equal(place->fake.opened, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_known_bootloader_tells_the_soc),
		CASE(only_a_few_bytes_are_looked_at),
		CASE(an_unknown_begin_tells_nothing),
		CASE(what_the_user_says_goes_before_it),
		CASE(what_the_flash_contradicts_is_told),
		CASE(a_flash_that_cannot_be_read_is_an_error),
		CASE(parameters_reach_the_programmer_behind_the_commands_own),
		CASE(wrong_parameters_open_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
