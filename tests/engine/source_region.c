/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file for a region: taken as it is, cut, or rotated; source.c tests where files belong. */
#include "engine/source.h"

#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make.h"

#define NAME "file.bin"

struct writing {
	void *place;
	struct notes notes;
	struct source source;
	struct target target;
};

static int set_up(void **state)
{
	struct writing *writing = calloc(1, sizeof(*writing));

	place_set_up_closed(&writing->place);
	notes_begin(&writing->notes);
	writing->target = make_target(chipdb_soc_by_name("BK7231N"), NULL);
	*state = writing;
	return 0;
}

static int tear_down(void **state)
{
	struct writing *writing = *state;
	void *place = writing->place;

	source_free(&writing->source);
	free(writing);
	return place_tear_down(&place);
}

static void put(struct bytes bytes)
{
	place_put(NAME, bytes.data, bytes.size);
	free_bytes(bytes);
}

static void put_qio(const char *soc)
{
	struct recipe recipe = recipe_for(soc);

	put(make_qio(&recipe));
}

static void put_words(void)
{
	place_put(NAME, "these are words", 15);
}

static bool load(struct writing *writing, const struct source_wish *wish)
{
	const struct source_wish nothing = {.has_at = false};

	source_free(&writing->source);
	return source_load(&writing->source, NAME, wish ? wish : &nothing,
			   &writing->notes.observer);
}

static bool place(struct writing *writing)
{
	return source_place(&writing->source, &writing->target, false, PLACE_SIZE,
			    &writing->notes.observer);
}

static const struct chipdb_region *region_of(const char *name)
{
	const struct chipdb_region *region = chipdb_soc_by_name("BK7231N")->regions;

	while (strcmp(region->name, name) != 0)
		region++;
	return region;
}

static void a_region_takes_what_fits_into_it(void **state)
{
	struct writing *writing = *state;
	struct source *source = &writing->source;
	const struct chipdb_region *region = region_of("tuya");

	put(make_bytes(region->length, 0x5a));
	assert_true(load(writing, NULL));
	assert_true(source_take_region(source, region, &writing->notes.observer));
	assert_int_equal(source->at, region->start);
	assert_int_equal(writing->notes.errors, 0);
	put(make_bytes(region->length + 1, 0x5a));
	assert_true(load(writing, NULL));
	assert_false(source_take_region(source, region, &writing->notes.observer));
	assert_int_equal(writing->notes.trouble.kind, TROUBLE_WRONG_FILE);
	assert_mentions(&writing->notes, "but the region tuya has 77824");
}

/* Settings may be anything; code and calibration are recognized by their content. */
static void only_settings_are_taken_whatever_they_are(void **state)
{
	static const struct {
		const char *region;
		bool takes;
	} rows[] = {{"tuya", true},	   {"net", true},  {"rf", false},
		    {"bootloader", false}, {"app", false}, {"download", false}};
	struct writing *writing = *state;
	uint8_t content[0x400];

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 29 + i / 3);
	place_put(NAME, content, sizeof(content));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct chipdb_region *region = region_of(rows[i].region);

		assert_true(load(writing, NULL));
		assert_true(source_take_region(&writing->source, region, &writing->notes.observer));
		assert_int_equal(writing->source.force[PLACEMENT_NOT_AN_IMAGE], rows[i].takes);
	}
	/* What is recognized as something else is not settings. */
	put_qio("BK7231N");
	assert_true(load(writing, NULL));
	writing->source.size = 0x1000;
	assert_true(
		source_take_region(&writing->source, region_of("tuya"), &writing->notes.observer));
	assert_false(writing->source.force[PLACEMENT_NOT_AN_IMAGE]);
}

static void a_file_is_cut_to_a_size_that_it_has(void **state)
{
	struct writing *writing = *state;
	struct source_wish wish = {.has_size = true, .size = 15};

	put_words();
	assert_true(load(writing, &wish));
	assert_int_equal(writing->source.size, 15);
	wish.size = 5;
	assert_true(load(writing, &wish));
	assert_int_equal(writing->source.size, 5);
	wish.size = 16;
	assert_false(load(writing, &wish));
	assert_mentions(&writing->notes, "has only 15 bytes");
}

static void a_dump_is_turned_as_it_will_be_written(void **state)
{
	struct writing *writing = *state;
	uint8_t *die = place_new_module(1), *turned;
	struct bytes dump = {die, PLACE_SIZE}, rotated = make_rotated(dump, 0x11000);

	put(rotated);
	assert_true(load(writing, NULL));
	assert_true(place(writing));
	assert_int_equal(source_file(&writing->source).rotation, PLACE_SIZE - 0x11000);
	assert_true(source_goes_home(&writing->source));
	turned = source_turned(&writing->source, PLACE_SIZE);
	assert_non_null(turned);
	assert_memory_equal(turned, die, PLACE_SIZE);
	assert_null(source_turned(&writing->source, PLACE_SIZE / 2));
	free(turned);
	free(die);
}

static void what_is_written_elsewhere_does_not_go_home(void **state)
{
	const struct source_wish elsewhere = {
		.has_at = true, .at = 0x20000, .force[PLACEMENT_WRONG_ADDRESS] = true};
	struct writing *writing = *state;

	put_qio("BK7231N");
	assert_true(load(writing, NULL));
	assert_true(place(writing));
	assert_true(source_goes_home(&writing->source));
	assert_true(load(writing, &elsewhere));
	assert_true(place(writing));
	assert_false(source_goes_home(&writing->source));
}

/* A file that was cut off may be right together with what is around it in the flash. */
static void a_file_that_was_cut_off_is_a_piece(void **state)
{
	static const uint32_t sizes[] = {100 * 34 + 7, 100 * 34}; /* within, and after a block */
	struct writing *writing = *state;
	struct source *source = &writing->source;
	struct source_wish wish = {.has_size = true};
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app;

	put(make_app(&recipe));
	assert_true(load(writing, NULL));
	assert_true(place(writing));
	assert_false(source->is_piece);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		wish.size = sizes[i];
		assert_true(load(writing, &wish));
		assert_true(place(writing));
		assert_true(source->is_piece);
		assert_int_equal(writing->notes.errors, 0);
		assert_false(
			source_refuse_piece(source, "it ends too early", &writing->notes.observer));
		assert_int_equal(writing->notes.trouble.kind, TROUBLE_WRONG_FILE);
		assert_mentions(&writing->notes, "the start of an application");
		assert_mentions(&writing->notes, "it ends too early");
		notes_begin(&writing->notes);
	}
	/* A wrong bit in it cannot be made good by the rest. */
	app = make_app(&recipe);
	app.data[50 * 34] ^= 1;
	put(app);
	assert_true(load(writing, &wish));
	assert_false(place(writing));
}

/* Without an address its place cannot be known, and is not guessed, even with --force. */
static void without_an_address_it_goes_nowhere(void **state)
{
	const struct source_wish settings = {.has_kind = true,
					     .kind = IMAGE_TUYA_CONFIG,
					     .force[PLACEMENT_WRONG_ADDRESS] = true,
					     .force[PLACEMENT_NEEDS_SOC] = true,
					     .force[PLACEMENT_NOT_AN_IMAGE] = true};
	struct source_wish rf = settings;
	struct writing *writing = *state;

	rf.has_kind = false;
	put(make_rf());
	assert_true(load(writing, &settings));
	assert_false(place(writing));
	assert_int_equal(writing->notes.trouble.kind, TROUBLE_WRONG_PLACE);
	assert_mentions(&writing->notes, "it is not known where it belongs");
	assert_true(load(writing, &rf));
	assert_true(place(writing));
	assert_int_equal(source_file(&writing->source).address, PLACE_RF);
	writing->target = make_target(NULL, NULL);
	notes_begin(&writing->notes);
	assert_true(load(writing, &rf));
	assert_false(place(writing));
	assert_int_equal(writing->notes.trouble.kind, TROUBLE_WRONG_PLACE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_region_takes_what_fits_into_it),
		CASE(only_settings_are_taken_whatever_they_are),
		CASE(a_file_is_cut_to_a_size_that_it_has),
		CASE(a_file_that_was_cut_off_is_a_piece),
		CASE(without_an_address_it_goes_nowhere),
		CASE(a_dump_is_turned_as_it_will_be_written),
		CASE(what_is_written_elsewhere_does_not_go_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
