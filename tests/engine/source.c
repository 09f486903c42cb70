/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's options against what a file is; tests/image/ tests how that is recognized. */
#include "base/number.h"
#include "engine/source.h"

#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make_uf2.h"

#define NAME "file.bin"

struct writing {
	void *place;
	struct notes notes;
	struct source source;
	const struct chipdb_soc *socs[2];
	struct target target;
};

static int set_up(void **state)
{
	struct writing *writing = calloc(1, sizeof(*writing));

	place_set_up_closed(&writing->place);
	notes_begin(&writing->notes);
	writing->socs[0] = chipdb_soc_by_name("BK7231N");
	writing->socs[1] = chipdb_soc_by_name("BK7231T");
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

/* The refusal has this name, in the first trouble or in a later one. */
static void assert_refused(const struct writing *writing, const char *name)
{
	assert_string_equal(writing->notes.trouble.values[0].name, "refusal");
	assert_string_equal(writing->notes.trouble.values[0].text, name);
}

static void put_words(void)
{
	place_put(NAME, "these are words", 15);
}

static bool load(struct writing *writing, const char *as, const char *at, const char *force)
{
	struct source_wish wish = {.has_at = at, .has_kind = as};

	if (as)
		assert_true(source_kind_by_name(as, &wish.kind));
	if (at)
		assert_true(number_bytes(at, &wish.at));
	while (force && *force) {
		size_t length = strcspn(force, ",");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)length, force);
		wish.force[placement_refusal_by_name(name)] = true;
		force += length + (force[length] == ',');
	}
	source_free(&writing->source);
	return source_load(&writing->source, NAME, &wish, &writing->notes.observer);
}

/* On a module that is one of the first @count SoCs. */
static bool place(struct writing *writing, size_t count)
{
	writing->target = make_target(count > 0 ? writing->socs[0] : NULL,
				      count > 1 ? writing->socs[1] : NULL);
	return source_place(&writing->source, &writing->target, false, PLACE_SIZE,
			    &writing->notes.observer);
}

static void a_file_goes_where_it_belongs(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct plan_file file;

	put(make_app(&recipe));
	assert_true(load(writing, NULL, NULL, NULL));
	assert_true(place(writing, 1));
	file = source_file(&writing->source);
	assert_int_equal(file.address, PLACE_APP);
	assert_int_equal(file.length, writing->source.size);
	assert_int_equal(file.rotation, 0);
	assert_ptr_equal(file.data, writing->source.data);
}

static void a_file_goes_where_the_user_says_if_that_is_not_wrong(void **state)
{
	struct writing *writing = *state;

	put_qio("BK7231N");
	assert_true(load(writing, NULL, "0", NULL));
	assert_true(place(writing, 1));
	assert_true(load(writing, NULL, "0x20000", NULL));
	assert_false(place(writing, 1));
	assert_refused(writing, "wrong-address");
	assert_true(load(writing, NULL, "128K", "wrong-address"));
	assert_true(place(writing, 1));
	assert_int_equal(source_file(&writing->source).address, 0x20000);
}

/* It would take the place of the bootloader. */
static void an_application_is_no_qio_because_it_is_called_one(void **state)
{
	static const char *const names[] = {"qio", "dump", "bootloader"};
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");

	put(make_app(&recipe));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		notes_begin(&writing->notes);
		assert_true(load(writing, names[i], NULL, NULL));
		assert_false(place(writing, 1));
		assert_refused(writing, "app-at-0");
		assert_true(load(writing, names[i], NULL, "app-at-0"));
		assert_true(place(writing, 1));
	}
	assert_true(load(writing, "qio", "0x11000", NULL));
	assert_true(place(writing, 1));
	assert_int_equal(source_file(&writing->source).address, PLACE_APP);
}

/* The start of its bootloader would take the place of the application. */
static void a_bootloader_is_no_application_because_it_is_called_one(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes files[] = {make_qio(&recipe), make_bootloader(&recipe)};

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		notes_begin(&writing->notes);
		put(files[i]);
		assert_true(load(writing, "application", NULL, NULL));
		assert_false(place(writing, 1));
		assert_refused(writing, "wrong-address");
		assert_true(load(writing, "application", NULL, "wrong-address"));
		assert_true(place(writing, 1));
		assert_int_equal(source_file(&writing->source).address, PLACE_APP);
		assert_true(load(writing, "application", "0", NULL));
		assert_true(place(writing, 1));
	}
}

static void each_refusal_has_to_be_overruled_by_its_own_name(void **state)
{
	struct writing *writing = *state;

	put_qio("BK7231T");
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(place(writing, 1));
	assert_refused(writing, "wrong-soc");
	assert_true(load(writing, NULL, NULL, "damaged,blank"));
	assert_false(place(writing, 1));
	assert_true(load(writing, NULL, NULL, "damaged,wrong-soc"));
	assert_true(place(writing, 1));
}

/* It might be the other SoC. */
static void of_several_socs_none_is_guessed(void **state)
{
	struct writing *writing = *state;

	put_qio("BK7231T");
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(place(writing, 2));
	assert_refused(writing, "unproven-soc");
	assert_int_equal(writing->notes.trouble.kind, TROUBLE_SOC_UNKNOWN);
	assert_true(load(writing, NULL, NULL, "unproven-soc"));
	assert_true(place(writing, 2));
}

static void a_soc_that_is_not_known_is_not_guessed(void **state)
{
	struct writing *writing = *state;

	put_qio("BK7231T");
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(place(writing, 0));
	assert_refused(writing, "unproven-soc");
}

static void a_module_that_does_not_start_takes_what_brings_a_bootloader(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231T");

	put_qio("BK7231T");
	assert_true(load(writing, NULL, NULL, NULL));
	writing->target = make_target(writing->socs[0], writing->socs[1]);
	writing->target.boots = false;
	assert_true(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				 &writing->notes.observer));
	put(make_app(&recipe));
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				  &writing->notes.observer));
	assert_refused(writing, "would-not-start");
}

/* By everything else it may be a BK7252. */
static void what_does_not_start_still_says_by_its_application_who_it_is(void **state)
{
	struct writing *writing = *state;
	const struct chipdb_soc *u = chipdb_soc_by_name("BK7231U");

	put_qio("BK7252");
	assert_true(load(writing, NULL, NULL, NULL));
	writing->target = make_target(NULL, NULL);
	writing->target.boots = false;
	assert_true(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				 &writing->notes.observer));
	identity_add(&writing->target.identity, EVIDENCE_APP_NAME, EVIDENCE_WEAK, chipdb_soc_bit(u),
		     PLACE_APP, "its application says so");
	identity_settle(&writing->target.identity);
	assert_int_equal(writing->target.identity.soc_count, 0);
	assert_false(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				  &writing->notes.observer));
	assert_refused(writing, "unproven-soc");
}

/* With an unknown key it may be for a BK7231T or a BK7231N. */
static void what_may_be_for_several_socs_is_no_rescue(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");

	recipe.key = KEY_OTHER;
	put(make_qio(&recipe));
	assert_true(load(writing, NULL, NULL, NULL));
	writing->target = make_target(NULL, NULL);
	writing->target.boots = false;
	assert_false(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				  &writing->notes.observer));
	assert_refused(writing, "unproven-soc");
}

static void what_fits_for_sure_is_not_asked_for_its_soc(void **state)
{
	struct writing *writing = *state;

	put_qio("BK7231T");
	assert_true(load(writing, NULL, NULL, NULL));
	writing->target = make_target(writing->socs[0], NULL);
	assert_true(source_place(&writing->source, &writing->target, true, PLACE_SIZE,
				 &writing->notes.observer));
}

static void calibration_goes_to_the_place_of_the_soc(void **state)
{
	struct writing *writing = *state;

	put(make_rf());
	assert_true(load(writing, NULL, NULL, NULL));
	assert_true(place(writing, 1));
	assert_int_equal(source_file(&writing->source).address, PLACE_RF);
	/* N and T have it in different places, and which of them this is is not known. */
	assert_false(place(writing, 2));
	assert_false(place(writing, 0));
	/* Even --force does not write it to address 0. */
	assert_true(load(writing, NULL, NULL, "needs-soc"));
	assert_false(place(writing, 2));
	assert_false(place(writing, 0));
}

static void words_go_only_by_force_and_to_an_address(void **state)
{
	struct writing *writing = *state;

	put_words();
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(place(writing, 1));
	assert_true(load(writing, NULL, NULL, "not-an-image"));
	assert_false(place(writing, 1));
	assert_true(load(writing, NULL, "0x150000", "not-an-image"));
	assert_true(place(writing, 1));
	assert_int_equal(source_file(&writing->source).address, 0x150000);
}

static void nothing_goes_behind_the_end_of_the_flash(void **state)
{
	struct writing *writing = *state;

	put_words();
	assert_true(load(writing, NULL, "0x1ffff1", "not-an-image,too-large"));
	assert_true(place(writing, 1));
	assert_true(load(writing, NULL, "0x1ffff2", "not-an-image,too-large"));
	assert_false(place(writing, 1));
	assert_true(load(writing, NULL, "0x2000000", "not-an-image,too-large"));
	assert_false(place(writing, 1));
}

static void what_the_user_calls_it_goes_before_what_it_looks_like(void **state)
{
	static const struct {
		const char *as;
		uint32_t address;
	} cases[] = {{"dump", 0},
		     {"qio", 0},
		     {"bootloader", 0},
		     {"application", PLACE_APP},
		     {"rf", PLACE_RF}};
	struct writing *writing = *state;

	put_words();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(load(writing, cases[i].as, NULL,
				 "wrong-size,no-bootloader,truncated,app-at-0"));
		if (!place(writing, 1) || source_file(&writing->source).address != cases[i].address)
			fail_msg("%s: %s", cases[i].as, writing->notes.text);
	}
	/* The address of Tuya's settings differs between releases. */
	assert_true(load(writing, "tuya-config", NULL, "wrong-address"));
	assert_false(place(writing, 1));
	assert_true(load(writing, "tuya-config", "0x1ed000", "wrong-address"));
	assert_true(place(writing, 1));
	assert_false(source_kind_by_name("poem", &(enum image_kind){0}));
}

static void a_uf2_file_is_written_as_what_it_holds(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes app = make_app(&recipe);
	struct plan_file file;

	put(make_app_uf2(UF2_N, make_copy(app, 0, app.size)));
	assert_true(load(writing, NULL, NULL, NULL));
	assert_mentions(&writing->notes, "download is an over-the-air update, and is left out");
	assert_true(place(writing, 1));
	file = source_file(&writing->source);
	assert_int_equal(file.address, PLACE_APP);
	assert_int_equal(file.length, app.size);
	assert_memory_equal(file.data, app.data, app.size);
	assert_true(file.carried[0] && file.carried[app.size - 1]);
	assert_false(file.carried[app.size / 2]);
	free_bytes(app);
}

static void what_holds_for_its_content_holds_for_a_uf2_file(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231T");

	put(make_app_uf2(UF2_T, make_app(&recipe)));
	assert_true(load(writing, NULL, NULL, NULL));
	assert_false(place(writing, 1));
	assert_refused(writing, "wrong-soc");
	assert_true(load(writing, NULL, "0", "wrong-soc"));
	notes_begin(&writing->notes);
	assert_false(place(writing, 1));
	assert_refused(writing, "app-at-0");
	assert_true(load(writing, NULL, NULL, "wrong-soc"));
	assert_true(place(writing, 1));
	writing->target.boots = false;
	assert_false(source_place(&writing->source, &writing->target, false, PLACE_SIZE,
				  &writing->notes.observer));
}

static void what_cannot_be_unpacked_is_never_written(void **state)
{
	struct writing *writing = *state;
	struct recipe recipe = recipe_for("BK7231N");
	struct bytes uf2 = make_app_uf2(UF2_N, make_app(&recipe)), cut = {uf2.data, 512 * 9};

	place_put(NAME, cut.data, cut.size);
	free_bytes(uf2);
	assert_true(load(writing, NULL, "0x11000", "truncated,damaged,not-an-image"));
	assert_false(place(writing, 1));
	assert_mentions(&writing->notes, "cut off");
	assert_int_equal(writing->notes.trouble.value_count, 0);
	assert_true(load(writing, "application", "0x11000", "truncated,unconfirmed"));
	assert_false(place(writing, 1));
}

static void what_cannot_be_used_is_an_error(void **state)
{
	struct writing *writing = *state;

	assert_false(load(writing, NULL, NULL, NULL)); /* the file does not exist */
	put_words();
	place_put(NAME, "", 0);
	assert_false(load(writing, NULL, NULL, NULL));
	source_free(&writing->source);
	assert_false(source_load(&writing->source, ".", &(struct source_wish){.has_at = false},
				 &writing->notes.observer));
	assert_false(source_load(&writing->source, "/dev/null",
				 &(struct source_wish){.has_at = false}, &writing->notes.observer));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_goes_where_it_belongs),
		CASE(a_file_goes_where_the_user_says_if_that_is_not_wrong),
		CASE(an_application_is_no_qio_because_it_is_called_one),
		CASE(a_bootloader_is_no_application_because_it_is_called_one),
		CASE(each_refusal_has_to_be_overruled_by_its_own_name),
		CASE(of_several_socs_none_is_guessed),
		CASE(a_soc_that_is_not_known_is_not_guessed),
		CASE(a_module_that_does_not_start_takes_what_brings_a_bootloader),
		CASE(what_does_not_start_still_says_by_its_application_who_it_is),
		CASE(what_may_be_for_several_socs_is_no_rescue),
		CASE(what_fits_for_sure_is_not_asked_for_its_soc),
		CASE(calibration_goes_to_the_place_of_the_soc),
		CASE(words_go_only_by_force_and_to_an_address),
		CASE(nothing_goes_behind_the_end_of_the_flash),
		CASE(what_the_user_calls_it_goes_before_what_it_looks_like),
		CASE(a_uf2_file_is_written_as_what_it_holds),
		CASE(what_holds_for_its_content_holds_for_a_uf2_file),
		CASE(what_cannot_be_unpacked_is_never_written),
		CASE(what_cannot_be_used_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
