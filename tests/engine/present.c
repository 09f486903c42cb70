/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/present.h"

#include <stdlib.h>

#include "tests/engine/place.h"

#define COVERED ((struct range){0x20010, 0x3000})

struct before {
	struct place *place;
	struct present present;
	uint8_t *own;
};

static int set_up(void **state)
{
	struct before *before = calloc(1, sizeof(*before));
	void *place;

	place_set_up(&place);
	before->place = place;
	before->own = place_new_module(1);
	*state = before;
	return 0;
}

static int tear_down(void **state)
{
	struct before *before = *state;
	void *place = before->place;

	present_free(&before->present);
	free(before->own);
	free(before);
	return place_tear_down(&place);
}

static bool begin(struct before *before, const char *name, bool lost)
{
	return present_begin(&before->present, &before->place->session, name, lost);
}

static bool read_it(struct before *before)
{
	return present_read(&before->present, COVERED, false);
}

static void the_kind_follows_from_what_is_wished_and_what_is_there(void **state)
{
	struct before *before = *state;

	assert_true(begin(before, NULL, false));
	assert_int_equal(before->present.kind, PRESENT_SAVED);
	assert_true(begin(before, "new.bin", false));
	assert_int_equal(before->present.kind, PRESENT_SAVED);
	place_put("old.bin", "x", 1);
	assert_true(begin(before, "old.bin", false));
	assert_int_equal(before->present.kind, PRESENT_GIVEN);
	assert_true(begin(before, NULL, true));
	assert_int_equal(before->present.kind, PRESENT_LOST);
	assert_false(begin(before, ".", false));
}

static void a_new_backup_is_on_the_disk_only_when_it_is_secured(void **state)
{
	struct before *before = *state;
	uint8_t *saved;

	assert_true(begin(before, "new.bin", false));
	assert_true(read_it(before));
	assert_memory_equal(before->present.die, before->own, PLACE_SIZE);
	assert_int_equal(before->present.known.start, 0);
	assert_int_equal(before->present.known.length, PLACE_SIZE);
	assert_true(before->present.read_bytes > PLACE_SIZE);
	assert_int_equal(before->place->notes.warnings, 0);
	assert_false(place_has("new.bin"));
	assert_true(present_secure(&before->present, &COVERED, 1));
	saved = place_get("new.bin", PLACE_SIZE);
	assert_memory_equal(saved, before->own, PLACE_SIZE);
	assert_true(place_has("new.bin.json"));
	free(saved);
}

static void what_is_not_secured_leaves_no_file(void **state)
{
	struct before *before = *state;

	assert_true(begin(before, "new.bin", false));
	assert_true(read_it(before));
	present_free(&before->present);
	assert_int_equal(place_count(""), 2);
}

static void a_dry_run_reads_once_and_makes_no_file(void **state)
{
	struct before *before = *state;

	assert_true(begin(before, "new.bin", false));
	assert_true(present_read(&before->present, COVERED, true));
	assert_int_equal(before->place->fake.event_count, 1);
	assert_true(before->present.read_bytes > PLACE_SIZE);
	assert_int_equal(place_count(""), 2);
}

static void what_differs_in_the_second_reading_is_put_right(void **state)
{
	struct before *before = *state;

	assert_true(begin(before, "new.bin", false));
	fake_flip(&before->place->fake, PLACE_CALIBRATION, 1, 1, 1);
	assert_true(read_it(before));
	assert_memory_equal(before->present.die, before->own, PLACE_SIZE);
	assert_int_equal(fake_count(&before->place->fake, FAKE_READ), 1);
	assert_int_equal(before->present.backup.manifest.steadiness.wrong, 1);
}

static void a_second_reading_that_fails_is_no_end(void **state)
{
	struct before *before = *state;

	assert_true(begin(before, "new.bin", false));
	before->place->fake.interrupt_at = 9;
	assert_false(read_it(before));
	assert_int_equal(before->place->fake.calls, 9);
}

static void what_is_too_much_to_be_read_twice_is_told(void **state)
{
	struct before *before = *state;
	struct manifest manifest;

	for (uint32_t i = 0; i < 0x120000; i++)
		before->place->fake.die[0x30000 + i] = (uint8_t)(i * 7 + i / 256 + 1);
	assert_true(begin(before, "new.bin", false));
	assert_true(read_it(before));
	assert_int_equal(before->place->notes.warnings, 1);
	assert_true(present_secure(&before->present, &COVERED, 1));
	assert_int_equal(manifest_read(&manifest, "new.bin", NULL), MANIFEST_GOOD);
	assert_in_range(manifest.confirmed, PLACE_SIZE / 4, PLACE_SIZE - 1);
}

static uint64_t told; /* bytes of the phase that reads */

static void on_phase(void *data, const char *name, const struct work *work)
{
	(void)data;
	if (name && strcmp(name, "read") == 0)
		told = work->kind[0].bytes;
}

static void without_a_backup_whole_sectors_are_known_and_the_calibration(void **state)
{
	struct before *before = *state;

	before->place->notes.observer.phase = on_phase;
	told = 0;
	assert_true(begin(before, NULL, true));
	assert_true(read_it(before));
	assert_int_equal(told, 0x4000);
	assert_int_equal(before->present.known.start, 0x20000);
	assert_int_equal(before->present.known.length, 0x4000);
	assert_int_equal(before->present.read_bytes, 0x4000);
	assert_memory_equal(before->present.die + 0x20000, before->own + 0x20000, 0x4000);
	assert_memory_equal(before->present.die + PLACE_RF, before->own + PLACE_RF, PLACE_SECTOR);
	assert_int_equal(before->present.die[0], 0xff);
	assert_int_equal(before->present.die[PLACE_NET], 0xff);
	assert_string_equal(before->present.content.mac, place_mac(1));
	assert_true(present_secure(&before->present, &COVERED, 1));
	assert_int_equal(place_count(""), 2);
}

/* Without a bootloader, only the rest tells what the module was. */
static void of_what_does_not_start_all_is_known_also_without_a_backup(void **state)
{
	struct before *before = *state;

	memset(before->place->fake.die, 0xff, PLACE_APP);
	memset(before->own, 0xff, PLACE_APP);
	place_open(before->place, true);
	assert_true(begin(before, NULL, true));
	assert_true(read_it(before));
	assert_int_equal(before->present.known.length, PLACE_SIZE);
	assert_memory_equal(before->present.die, before->own, PLACE_SIZE);
	assert_int_equal(before->present.content.target.coding.kind, CODING_STOCK);
	before->own[0x23fff] ^= 1;
	before->present.die[0x23fff] ^= 1;
	assert_false(present_secure(&before->present, &COVERED, 1));
}

/* Without a backup, a file that goes over noise and the calibration, and needs bits set there. */
static const struct range noisy = {0x130000, 0xa1000};

static void begin_noisy(struct before *before, uint8_t *file)
{
	uint8_t *die = before->place->fake.die;

	for (uint32_t at = noisy.start; at < PLACE_RF; at++)
		die[at] = (uint8_t)((at * UINT32_C(2654435761)) >> 24);
	for (uint32_t i = 0; i < noisy.length; i++)
		file[i] = (uint8_t)~die[noisy.start + i];
	place_open(before->place, true);
	assert_true(begin(before, NULL, true));
	before->present.file =
		(struct plan_file){.data = file, .address = noisy.start, .length = noisy.length};
}

static void what_is_not_read_does_not_count_as_read(void **state)
{
	static uint8_t file[0xa1000];
	struct before *before = *state;

	begin_noisy(before, file);
	assert_true(present_read(&before->present, noisy, false));
	/* All but the calibration, which is read twice, as are the first bytes of each sector. */
	assert_int_equal(before->present.unread.bytes, noisy.length - PLACE_SECTOR);
	assert_int_equal(before->present.read_bytes, 0xa1 * 2 * UNREAD_BEGIN + 2 * PLACE_SECTOR);
	assert_memory_equal(before->present.die + PLACE_RF, before->own + PLACE_RF, PLACE_SECTOR);
}

/* A single byte that stays is enough: the rest of its sector is erased with it. */
static void one_sector_of_which_something_stays_is_read_after_all(void **state)
{
	static uint8_t file[0xa1000];
	const struct plan_kept kept = {.range = {0x140010, 1}};
	struct before *before = *state;
	uint8_t *wanted = place_new_module(1);
	bool more = false;

	begin_noisy(before, file);
	assert_true(present_read(&before->present, noisy, false));
	memcpy(wanted + noisy.start, file, noisy.length);
	assert_true(present_settle(&before->present, wanted, &kept, 1, &more));
	assert_true(more);
	assert_memory_equal(before->present.die + 0x140000, before->place->fake.die + 0x140000,
			    PLACE_SECTOR);
	assert_true(present_settle(&before->present, wanted, &kept, 1, &more));
	assert_false(more);
	free(wanted);
}

static void a_calibration_that_reads_differently_ends_it(void **state)
{
	static uint8_t file[0xa1000];
	struct before *before = *state;

	begin_noisy(before, file);
	fake_flip(&before->place->fake, PLACE_CALIBRATION, 1, 1, 1);
	assert_false(present_read(&before->present, noisy, false));
	assert_int_equal(before->place->notes.trouble.kind, TROUBLE_UNSTEADY_READ);
}

static void without_a_backup_the_rest_of_each_sector_is_read_twice(void **state)
{
	struct before *before = *state;
	static const uint32_t edges[] = {0x20010, 0x23fff};

	for (size_t i = 0; i < COUNT_OF(edges); i++) {
		present_free(&before->present);
		place_open(before->place, true);
		assert_true(begin(before, NULL, true));
		fake_flip(&before->place->fake, edges[i], 1, 1, 1);
		assert_true(read_it(before));
		assert_false(present_secure(&before->present, &COVERED, 1));
	}
}

static void sectors_that_are_covered_as_a_whole_have_no_rest(void **state)
{
	struct before *before = *state;
	size_t events;

	assert_true(begin(before, NULL, true));
	assert_true(present_read(&before->present, (struct range){0x20000, 0x2000}, false));
	assert_int_equal(before->present.known.length, 0x2000);
	events = before->place->fake.event_count;
	assert_true(present_secure(&before->present, &COVERED, 1));
	assert_int_equal(before->place->fake.event_count, events);
}

static void a_given_backup_is_taken_for_the_whole_after_samples(void **state)
{
	struct before *before = *state;

	place_put_backup("old.bin", before->own);
	assert_true(begin(before, "old.bin", false));
	assert_true(read_it(before));
	assert_memory_equal(before->present.die, before->own, PLACE_SIZE);
	assert_int_equal(before->present.read_bytes, 0);
	assert_true(before->place->fake.bytes[FAKE_PEEK] < PLACE_SIZE / 10);
	assert_string_equal(before->present.content.mac, place_mac(1));
	/* The path is absolute, so that the file is found from other directories. */
	assert_int_equal(before->present.backup.path[0], '/');
}

static void of_a_given_backup_what_is_covered_or_changes_is_compared_in_full(void **state)
{
	struct before *before = *state;
	const struct range much = {0x20000, 0x4000}, little = {0x21000, 0x1000};

	place_put_backup("old.bin", before->own);
	assert_true(begin(before, "old.bin", false));
	assert_true(read_it(before));
	assert_true(present_secure(&before->present, &much, 1));
	assert_false(before->present.assumed);
	fake_again(&before->place->fake);
	assert_true(present_secure(&before->present, &little, 1));
	assert_true(before->present.assumed);
	assert_int_equal(before->place->fake.bytes[FAKE_PEEK], 0x1000);
	/* Where everything is compared, also bytes that are covered and do not change. */
	before->place->fake.die[0x20010] ^= 1;
	assert_true(present_secure(&before->present, &little, 1));
	assert_false(present_secure(&before->present, &(struct range){0x21000, 0x2000}, 1));
	before->place->fake.die[0x20010] ^= 1;
	before->place->fake.die[0x21fff] ^= 1;
	assert_false(present_secure(&before->present, &little, 1));
	assert_false(present_secure(&before->present, &much, 1));
}

static void a_given_backup_with_another_calibration_is_refused(void **state)
{
	struct before *before = *state;

	/* Further than a look has to read to see that there is a calibration. */
	before->own[PLACE_RF + 0x1ff] ^= 1;
	place_put_backup("old.bin", before->own);
	assert_true(begin(before, "old.bin", false));
	assert_false(read_it(before));
}

static void a_given_backup_without_the_modules_calibration_is_refused(void **state)
{
	struct before *before = *state;

	memset(before->place->fake.die + PLACE_RF, 0xff, PLACE_SECTOR);
	memcpy(before->place->fake.die + PLACE_RF, before->own + PLACE_RF, 8);
	memset(before->own + PLACE_RF, 0xff, PLACE_SECTOR);
	place_put_backup("old.bin", before->own);
	assert_true(begin(before, "old.bin", false));
	assert_false(read_it(before));
}

/* Also where only another SoC has it. */
static void each_place_where_calibration_may_be_is_compared_with_a_given_backup(void **state)
{
	struct before *before = *state;

	for (size_t i = 0; i < before->place->session.rf.count; i++) {
		uint32_t at = before->place->session.rf.starts[i];

		present_free(&before->present);
		place_open(before->place, true);
		before->own[at] ^= 0x80;
		place_put_backup("old.bin", before->own);
		before->own[at] ^= 0x80;
		assert_true(begin(before, "old.bin", false));
		assert_false(read_it(before));
		assert_int_equal(before->place->notes.trouble.kind, TROUBLE_OTHER_MODULE);
	}
}

static void a_given_backup_whose_flash_cannot_be_read_is_not_taken(void **state)
{
	struct before *before = *state;

	place_put_backup("old.bin", before->own);
	assert_true(begin(before, "old.bin", false));
	before->place->fake.interrupt_at = before->place->fake.calls + 1;
	assert_false(read_it(before));
	present_free(&before->present);
	place_open(before->place, true);
	assert_true(begin(before, "old.bin", false));
	assert_true(read_it(before));
	before->place->fake.interrupt_at = before->place->fake.calls + 1;
	assert_false(present_secure(&before->present, &COVERED, 1));
}

/* If all samples are the same they tell nothing: the whole flash is read, and that may fail. */
static void a_doubtful_flash_that_cannot_be_read_as_a_whole_is_not_changed(void **state)
{
	struct before *before = *state;

	memset(before->place->fake.die, 0, PLACE_SIZE);
	before->place->fake.unreadable = 0x100000;
	assert_true(begin(before, NULL, true));
	assert_false(read_it(before));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_kind_follows_from_what_is_wished_and_what_is_there),
		CASE(a_new_backup_is_on_the_disk_only_when_it_is_secured),
		CASE(what_is_not_secured_leaves_no_file),
		CASE(a_dry_run_reads_once_and_makes_no_file),
		CASE(what_differs_in_the_second_reading_is_put_right),
		CASE(a_second_reading_that_fails_is_no_end),
		CASE(what_is_too_much_to_be_read_twice_is_told),
		CASE(without_a_backup_whole_sectors_are_known_and_the_calibration),
		CASE(of_what_does_not_start_all_is_known_also_without_a_backup),
		CASE(a_doubtful_flash_that_cannot_be_read_as_a_whole_is_not_changed),
		CASE(what_is_not_read_does_not_count_as_read),
		CASE(one_sector_of_which_something_stays_is_read_after_all),
		CASE(a_calibration_that_reads_differently_ends_it),
		CASE(without_a_backup_the_rest_of_each_sector_is_read_twice),
		CASE(sectors_that_are_covered_as_a_whole_have_no_rest),
		CASE(a_given_backup_is_taken_for_the_whole_after_samples),
		CASE(of_a_given_backup_what_is_covered_or_changes_is_compared_in_full),
		CASE(a_given_backup_with_another_calibration_is_refused),
		CASE(a_given_backup_without_the_modules_calibration_is_refused),
		CASE(each_place_where_calibration_may_be_is_compared_with_a_given_backup),
		CASE(a_given_backup_whose_flash_cannot_be_read_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
