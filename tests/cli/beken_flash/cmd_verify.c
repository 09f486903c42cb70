/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make_uf2.h"

#define DIFFERS 3
#define FILE_NAME "file.bin"

#define verify_with(place, ...) place_run(place, &command_verify, __VA_ARGS__, FILE_NAME, NULL)
#define verify(place) place_run(place, &command_verify, FILE_NAME, NULL)

static void the_same_is_the_same(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put(FILE_NAME, own, PLACE_SIZE);
	assert_int_equal(verify(place), 0);
	place_expect_untouched(place, own);
}

static void each_byte_that_differs_is_counted(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	own[0x1fffff] ^= 1;
	own[0x54321] ^= 1;
	place_put(FILE_NAME, own, PLACE_SIZE);
	assert_int_equal(verify_with(place, "--json"), DIFFERS);
	assert_non_null(strstr(place->output, "\"different\": 2, \"first_different\": 344865"));
	assert_int_equal(verify(place), DIFFERS);
	free(own);
}

static void what_differs_is_told_by_region(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	own[PLACE_MAC] ^= 1;
	own[PLACE_NET] ^= 1;
	own[PLACE_NET + 99] ^= 1;
	own[0x1d3000] ^= 1;
	place_put(FILE_NAME, own, PLACE_SIZE);
	assert_int_equal(verify(place), DIFFERS);
	assert_non_null(strstr(place->output, "differs in 4 bytes"));
	assert_non_null(strstr(place->output, "\n  rf: 1 bytes, the first at 0x1d0024\n"));
	assert_non_null(strstr(place->output, "\n  net: 2 bytes, the first at 0x1d1000\n"));
	assert_null(strstr(place->output, "\n  tuya"));
	assert_int_equal(verify_with(place, "--json"), DIFFERS);
	assert_non_null(strstr(place->output, "\"region\": \"net\", \"different\": 2, "
					      "\"first_different\": 1904640}"));
	free(own);
}

static void only_what_the_file_covers_is_read(void **state)
{
	struct place *place = *state;

	place_put(FILE_NAME, place->fake.die + PLACE_NET, 100);
	assert_int_equal(verify_with(place, "--at=0x1d1000"), 0);
	assert_int_equal(place->fake.bytes[FAKE_READ], 100);
	/* A region may be larger than the file. */
	assert_int_equal(verify_with(place, "--region=net"), 0);
	assert_int_equal(verify_with(place, "--at=0x1d1000", "--size=10"), 0);
	assert_int_equal(verify_with(place, "--at=0x1d1001"), DIFFERS);
}

static void a_file_is_compared_where_it_belongs(void **state)
{
	struct place *place = *state;
	struct bytes dump = {place_new_module(1), PLACE_SIZE};
	struct bytes rotated = make_rotated(dump, PLACE_APP);

	place_put(FILE_NAME, place->fake.die + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(verify_with(place, "--at=0x1d0000"), 0);
	place_put(FILE_NAME, rotated.data, rotated.size);
	assert_int_equal(verify(place), 0);
	rotated.data[0] ^= 1;
	place_put(FILE_NAME, rotated.data, rotated.size);
	assert_int_equal(verify_with(place, "--json"), DIFFERS);
	assert_non_null(strstr(place->output, "\"first_different\": 69632"));
	free_bytes(rotated);
	free_bytes(dump);
}

static void of_a_uf2_file_what_it_carries_is_compared(void **state)
{
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes uf2 = make_app_uf2(UF2_N, make_app(&recipe));

	place_put(FILE_NAME, uf2.data, uf2.size);
	place->fake.die[PLACE_APP + 0x80000] ^= 1;
	assert_int_equal(verify(place), 0);
	assert_non_null(strstr(place->output, "not compared"));
	place->fake.die[PLACE_APP + 0x100] ^= 1;
	place->fake.die[app_end_of("BK7231N") - 1] ^= 1;
	assert_int_equal(verify_with(place, "--json"), DIFFERS);
	assert_non_null(strstr(place->output, "\"different\": 2, \"first_different\": 69888"));
	place_put(FILE_NAME, uf2.data, uf2.size - 512);
	assert_int_equal(verify_with(place, "--at=0x11000"), 3);
	assert_non_null(strstr(place->output, "cut off"));
	free_bytes(uf2);
}

static void what_has_no_place_or_no_bytes_is_not_compared(void **state)
{
	struct place *place = *state;

	assert_int_equal(verify(place), 1); /* the file does not exist */
	place_put(FILE_NAME, "", 0);
	assert_int_equal(verify(place), 3);
	place_put(FILE_NAME, "some words", 10);
	assert_int_equal(verify(place), 3);
	assert_int_equal(verify_with(place, "--at=0x1ffff9"), 3);
	assert_int_equal(verify_with(place, "--at=0", "--size=11"), 3);
	assert_int_equal(verify_with(place, "--region=rf,net"), 2);
	assert_int_equal(verify_with(place, "--region=rf", "--at=0"), 2);
	assert_int_equal(place->fake.bytes[FAKE_READ], 0);
}

static void a_file_that_is_larger_than_its_region_is_not_compared(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put(FILE_NAME, own + PLACE_RF, 2 * PLACE_SECTOR);
	assert_int_equal(verify_with(place, "--region=rf"), 3);
	free(own);
}

static void a_flash_that_cannot_be_read_is_not_the_same(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put(FILE_NAME, own, PLACE_SIZE);
	place->fake.unreadable = 0x100000;
	assert_int_equal(verify(place), 1);
	fake_again(&place->fake);
	place->fake.interrupt_at = 2;
	assert_int_equal(verify(place), 130);
	fake_again(&place->fake);
	assert_int_equal(verify_with(place, "--dry-run"), 0);
	assert_int_equal(place->fake.bytes[FAKE_READ], 0);
	free(own);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_same_is_the_same),
		CASE(each_byte_that_differs_is_counted),
		CASE(what_differs_is_told_by_region),
		CASE(only_what_the_file_covers_is_read),
		CASE(a_file_is_compared_where_it_belongs),
		CASE(of_a_uf2_file_what_it_carries_is_compared),
		CASE(what_has_no_place_or_no_bytes_is_not_compared),
		CASE(a_file_that_is_larger_than_its_region_is_not_compared),
		CASE(a_flash_that_cannot_be_read_is_not_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
