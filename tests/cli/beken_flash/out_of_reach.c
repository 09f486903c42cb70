/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bootloader does not change its own area: what needs that is refused before the first change. */
#include <stdlib.h>

#include "engine/manifest.h"
#include "tests/engine/place.h"
#include "tests/image/make.h"

#define REFUSED 3
#define FILE_NAME "file.bin"
#define AREA 0x11000u

static int set_up(void **state)
{
	struct place *place;

	if (place_set_up_closed(state))
		return -1;
	place = *state;
	place->fake.shut = (struct range){0, AREA};
	return 0;
}

static uint8_t *copy_of(const struct place *place)
{
	uint8_t *die = malloc(PLACE_SIZE);

	memcpy(die, place->fake.die, PLACE_SIZE);
	return die;
}

static void expect_refused(struct place *place, int status, uint8_t *before)
{
	assert_int_equal(status, REFUSED);
	assert_non_null(strstr(place->output, "cannot be changed this way"));
	assert_non_null(strstr(place->output, "Use SPI for that part of the flash"));
	assert_false(place_has_journal());
	place_expect_untouched(place, before);
}

/* Both the area and what comes after it differ; the latter would be written first. */
static uint8_t *other_bootloader(const struct place *place)
{
	uint8_t *other = copy_of(place);

	memset(other + 0x500, 0x5a, 16);
	memset(other + 0x20000, 0x5a, PLACE_SECTOR);
	return other;
}

/* Bootloader and application of another version. */
static struct bytes other_version(void)
{
	struct recipe recipe = recipe_for("BK7231N");

	recipe.seed = 0x777;
	return make_qio(&recipe);
}

static void a_write_with_another_bootloader_is_refused(void **state)
{
	struct place *place = *state;
	struct bytes qio = other_version();
	uint8_t *wanted = copy_of(place);

	place_put(FILE_NAME, qio.data, qio.size);
	expect_refused(place, place_run(place, &command_write, FILE_NAME, NULL), copy_of(place));
	expect_refused(place, place_run(place, &command_write, "--dry-run", FILE_NAME, NULL),
		       copy_of(place));
	/* With the bootloader that is there it is written. */
	memcpy(wanted + AREA, qio.data + AREA, qio.size - AREA);
	place_put(FILE_NAME, wanted, qio.size);
	assert_int_equal(place_run(place, &command_write, FILE_NAME, NULL), 0);
	place_expect(place, wanted);
	free_bytes(qio);
	free(wanted);
}

static void a_restore_with_another_bootloader_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *file = other_bootloader(place);

	place_put_backup(FILE_NAME, file);
	expect_refused(place, place_run(place, &command_restore, FILE_NAME, NULL), copy_of(place));
	assert_int_equal(place_run(place, &command_restore, "--region=app", FILE_NAME, NULL), 0);
	memcpy(file, place->fake.die, AREA);
	place_expect(place, file);
	free(file);
}

static void a_resume_that_needs_the_area_is_refused_and_can_go_on_over_spi(void **state)
{
	struct place *place = *state;
	uint8_t *own = copy_of(place), *wanted = other_bootloader(place);

	place_leave_journal(own, wanted);
	assert_int_equal(place_run(place, &command_resume, NULL), 3);
	assert_non_null(strstr(place->output, "Use SPI for that part of the flash"));
	assert_true(place_has_journal());
	place_expect(place, own);
	place->fake.shut = NO_RANGE;
	assert_int_equal(place_run(place, &command_resume, NULL), 0);
	place_expect(place, wanted);
	free(own);
	free(wanted);
}

static void an_erase_or_a_test_of_the_area_is_refused_before_it_is_read(void **state)
{
	struct place *place = *state;

	expect_refused(
		place,
		place_run(place, &command_erase, "--at=0x10000", "--size=64K", "--yes", NULL),
		copy_of(place));
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
	expect_refused(place, place_run(place, &command_test, "--at=0x10000", "--size=4K", NULL),
		       copy_of(place));
	assert_int_equal(fake_count(&place->fake, FAKE_READ), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_write_with_another_bootloader_is_refused),
		CASE(a_restore_with_another_bootloader_is_refused),
		CASE(a_resume_that_needs_the_area_is_refused_and_can_go_on_over_spi),
		CASE(an_erase_or_a_test_of_the_area_is_refused_before_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
