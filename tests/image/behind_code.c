/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may lie after the code without being a reason to refuse the image. */
#include "tests/unit.h"
#include "tests/image/identified.h"

#include <stdlib.h>

/* A shorter application was written over a longer one, without erasing the last sectors of that. */
static void leftovers_behind_the_application_are_no_damage(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes dump = make_dump(&recipe, 0x200000), old;
	struct image *image;

	(void)state;
	recipe.app_code = 0x20000;
	recipe.seed++;
	old = make_qio(&recipe);
	memcpy(dump.data + 0x1b000, old.data + 0x1b000, 0x10000);
	free_bytes(old);
	image = identify(make_copy(dump, 0, dump.size));
	assert_kind(image, IMAGE_DUMP);
	assert_nothing_grave(image);
	assert_true(image_has(image, IMAGE_LEFTOVERS));
	free(image);

	/* Nor in a file that is made for writing, if its header confirms the rest. */
	image = identify(make_copy(dump, 0, app_end_of("BK7231N")));
	assert_kind(image, IMAGE_QIO);
	assert_nothing_grave(image);
	assert_true(image_has(image, IMAGE_LEFTOVERS));
	free(image);
	free_bytes(dump);
}

/* As TuyaOpen makes such files. */
static void data_of_a_user_behind_a_qio_are_none_of_a_dump(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes qio = make_qio(&recipe), more = make_copy(qio, 0, 0x134000);
	struct image *image;

	(void)state;
	memset(more.data + 0x132000, 'u', 0x2000);
	image = identify(make_copy(more, 0, more.size));
	assert_kind(image, IMAGE_QIO);
	assert_nothing_grave(image);
	free(image);
	/* Cut within a sector, with a gap, or up to the calibration. */
	image = identify(make_copy(more, 0, more.size - 1));
	assert_true(image_has(image, IMAGE_TRUNCATED));
	free(image);
	image = identify(make_copy(more, 0, more.size + 0x1000));
	assert_true(image_has(image, IMAGE_TRUNCATED));
	free(image);
	memset(more.data + 0x12b000, 'u', 0x1000);
	image = identify(make_copy(more, 0, more.size));
	assert_true(image_has(image, IMAGE_TRUNCATED));
	free(image);
	free_bytes(more);
	more = make_copy(qio, 0, 0x1d1000);
	memset(more.data + 0x1c0000, 'u', 0x11000);
	image = identify(more);
	assert_true(image_has(image, IMAGE_TRUNCATED));
	free(image);
	free_bytes(qio);
}

/* In a region that was read from a flash: what follows the code is not written. */
static void blank_bytes_up_to_the_end_of_a_sector_are_no_content(void **state)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app = make_app(&recipe);
	struct image *image = identify(make_copy(app, 0, 0x12a000 - APP));

	(void)state;
	assert_kind(image, IMAGE_APPLICATION);
	assert_nothing_grave(image);
	assert_int_equal(image->filled, 0x12a000 - app_end_of("BK7231N"));
	free(image);
	image = identify(make_copy(app, 0, 0x12b000 - APP));
	assert_true(image_has(image, IMAGE_PADDED));
	assert_int_equal(image->filled, 0);
	free(image);
	free_bytes(app);
}

static void settings_are_found_in_a_place_that_others_may_reach_into(void **state)
{
	static const uint8_t zeros[16] = {0x46, 0xdc, 0xed, 0x0e, 0x67, 0x2f, 0x3b, 0x70,
					  0xae, 0x12, 0x76, 0xa3, 0xf8, 0x71, 0x2e, 0x03};
	struct bytes die = make_bytes(0x40000, 0xff);
	struct settings found[SETTINGS_MOST];

	(void)state;
	for (size_t at = 0x4000; at <= 0x6000; at += 0x2000)
		for (size_t i = 32; i < 64; i++)
			die.data[at + i] = zeros[i % 16];
	memcpy(die.data + 0x8000, "CFG\0\6\0\0\0", 8);
	assert_int_equal(settings_find(die.data, die.size, found), 2);
	assert_int_equal(found[0].kind, SETTINGS_TUYA);
	assert_int_equal(found[0].offset, 0x4000);
	assert_int_equal(found[0].length, 0x13000);
	assert_int_equal(found[1].kind, SETTINGS_OPENBEKEN);
	assert_int_equal(found[1].offset, 0x8000);
	assert_int_equal(settings_find(die.data, 0x5000, found), 1);
	assert_int_equal(found[0].length, 0x1000);
	free_bytes(die);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leftovers_behind_the_application_are_no_damage),
		cmocka_unit_test(data_of_a_user_behind_a_qio_are_none_of_a_dump),
		cmocka_unit_test(settings_are_found_in_a_place_that_others_may_reach_into),
		cmocka_unit_test(blank_bytes_up_to_the_end_of_a_sector_are_no_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
