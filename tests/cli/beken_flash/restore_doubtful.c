/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A restore of a file with which no module starts, and one to a module that nothing identifies. */
#include <stdlib.h>

#include "tests/engine/place.h"
#include "tests/image/make.h"

#define REFUSED 3
#define BACKUP "backup.bin"

#define restore(place, ...) place_run(place, &command_restore, __VA_ARGS__, BACKUP, NULL)

static void expect_words(const struct place *place, const char *words)
{
	if (!strstr(place->output, words))
		fail_msg("%s", place->output);
}

/* Refused without a manifest, until the user agrees; @saved is freed. */
static void expect_doubt(struct place *place, uint8_t *saved, const char *words)
{
	place_put(BACKUP, saved, PLACE_SIZE);
	assert_int_equal(restore(place, "--no-manifest"), REFUSED);
	expect_words(place, words);
	expect_words(place, "--yes=doubtful-content");
	place_expect_untouched(place, place_new_module(1));
	assert_int_equal(restore(place, "--no-manifest", "--yes=doubtful-content"), 0);
	place_expect(place, saved);
	place_module(place->fake.die, 1);
	fake_again(&place->fake);
	remove(BACKUP);
	free(saved);
}

static void without_a_manifest_damaged_code_needs_permission(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	saved[0x220] ^= 1;
	expect_doubt(place, saved, "bootloader: 1 of");
	saved = place_new_module(1);
	saved[PLACE_APP + 0x220] ^= 1;
	expect_doubt(place, saved, "application: 1 of");
}

static void without_a_manifest_a_missing_bootloader_needs_permission(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	memset(saved, 0xff, PLACE_APP);
	expect_doubt(place, saved, "no bootloader");
	saved = place_new_module(1);
	memmove(saved, saved + PLACE_APP, 0x129f70 - PLACE_APP);
	expect_doubt(place, saved, "an application is at 0");
}

static void without_a_manifest_a_file_of_something_else_needs_permission(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	memset(saved, 1, PLACE_APP + 0x10000);
	expect_doubt(place, saved, "neither a bootloader nor an application");
	saved = place_new_module(1);
	memset(saved, ' ', PLACE_APP + 0x10000);
	memcpy(saved, "<html><body>", 12);
	expect_doubt(place, saved, "it is a web page");
}

/* The manifest proves that the flash held that. */
static void with_a_manifest_it_is_only_said_that_the_module_may_not_start(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	memset(saved, 0xff, PLACE_APP);
	place_put_backup(BACKUP, saved);
	assert_int_equal(place_run(place, &command_restore, BACKUP, NULL), 0);
	expect_words(place, "may not start: there is no bootloader");
	place_expect(place, saved);
	free(saved);
}

/* Its settings may be nowhere else. */
static void what_nothing_identifies_is_saved_first(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2), *held, *copy;
	char path[64];

	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	held = malloc(PLACE_SIZE);
	assert_non_null(held);
	memcpy(held, place->fake.die, PLACE_SIZE);
	place_put_backup(BACKUP, other);
	assert_int_equal(place_run(place, &command_restore, BACKUP, NULL), 0);
	place_expect(place, other);
	assert_true(place_find(".", "BK7231N-", path, sizeof(path)));
	strstr(path, ".bin")[4] = '\0'; /* this may be its manifest */
	copy = place_get(path, PLACE_SIZE);
	assert_memory_equal(copy, held, PLACE_SIZE);
	free(copy);
	free(held);
	free(other);
}

static void a_blank_flash_is_not_saved(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	memset(place->fake.die, 0xff, PLACE_SIZE);
	place_put_backup(BACKUP, own);
	assert_int_equal(restore(place, "--yes=doubtful-content"), 0);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 1);
	free(own);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_a_manifest_damaged_code_needs_permission),
		CASE(without_a_manifest_a_missing_bootloader_needs_permission),
		CASE(without_a_manifest_a_file_of_something_else_needs_permission),
		CASE(with_a_manifest_it_is_only_said_that_the_module_may_not_start),
		CASE(what_nothing_identifies_is_saved_first),
		CASE(a_blank_flash_is_not_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
