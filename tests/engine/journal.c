/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/journal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/engine/place.h"

#define PATH PLACE_STATE "/journal.json"
#define SIZE 8192u

static struct journal make_journal(void)
{
	struct journal journal = {
		.number = 1,
		.command = "write",
		.file = "/a \"file\" with\nmuch in its name.bin",
		.backup = "/backup.bin",
		.part = "TH25Q16HB",
		.id = "EB 60 15",
		.size = SIZE,
		.mac = "c8:47:8c:00:00:01",
		.wanted_mac = "c8:47:8c:00:00:02",
		.calibration_count = 2,
		.registers = 0x4004,
		.protect = true,
		.known = {4096, 4096},
	};

	sha256_text("a", 1, journal.calibration[0]);
	sha256_text("b", 1, journal.calibration[1]);
	return journal;
}

static void write_one(uint8_t fill)
{
	struct journal journal = make_journal();
	uint8_t wanted[SIZE];

	memset(wanted, fill, SIZE);
	assert_true(journal_write(&journal, wanted, NULL, NULL));
}

static void what_is_written_is_read(void **state)
{
	struct journal found, journal = make_journal();
	uint8_t *wanted;

	(void)state;
	write_one(0x17);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	assert_string_equal(found.command, journal.command);
	assert_string_equal(found.file, journal.file);
	assert_string_equal(found.backup, journal.backup);
	assert_string_equal(found.part, journal.part);
	assert_string_equal(found.id, journal.id);
	assert_int_equal(found.size, SIZE);
	assert_string_equal(found.mac, journal.mac);
	assert_string_equal(found.wanted_mac, journal.wanted_mac);
	assert_int_equal(found.calibration_count, 2);
	assert_string_equal(found.calibration[1], journal.calibration[1]);
	assert_int_equal(found.registers, 0x4004);
	assert_true(found.protect);
	assert_int_equal(found.known.start, 4096);
	assert_int_equal(found.known.length, 4096);
	wanted = journal_wanted(&found, NULL);
	assert_non_null(wanted);
	assert_int_equal(wanted[0], 0x17);
	assert_int_equal(wanted[SIZE - 1], 0x17);
	free(wanted);
}

static void it_carries_its_date_and_sums_of_what_was_there_before(void **state)
{
	struct journal found, again, journal = make_journal();
	uint8_t before[SIZE], wanted[SIZE], *read, *sums;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		before[i] = (uint8_t)(i >> 8);
	memset(wanted, 0x17, SIZE);
	sums = journal_sums(before, SIZE, NULL);
	assert_true(journal_write(&journal, wanted, sums, NULL));
	assert_int_equal(strlen(journal.date), strlen("2026-11-27T09:00:00Z"));
	strcpy(journal.date, "2020-01-02T03:04:05Z");
	assert_true(journal_write(&journal, wanted, sums, NULL));
	free(sums);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	/* The date when the write began, however often it is resumed. */
	assert_string_equal(found.date, "2020-01-02T03:04:05Z");
	assert_true(found.sums);
	read = journal_wanted(&found, NULL);
	assert_non_null(read);
	assert_memory_equal(read, wanted, SIZE);
	for (uint32_t at = 0; at < SIZE; at += JOURNAL_SECTOR)
		assert_int_equal(journal_sum_of(&found, read, at), journal_sum(before + at));
	journal_set_sum(&found, read, SIZE - JOURNAL_SECTOR, 7);
	assert_int_equal(journal_sum_of(&found, read, SIZE - JOURNAL_SECTOR), 7);
	free(read);
	/* From a release whose journals had no sums. */
	write_one(0x18);
	assert_int_equal(journal_read(&again, 1, NULL), JOURNAL_THERE);
	assert_false(again.sums);
}

static void without_one_there_is_none(void **state)
{
	struct journal found;

	(void)state;
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_NONE);
	/* Looking for a journal creates nothing. */
	assert_false(place_has("state"));
}

static void a_new_one_replaces_the_old_with_its_content(void **state)
{
	struct journal found;
	uint8_t *wanted;
	char path[256];

	(void)state;
	write_one(1);
	write_one(2);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	wanted = journal_wanted(&found, NULL);
	assert_int_equal(wanted[0], 2);
	free(wanted);
	snprintf(path, sizeof(path), PLACE_STATE "/%s", found.image);
	assert_int_equal(unlink(path), 0);
	assert_false(place_find(PLACE_STATE, "wanted-", path, sizeof(path)));
}

static void a_removed_one_leaves_nothing(void **state)
{
	struct journal found;
	char path[256];

	(void)state;
	write_one(1);
	assert_true(journal_remove(1, NULL));
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_NONE);
	assert_false(place_find(PLACE_STATE, "wanted-", path, sizeof(path)));
	assert_true(journal_remove(1, NULL));
}

static void a_wanted_content_that_is_missing_cut_or_changed_is_none(void **state)
{
	struct journal found;
	uint8_t *data;
	char path[256];

	(void)state;
	write_one(1);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_THERE);
	snprintf(path, sizeof(path), PLACE_STATE "/%s", found.image);
	data = place_get(path, SIZE);
	place_put(path, data, SIZE - 1);
	assert_null(journal_wanted(&found, NULL));
	data[100] ^= 1;
	place_put(path, data, SIZE);
	assert_null(journal_wanted(&found, NULL));
	unlink(path);
	assert_null(journal_wanted(&found, NULL));
	free(data);
}

/* Each replaces a good member. */
static void what_is_damaged_is_told_from_what_is_missing(void **state)
{
	static const struct {
		const char *good, *bad;
	} cases[] = {
		{"\"schema\": 1", "\"schema\": 2"},
		{"\"size\": 8192", "\"size\": 0"},
		{"\"size\": 8192", "\"size\": 99999999999"},
		{"\"size\": 8192", "\"size\": 4096"}, /* the range ends outside the flash */
		{"\"start\": 4096", "\"start\": -1"},
		{"\"length\": 4096", "\"length\": 4097"},
		{"\"length\": 4096", "\"length\": 0"},
		{"\"image\": \"", "\"image\": \"../"},
		{"\"image\": \"", "\"picture\": \""},
		{"\"calibration\": [", "\"calibration\": [\"abc\", "},
		{"\"calibration\": [", "\"calibration\": [1, "},
		{"\"calibration\": [", "\"calibrations\": ["},
		{"}\n", ""},
	};
	struct place *place = *state;
	struct journal found;
	char *text, changed[4096];
	struct stat status;

	write_one(1);
	assert_int_equal(stat(PATH, &status), 0);
	text = (char *)place_get(PATH, (size_t)status.st_size);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *at = strstr(text, cases[i].good);

		if (!at)
			fail_msg("no %s in %s", cases[i].good, text);
		snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, cases[i].bad,
			 at + strlen(cases[i].good));
		place_put(PATH, changed, strlen(changed));
		notes_begin(&place->notes);
		if (journal_read(&found, 1, &place->notes.observer) != JOURNAL_BAD)
			fail_msg("%s passes", cases[i].bad);
		assert_int_equal(place->notes.errors, 1);
		assert_int_equal(found.size, 0);
	}
	free(text);
}

static void what_is_no_file_is_damaged(void **state)
{
	struct journal found;

	(void)state;
	write_one(1);
	unlink(PATH);
	assert_int_equal(mkdir(PATH, 0700), 0);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_BAD);
	assert_false(journal_remove(1, NULL));
}

/* -1 if it cannot be locked. */
static int lock_of(unsigned number)
{
	pid_t holder;

	return journal_lock(number, &holder, NULL);
}

/* A process does not exclude itself with a lock, so another one tries, and learns who holds it. */
static bool another_can_lock(unsigned number)
{
	pid_t holder, child = fork();
	int status;

	if (child == 0) {
		bool has = journal_lock(number, &holder, NULL) >= 0;

		_exit(!has && holder != getppid() ? 2 : has);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status);
}

static void one_program_at_a_time_has_it(void **state)
{
	int lock = lock_of(1);

	(void)state;
	assert_true(lock >= 0);
	assert_false(another_can_lock(1));
	assert_true(another_can_lock(2));
	journal_unlock(lock);
	assert_true(another_can_lock(1));
	journal_unlock(-1);
}

static void without_a_place_there_is_no_journal(void **state)
{
	struct place *place = *state;
	struct journal found, journal = make_journal();
	uint8_t wanted[SIZE] = {0};
	char *home = getenv("HOME"), before[4096];

	snprintf(before, sizeof(before), "%s", home ? home : "");
	unsetenv("HOME");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_int_equal(journal_read(&found, 1, NULL), JOURNAL_BAD);
	assert_int_equal(lock_of(1), -1);
	assert_false(journal_write(&journal, wanted, NULL, NULL));
	assert_false(journal_remove(1, NULL));
	/* A relative path is ignored. */
	setenv("HOME", place->directory, 1);
	assert_true(journal_write(&journal, wanted, NULL, NULL));
	assert_true(place_has(".local/state/beken-flash/journal.json"));
	assert_false(place_has("relative"));
	setenv("HOME", "/dev/null", 1);
	assert_int_equal(lock_of(1), -1);
	assert_false(journal_write(&journal, wanted, NULL, NULL));
	if (home)
		setenv("HOME", before, 1);
	else
		unsetenv("HOME");
}

static void where_the_lock_cannot_be_made_there_is_none(void **state)
{
	(void)state;
	write_one(1);
	assert_int_equal(mkdir(PLACE_STATE "/lock", 0700), 0);
	assert_int_equal(lock_of(1), -1);
}

/* The old journal stays whole if the new one cannot replace it. */
static void a_journal_that_cannot_be_written_leaves_no_content_behind(void **state)
{
	struct journal journal = make_journal();
	uint8_t wanted[SIZE] = {0};
	char path[256];

	(void)state;
	assert_int_equal(mkdir("state", 0700), 0);
	assert_int_equal(mkdir(PLACE_STATE, 0700), 0);
	assert_int_equal(mkdir(PATH, 0700), 0);
	assert_false(journal_write(&journal, wanted, NULL, NULL));
	assert_false(place_find(PLACE_STATE, "wanted-", path, sizeof(path)));
}

/* FNV-1a: what another release left is understood. */
static void sums_of_sectors_are_those_of_any_release(void **state)
{
	uint8_t sector[JOURNAL_SECTOR] = {0};

	(void)state;
	assert_int_equal(journal_sum(sector), 0x76efddc5U);
	memset(sector, 0xff, sizeof(sector));
	assert_int_equal(journal_sum(sector), 0x34e76dc5U);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up_closed, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_written_is_read),
		CASE(it_carries_its_date_and_sums_of_what_was_there_before),
		cmocka_unit_test(sums_of_sectors_are_those_of_any_release),
		CASE(without_one_there_is_none),
		CASE(a_new_one_replaces_the_old_with_its_content),
		CASE(a_removed_one_leaves_nothing),
		CASE(a_wanted_content_that_is_missing_cut_or_changed_is_none),
		CASE(what_is_damaged_is_told_from_what_is_missing),
		CASE(what_is_no_file_is_damaged),
		CASE(one_program_at_a_time_has_it),
		CASE(without_a_place_there_is_no_journal),
		CASE(where_the_lock_cannot_be_made_there_is_none),
		CASE(a_journal_that_cannot_be_written_leaves_no_content_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
