/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/journal.h"
#include "engine/manifest.h"
#include "tests/engine/place.h"
#include "tests/image/make.h"

#define REFUSED 3
#define MADE_UP (PLACE_MAC + 3) /* three bytes that are 0 in a MAC that the firmware made up */
#define BACKUP "backup.bin"

#define restore(place, ...) place_run(place, &command_restore, __VA_ARGS__, BACKUP, NULL)
#define restore_all(place) place_run(place, &command_restore, BACKUP, NULL)

/* The firmware is gone; module 1 still has only its own data. */
static void spoil(struct place *place)
{
	memset(place->fake.die, 0x5a, 0x30000);
}

static void the_own_backup_comes_back_to_the_last_byte(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_false(place_has_journal());
	/* For the module's own backup the old content is not saved. */
	assert_int_equal(place_count(".bin"), 1);
	assert_int_equal(place->fake.closed, 1);
	free(own);
}

static void the_first_block_is_written_last_and_its_first_page_after_all_else(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	size_t sectors, pages;

	place_put_backup(BACKUP, own);
	spoil(place);
	assert_int_equal(restore_all(place), 0);
	sectors = fake_count(&place->fake, FAKE_SECTOR);
	assert_int_equal(sectors, 0x30000 / PLACE_SECTOR);
	for (size_t i = 0; i < 0x10000 / PLACE_SECTOR; i++)
		assert_int_equal(
			fake_nth(&place->fake, FAKE_SECTOR, sectors - 1 - i)->range.start,
			0xf000 - i * PLACE_SECTOR);
	pages = fake_count(&place->fake, FAKE_PROGRAM);
	assert_int_equal(fake_nth(&place->fake, FAKE_PROGRAM, pages - 1)->range.start, 0);
	free(own);
}

static void a_flash_that_is_as_the_backup_is_not_written(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	assert_int_equal(restore_all(place), 0);
	place_expect_untouched(place, own);
}

static void a_backup_of_another_module_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	place_put_backup(BACKUP, other);
	assert_int_equal(restore_all(place), REFUSED);
	place_expect_untouched(place, place_new_module(1));
	free(other);
}

static void a_backup_of_another_module_is_taken_by_wish_and_the_own_content_is_saved(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(2), *saved;
	char name[64], date[16];
	time_t now = time(NULL);

	place_put_backup(BACKUP, other);
	assert_int_equal(restore(place, "--yes=other-module"), 0);
	place_expect(place, other);
	strftime(date, sizeof(date), "%Y%m%d", localtime(&now));
	snprintf(name, sizeof(name), "BK7231N-c8478c000001-%s.bin", date);
	saved = place_get(name, PLACE_SIZE);
	assert_memory_equal(saved, own, PLACE_SIZE);
	free(saved);
	free(own);
	free(other);
}

static void what_is_saved_before_a_clone_is_read_twice(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	place_put_backup(BACKUP, other);
	fake_flip(&place->fake, 0x80000, 1, 1, 1);
	assert_int_equal(restore(place, "--yes=other-module"), 1);
	place_expect_untouched(place, place_new_module(1));
	assert_int_equal(place_count(".bin"), 1);
	free(other);
}

static void where_the_mac_is_made_up_the_calibration_tells_modules_apart(void **state)
{
	struct place *place = *state;
	uint8_t *content = place_new_module(2);

	memset(content + MADE_UP, 0, 3);
	place_put_backup(BACKUP, content);
	memset(place->fake.die + MADE_UP, 0, 3);
	place_module(content, 1);
	memset(content + MADE_UP, 0, 3);
	assert_int_equal(restore_all(place), REFUSED);
	place_expect_untouched(place, content);
}

static void a_module_without_calibration_takes_any_backup(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	place_put_backup(BACKUP, other);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, other);
	free(other);
}

static void a_bit_that_flips_in_the_mac_never_makes_another_module(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	unsigned healed = 0, failed = 0;

	place_put_backup(BACKUP, own);
	for (unsigned reading = 1; reading <= 5; reading++) {
		int status;

		spoil(place);
		fake_again(&place->fake);
		fake_flip(&place->fake, PLACE_MAC + 5, 2, reading, reading);
		status = restore_all(place);
		assert_in_range(status, 0, 1);
		if (status == 0)
			place_expect(place, own);
		else
			assert_false(fake_changed(&place->fake));
		healed += status == 0;
		failed += status == 1;
	}
	assert_true(healed > failed);
	free(own);
}

static void a_backup_of_another_flash_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	struct manifest manifest = {.confirmed = PLACE_SIZE};
	size_t length;
	char *text;

	place_put(BACKUP, own, PLACE_SIZE);
	manifest_describe(&manifest, chipdb_part_by_name("GD25Q16B"), NULL, own);
	text = manifest_text(&manifest, &length);
	place_put(BACKUP MANIFEST_SUFFIX, text, length);
	free(text);
	spoil(place);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(restore_all(place), REFUSED);
	place_expect_untouched(place, own);
}

/* A bootloader tells no ID: where the content does not tell it, either, it may be another module.
 */
static void where_nothing_tells_whose_module_it_is_the_old_content_is_saved(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place->fake.only_size = true;
	place_put_backup(BACKUP, own);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	assert_int_equal(place_count(".bin"), 2);
	/* With its own calibration it is the module of the backup, and nothing need be saved. */
	memset(place->fake.die + PLACE_NET, 0x77, 100);
	assert_int_equal(restore_all(place), 0);
	assert_int_equal(place_count(".bin"), 2);
	free(own);
}

static void a_backup_without_a_manifest_needs_the_word_for_it(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put(BACKUP, own, PLACE_SIZE);
	spoil(place);
	assert_int_equal(restore_all(place), REFUSED);
	assert_false(fake_changed(&place->fake));
	assert_int_equal(restore(place, "--no-manifest"), 0);
	place_expect(place, own);
	free(own);
}

static void a_backup_without_a_manifest_of_another_module_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	place_put(BACKUP, other, PLACE_SIZE);
	assert_int_equal(restore(place, "--no-manifest"), REFUSED);
	place_expect_untouched(place, place_new_module(1));
	free(other);
}

static void a_backup_that_was_changed_or_cut_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	own[0x20000] ^= 1;
	place_put(BACKUP, own, PLACE_SIZE);
	assert_int_equal(restore_all(place), REFUSED);
	place_put(BACKUP, own, PLACE_SIZE / 2);
	assert_int_equal(restore_all(place), REFUSED);
	assert_false(fake_changed(&place->fake));
	free(own);
}

static void of_regions_only_those_are_taken(void **state)
{
	struct place *place = *state;
	uint8_t *saved = place_new_module(1), *wanted = place_new_module(1);

	memset(saved + PLACE_NET, 0x77, 100);
	memset(saved + PLACE_TUYA, 0x77, 100);
	memset(saved + 0x20000, 0x77, 100);
	place_put_backup(BACKUP, saved);
	memset(wanted + PLACE_NET, 0x77, 100);
	memset(wanted + PLACE_TUYA, 0x77, 100);
	assert_int_equal(restore(place, "--region=net,tuya"), 0);
	place_expect(place, wanted);
	free(saved);
	free(wanted);
}

static void a_region_of_another_module_is_refused_as_well(void **state)
{
	struct place *place = *state;
	uint8_t *other = place_new_module(2);

	place_put_backup(BACKUP, other);
	assert_int_equal(restore(place, "--region=net"), REFUSED);
	place_expect_untouched(place, place_new_module(1));
	free(other);
}

/* It touches neither MAC nor calibration, but the old content exists nowhere else. */
static void code_of_another_module_needs_no_permission_and_the_own_content_is_saved(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1), *other = place_new_module(2), *saved;
	char path[64];

	other[0x8000] ^= 1;
	place_put_backup(BACKUP, other);
	assert_int_equal(restore(place, "--region=bootloader"), 0);
	place_expect_range(place, other, 0, PLACE_APP);
	place_expect_range(place, own, PLACE_APP, PLACE_SIZE - PLACE_APP);
	assert_true(place_find(".", "BK7231N-c8478c000001-", path, sizeof(path)));
	strstr(path, ".bin")[4] = '\0'; /* this may be its manifest */
	saved = place_get(path, PLACE_SIZE);
	assert_memory_equal(saved, own, PLACE_SIZE);
	free(saved);
	free(own);
	free(other);
}

static void expect_no_restore(struct place *place, const char *soc, bool other_key,
			      const char *region, const char *words)
{
	struct recipe recipe = recipe_for(soc);
	struct bytes other;

	recipe.key = other_key ? KEY_OTHER : KEY_USUAL;
	other = make_dump(&recipe, PLACE_SIZE);
	place_put_backup(BACKUP, other.data);
	assert_int_equal(
		place_run(place, &command_restore, "--yes=other-module", region, BACKUP, NULL),
		REFUSED);
	if (!strstr(place->output, words))
		fail_msg("%s", place->output);
	place_expect_untouched(place, place_new_module(1));
	remove(BACKUP);
	remove(BACKUP ".json");
	free_bytes(other);
}

/* It would not run, whatever the user allows. */
static void code_of_another_module_that_cannot_run_is_refused(void **state)
{
	struct place *place = *state;

	expect_no_restore(place, "BK7231N", true, "--no-manifest", "would not run");
	expect_no_restore(place, "BK7231N", true, "--region=app", "would not run");
	expect_no_restore(place, "BK7231U", false, "--no-manifest", "plain");
}

/* Then nothing but the code shows that it is the backup of another module. */
static void without_calibration_a_backup_whose_code_cannot_run_needs_permission(void **state)
{
	struct place *place = *state;
	struct recipe recipe = recipe_for("BK7231U");
	struct bytes other = make_dump(&recipe, PLACE_SIZE);
	uint8_t *own = place_new_module(1);

	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	place_put_backup(BACKUP, own);
	assert_int_equal(restore_all(place), 0);
	memset(place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(own, place->fake.die, PLACE_SIZE);
	remove(BACKUP);
	place_put_backup(BACKUP, other.data);
	assert_int_equal(restore_all(place), REFUSED);
	assert_non_null(strstr(place->output, "plain"));
	assert_non_null(strstr(place->output, "--yes=other-module"));
	place_expect(place, own);
	free(own);
	assert_int_equal(restore(place, "--yes=other-module"), 0);
	place_expect(place, other.data);
	assert_int_equal(place_count(".bin"), 3); /* what it held is saved, each time */
	free_bytes(other);
}

static void a_region_that_the_manifest_has_elsewhere_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	struct manifest manifest = {.confirmed = PLACE_SIZE};
	size_t length;
	char *text;

	place_put(BACKUP, own, PLACE_SIZE);
	manifest_describe(&manifest, place->fake.part, chipdb_soc_by_name("BK7231N"), own);
	for (size_t i = 0; i < manifest.region_count; i++)
		if (strcmp(manifest.regions[i].name, "net") == 0)
			manifest.regions[i].range.start = 0;
	text = manifest_text(&manifest, &length);
	place_put(BACKUP MANIFEST_SUFFIX, text, length);
	free(text);
	memset(place->fake.die + PLACE_NET, 0x77, 100);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(restore(place, "--region=net"), REFUSED);
	place_expect_untouched(place, own);
}

static void regions_that_are_unknown_or_of_another_soc_are_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	memset(place->fake.die + PLACE_NET, 0x77, 100);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(restore(place, "--region=nothing"), REFUSED);
	assert_int_equal(restore(place, "--region=net", "--soc=BK7231T"), REFUSED);
	place_expect_untouched(place, own);
}

static void regions_of_a_soc_that_nobody_knows_are_refused(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	memset(place->fake.die, 0xff, PLACE_SIZE);
	place_put(BACKUP, own, PLACE_SIZE);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(restore(place, "--region=net", "--no-manifest"), REFUSED);
	place_expect_untouched(place, own);
}

/* The application ends within a sector; the rest of that sector is written back. */
static void the_rest_of_a_sector_is_read_twice_before_it_is_written_back(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	const uint32_t behind = 0x129f70;

	place_put_backup(BACKUP, own);
	place->fake.die[behind - 1] = 0;
	memcpy(own, place->fake.die, PLACE_SIZE);
	fake_flip(&place->fake, behind + 5, 1, 1, 1);
	assert_int_equal(restore(place, "--region=app"), 1);
	place_expect_untouched(place, own);
}

static void protection_is_put_back_where_that_is_wished(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	uint32_t registers = place->fake.registers;

	place_put_backup(BACKUP, own);
	spoil(place);
	assert_int_equal(restore(place, "--protect"), 0);
	assert_int_equal(place->fake.registers, registers);
	place_expect(place, own);
	spoil(place);
	assert_int_equal(restore_all(place), 0);
	assert_int_not_equal(place->fake.registers, registers);
	free(own);
}

static void a_dry_run_changes_nothing_and_makes_no_file(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);

	place_put_backup(BACKUP, own);
	spoil(place);
	memcpy(own, place->fake.die, PLACE_SIZE);
	assert_int_equal(restore(place, "--dry-run", "--json"), 0);
	assert_non_null(strstr(place->output, "\"changed_bytes\": 196608"));
	assert_false(place_has("state"));
	place_expect_untouched(place, own);
}

/* Another program may work on the next module while this one is still running. */
static void the_place_of_its_journal_is_let_go(void **state)
{
	struct place *place = *state;
	uint8_t *own = place_new_module(1);
	pid_t holder, child;
	int status;

	place_put_backup(BACKUP, own);
	memset(place->fake.die + PLACE_APP, 0x66, PLACE_SECTOR);
	assert_int_equal(restore_all(place), 0);
	place_expect(place, own);
	child = fork();
	if (child == 0)
		_exit(journal_lock(1, &holder, NULL) >= 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 1);
	free(own);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_place_of_its_journal_is_let_go),
		CASE(the_own_backup_comes_back_to_the_last_byte),
		CASE(the_first_block_is_written_last_and_its_first_page_after_all_else),
		CASE(a_flash_that_is_as_the_backup_is_not_written),
		CASE(a_backup_of_another_module_is_refused),
		CASE(a_backup_of_another_module_is_taken_by_wish_and_the_own_content_is_saved),
		CASE(what_is_saved_before_a_clone_is_read_twice),
		CASE(where_the_mac_is_made_up_the_calibration_tells_modules_apart),
		CASE(a_module_without_calibration_takes_any_backup),
		CASE(a_bit_that_flips_in_the_mac_never_makes_another_module),
		CASE(a_backup_of_another_flash_is_refused),
		CASE(where_nothing_tells_whose_module_it_is_the_old_content_is_saved),
		CASE(a_backup_without_a_manifest_needs_the_word_for_it),
		CASE(a_backup_without_a_manifest_of_another_module_is_refused),
		CASE(a_backup_that_was_changed_or_cut_is_refused),
		CASE(of_regions_only_those_are_taken),
		CASE(a_region_of_another_module_is_refused_as_well),
		CASE(code_of_another_module_needs_no_permission_and_the_own_content_is_saved),
		CASE(code_of_another_module_that_cannot_run_is_refused),
		CASE(without_calibration_a_backup_whose_code_cannot_run_needs_permission),
		CASE(a_region_that_the_manifest_has_elsewhere_is_refused),
		CASE(regions_that_are_unknown_or_of_another_soc_are_refused),
		CASE(regions_of_a_soc_that_nobody_knows_are_refused),
		CASE(the_rest_of_a_sector_is_read_twice_before_it_is_written_back),
		CASE(protection_is_put_back_where_that_is_wished),
		CASE(a_dry_run_changes_nothing_and_makes_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
