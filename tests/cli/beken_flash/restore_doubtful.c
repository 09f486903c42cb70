/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A restore of a file with which no module starts, and one to a module that nothing identifies. */
#include <stdlib.h>

#include "image/crc_blocks.h"
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

static void without_a_manifest_an_erased_application_needs_permission(void **state)
{
	uint8_t *saved = place_new_module(1);

	memset(saved + PLACE_APP, 0xff, 0x129f70 - PLACE_APP);
	expect_doubt(*state, saved, "there is no application");
}

/* Calibration at its usual place shows that the file is not rotated. */
static void without_a_manifest_a_bootloader_elsewhere_is_none(void **state)
{
	uint8_t *saved = place_new_module(1);

	memcpy(saved + 0x130000, saved, PLACE_APP);
	memset(saved, 0xff, PLACE_APP);
	expect_doubt(*state, saved, "there is no bootloader at its start");
}

/* The bootloader's own table has a partition past the end. */
static void without_a_manifest_a_part_of_a_flash_needs_permission(void **state)
{
	uint8_t *saved = place_new_module(1);
	struct recipe recipe = recipe_for("BK7231N");
	uint8_t *block =
		saved + recipe.boot_code / CRC_BLOCK_DATA * CRC_BLOCK_SIZE - CRC_BLOCK_SIZE;
	uint16_t sum;

	put_word(block + 20, PLACE_SIZE);
	sum = crc_block_sum(block);
	block[CRC_BLOCK_DATA] = (uint8_t)(sum >> 8);
	block[CRC_BLOCK_DATA + 1] = (uint8_t)sum;
	expect_doubt(*state, saved, "its own partitions are not in it");
}

static void expect_no_words(const struct place *place, const char *words)
{
	if (strstr(place->output, words))
		fail_msg("%s", place->output);
}

/* A flash of one byte throughout has no code, which need not be said, too. */
static void one_byte_throughout_is_asked_about_once(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	memset(saved, 0xff, PLACE_SIZE);
	place_put(BACKUP, saved, PLACE_SIZE);
	assert_int_equal(restore(place, "--no-manifest", "--dry-run"), 0);
	expect_words(place, "every byte is ff");
	expect_no_words(place, "may have been damaged since");
	free(saved);
}

static void code_is_judged_only_where_it_is_restored(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1), *wanted = place_new_module(1);

	memset(saved, 0xff, PLACE_APP);
	memset(saved + PLACE_NET, 0x77, 100);
	memset(wanted + PLACE_NET, 0x77, 100);
	place_put(BACKUP, saved, PLACE_SIZE);
	assert_int_equal(restore(place, "--no-manifest", "--region=net,app"), REFUSED);
	assert_int_equal(restore(place, "--no-manifest", "--region=bootloader"), REFUSED);
	assert_int_equal(restore(place, "--no-manifest", "--region=rf,net"), 0);
	place_expect(place, wanted);
	place_module(place->fake.die, 1);
	place_put_backup(BACKUP, saved);
	assert_int_equal(restore(place, "--region=net"), 0);
	expect_no_words(place, "may not start");
	place_expect(place, wanted);
	free(saved);
	free(wanted);
}

/* What is turned has its regions where they are in a flash. */
static void a_rotated_file_is_turned_for_a_region_as_well(void **state)
{
	struct place *place = *state;
	uint8_t *wanted = place_new_module(1);
	struct bytes saved = {place_new_module(1), PLACE_SIZE}, rotated;

	memset(saved.data + PLACE_NET, 0x77, 100);
	memset(wanted + PLACE_NET, 0x77, 100);
	rotated = make_rotated(saved, 0x100000);
	place_put(BACKUP, rotated.data, PLACE_SIZE);
	assert_int_equal(restore(place, "--no-manifest", "--region=net"), 0);
	place_expect(place, wanted);
	free_bytes(rotated);
	free_bytes(saved);
	free(wanted);
}

static void expect_warning(struct place *place, uint8_t *saved, const char *words)
{
	place_put_backup(BACKUP, saved);
	assert_int_equal(place_run(place, &command_restore, BACKUP, NULL), 0);
	expect_words(place, "may not start");
	expect_words(place, words);
	place_expect(place, saved);
	place_module(place->fake.die, 1);
	free(saved);
}

/* The manifest proves that the flash held that. */
static void with_a_manifest_it_is_only_said_that_the_module_may_not_start(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1);

	memset(saved, 0xff, PLACE_APP);
	expect_warning(place, saved, "there is no bootloader");
	saved = place_new_module(1);
	memset(saved + PLACE_APP, 0xff, 0x129f70 - PLACE_APP);
	expect_warning(place, saved, "there is no application");
	saved = place_new_module(1);
	memcpy(saved + 0x130000, saved, PLACE_APP);
	memset(saved, 0xff, PLACE_APP);
	expect_warning(place, saved, "there is no bootloader");
	saved = place_new_module(1);
	memset(saved, 0xff, 0x129f70);
	expect_warning(place, saved, "neither a bootloader nor an application");
}

static void expect_saved(const uint8_t *held)
{
	char path[64];
	uint8_t *copy;

	assert_true(place_find(".", "BK7231N-", path, sizeof(path)));
	strstr(path, ".bin")[4] = '\0'; /* this may be its manifest */
	copy = place_get(path, PLACE_SIZE);
	assert_memory_equal(copy, held, PLACE_SIZE);
	free(copy);
}

/* Its settings may be nowhere else. */
static void what_nothing_identifies_is_saved_first(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2), *held;

	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	held = malloc(PLACE_SIZE);
	assert_non_null(held);
	memcpy(held, place->fake.die, PLACE_SIZE);
	place_put_backup(BACKUP, other);
	assert_int_equal(place_run(place, &command_restore, BACKUP, NULL), 0);
	place_expect(place, other);
	expect_saved(held);
	free(held);
	free(other);
}

/*
 * A stopped job belongs to this module or to one like it: a bootloader tells no ID, and without
 * calibration nothing shows which.
 */
static void what_only_a_stopped_job_identifies_is_saved_first(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *held = place_new_module(2);

	place->fake.only_size = true;
	place_put_backup(BACKUP, own);
	place_leave_journal(own, own);
	memset(held + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(place->fake.die, held, PLACE_SIZE);
	assert_int_equal(place_run(place, &command_restore, BACKUP, NULL), 0);
	place_expect(place, own);
	expect_saved(held);
	free(held);
	free(own);
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
		CASE(without_a_manifest_an_erased_application_needs_permission),
		CASE(without_a_manifest_a_bootloader_elsewhere_is_none),
		CASE(without_a_manifest_a_part_of_a_flash_needs_permission),
		CASE(one_byte_throughout_is_asked_about_once),
		CASE(code_is_judged_only_where_it_is_restored),
		CASE(a_rotated_file_is_turned_for_a_region_as_well),
		CASE(with_a_manifest_it_is_only_said_that_the_module_may_not_start),
		CASE(what_nothing_identifies_is_saved_first),
		CASE(what_only_a_stopped_job_identifies_is_saved_first),
		CASE(a_blank_flash_is_not_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
