/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a write says of what it does, and asks of the programmer. */
#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make.h"

#define REFUSED 3
#define FILE_NAME "file.bin"

#define write_with(place, ...) place_run(place, &command_write, __VA_ARGS__, FILE_NAME, NULL)
#define write_it(place) place_run(place, &command_write, FILE_NAME, NULL)

/* Bootloader and application of another version, for this SoC. */
static void put_qio(const char *soc)
{
	struct recipe recipe = recipe_for(soc);
	struct bytes qio;

	recipe.seed = 0x777;
	qio = make_qio(&recipe);
	place_put(FILE_NAME, qio.data, qio.size);
	free_bytes(qio);
}

static void put_module(unsigned number)
{
	uint8_t *other = place_new_module(number);

	place_put(FILE_NAME, other, PLACE_SIZE);
	free(other);
}

static void what_differs_only_in_what_stays_is_said_to_be_there_but_for_that(void **state)
{
	struct place *place = *state;

	put_module(2);
	assert_int_equal(write_it(place), 0);
	place_expect_untouched(place, place_new_module(1));
	assert_non_null(strstr(place->output, "is, except for what stays as it is, in the flash"));
}

static void protection_is_put_back_only_if_that_is_wished(void **state)
{
	static const char *const options[] = {"--backup=old.bin", "--protect", "--dry-run"};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(options); i++) {
		bool puts = strcmp(options[i], "--protect") == 0;

		put_qio("BK7231N");
		place_module(place->fake.die, 1);
		place->fake.registers = place->fake.part->firmware_sr;
		assert_int_equal(write_with(place, options[i], puts ? "--no-backup" : options[i]),
				 0);
		assert_int_equal(strstr(place->fake.params, "unprotect=restore") != NULL, puts);
	}
	assert_int_equal(write_with(place, "--protect", "--dry-run"), 0);
	assert_null(strstr(place->fake.params, "unprotect=restore"));
}

/* Of a BK7231N the database has them. */
static void where_the_settings_are_is_said_to_be_unknown_if_it_is(void **state)
{
	static const char words[] = "not known where firmware of a BK7231U keeps its settings";
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231U");
	struct bytes dump = make_dump(&recipe, PLACE_SIZE);

	put_module(2);
	assert_int_equal(write_with(place, "--dry-run"), 0);
	assert_null(strstr(place->output, "keeps its settings"));
	memcpy(place->fake.die, dump.data, PLACE_SIZE);
	place_put(FILE_NAME, dump.data, PLACE_SIZE);
	free_bytes(dump);
	assert_int_equal(write_with(place, "--dry-run"), 0);
	assert_non_null(strstr(place->output, words));
	/* A file that is no whole flash holds no settings. */
	put_qio("BK7231U");
	assert_int_equal(write_with(place, "--dry-run"), 0);
	assert_null(strstr(place->output, "keeps its settings"));
}

/* Bytes without a meaning, between the parts of the firmware. */
static void a_file_that_says_nothing_goes_into_code_or_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)((i + 1) * UINT32_C(2654435761) >> 24);
	place_put(FILE_NAME, bytes, sizeof(bytes));
	assert_int_equal(write_with(place, "--at=0x140000"), REFUSED);
	assert_non_null(strstr(place->output, "nothing tells whether it belongs there"));
	place_expect_untouched(place, place_new_module(1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_differs_only_in_what_stays_is_said_to_be_there_but_for_that),
		CASE(protection_is_put_back_only_if_that_is_wished),
		CASE(where_the_settings_are_is_said_to_be_unknown_if_it_is),
		CASE(a_file_that_says_nothing_goes_into_code_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
