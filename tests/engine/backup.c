/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/backup.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/engine/place.h"

struct saving {
	struct place *place;
	struct backup_file backup;
	struct content content;
	uint8_t *die;
};

static int set_up(void **state)
{
	struct saving *saving = calloc(1, sizeof(*saving));
	void *place;

	place_set_up(&place);
	saving->place = place;
	saving->die = place_new_module(1);
	assert_true(content_look(&saving->content, &saving->place->session, saving->die));
	*state = saving;
	return 0;
}

static int tear_down(void **state)
{
	struct saving *saving = *state;
	void *place = saving->place;

	free(saving->die);
	free(saving);
	return place_tear_down(&place);
}

static bool open_it(struct saving *saving, const char *wish)
{
	return backup_open(&saving->backup, &saving->place->session, wish);
}

static bool save(struct saving *saving)
{
	bool good = backup_save(&saving->backup, saving->die, &saving->content, 4096);

	backup_discard(&saving->backup);
	return good;
}

static void what_is_saved_is_loaded_with_its_manifest(void **state)
{
	struct saving *saving = *state;
	struct manifest manifest;
	bool has_manifest;
	uint8_t *die;

	assert_true(open_it(saving, "a.bin"));
	assert_true(save(saving));
	assert_string_equal(saving->backup.path, "a.bin");
	die = backup_load(&saving->place->session, "a.bin", &manifest, &has_manifest);
	assert_non_null(die);
	assert_true(has_manifest);
	assert_memory_equal(die, saving->die, PLACE_SIZE);
	assert_string_equal(manifest.mac, place_mac(1));
	assert_string_equal(manifest.soc, "BK7231N");
	assert_string_equal(manifest.part, "TH25Q16HB");
	assert_int_equal(manifest.confirmed, 4096);
	assert_int_equal(manifest.registers, saving->place->fake.registers);
	free(die);
}

static void what_is_not_saved_leaves_nothing(void **state)
{
	struct saving *saving = *state;

	assert_true(open_it(saving, "a.bin"));
	backup_discard(&saving->backup);
	assert_int_equal(place_count(""), 2);
}

static void a_name_that_is_taken_meanwhile_is_not_overwritten(void **state)
{
	struct saving *saving = *state;

	assert_true(open_it(saving, "a.bin"));
	place_put("a.bin", "mine", 4);
	assert_false(save(saving));
	assert_string_equal(saving->backup.path, "");
	free(place_get("a.bin", 4));
	assert_int_equal(place_count(""), 3);
}

static void a_manifest_that_is_taken_meanwhile_is_not_overwritten(void **state)
{
	struct saving *saving = *state;

	assert_true(open_it(saving, "a.bin"));
	place_put("a.bin.json", "mine", 4);
	assert_false(save(saving));
	free(place_get("a.bin.json", 4));
}

static void a_made_name_avoids_those_that_are_there(void **state)
{
	struct saving *saving = *state;
	char first[PATH_MAX], path[PATH_MAX + 8];

	assert_true(open_it(saving, NULL));
	assert_true(save(saving));
	strcpy(first, saving->backup.path);
	/* Also where only the manifest of one exists. */
	assert_int_equal(unlink(first), 0);
	assert_true(open_it(saving, NULL));
	assert_true(save(saving));
	snprintf(path, sizeof(path), "%.*s-2.bin", (int)strlen(first) - 4, first);
	assert_string_equal(saving->backup.path, path);
}

static void registers_that_cannot_be_read_make_no_backup(void **state)
{
	struct saving *saving = *state;

	saving->place->fake.registers_unread = true;
	assert_true(open_it(saving, "a.bin"));
	assert_false(save(saving));
	assert_int_equal(saving->place->session.trouble.kind, TROUBLE_UNSTEADY_READ);
	/* What took a minute to read is kept. */
	assert_true(place_has("a.bin.unconfirmed-1"));
	assert_int_equal(place_count(""), 3);
}

static void a_directory_that_vanishes_makes_no_backup(void **state)
{
	struct saving *saving = *state;

	assert_int_equal(mkdir("there", 0700), 0);
	assert_true(open_it(saving, "there/a.bin"));
	unlink(saving->backup.output.temporary);
	assert_int_equal(rmdir("there"), 0);
	assert_false(save(saving));
}

static void what_is_kept_aside_avoids_those_that_are_there(void **state)
{
	struct saving *saving = *state;

	backup_keep_aside(&saving->place->session, "a", saving->die, 1);
	backup_keep_aside(&saving->place->session, "a", saving->die, 1);
	assert_true(place_has("a.unconfirmed-1"));
	assert_true(place_has("a.unconfirmed-2"));
	backup_keep_aside(&saving->place->session, "nowhere/a", saving->die, 1);
	assert_int_equal(place_count(".json"), 0);
}

static bool loads(struct saving *saving, const char *path)
{
	struct manifest manifest;
	bool has_manifest;
	uint8_t *die = backup_load(&saving->place->session, path, &manifest, &has_manifest);
	bool good = die != NULL;

	free(die);
	return good;
}

static void what_is_not_as_it_was_saved_is_not_loaded(void **state)
{
	struct saving *saving = *state;

	place_put_backup("a.bin", saving->die);
	assert_true(loads(saving, "a.bin"));
	saving->die[5] ^= 1;
	place_put("a.bin", saving->die, PLACE_SIZE);
	assert_false(loads(saving, "a.bin"));
	place_put("a.bin", saving->die, PLACE_SIZE - 1);
	assert_false(loads(saving, "a.bin"));
	place_put("a.bin", saving->die, PLACE_SIZE);
	place_put("a.bin.json", "{}", 2);
	assert_false(loads(saving, "a.bin"));
	/* Without a manifest this is not known. */
	unlink("a.bin.json");
	assert_true(loads(saving, "a.bin"));
}

static void what_is_no_file_is_not_loaded(void **state)
{
	struct saving *saving = *state;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_false(loads(saving, "pipe"));
	assert_false(loads(saving, "nothing"));
	assert_false(loads(saving, "."));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_saved_is_loaded_with_its_manifest),
		CASE(what_is_not_saved_leaves_nothing),
		CASE(a_name_that_is_taken_meanwhile_is_not_overwritten),
		CASE(a_manifest_that_is_taken_meanwhile_is_not_overwritten),
		CASE(a_made_name_avoids_those_that_are_there),
		CASE(registers_that_cannot_be_read_make_no_backup),
		CASE(a_directory_that_vanishes_makes_no_backup),
		CASE(what_is_kept_aside_avoids_those_that_are_there),
		CASE(what_is_not_as_it_was_saved_is_not_loaded),
		CASE(what_is_no_file_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
