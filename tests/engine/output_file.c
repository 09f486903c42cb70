/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/output_file.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit.h"

struct place {
	char directory[32];
	struct notes notes;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->directory, "/tmp/beken-out-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	assert_int_equal(chdir(place->directory), 0);
	notes_begin(&place->notes);
	*state = place;
	return 0;
}

static unsigned count_files(bool remove)
{
	DIR *directory = opendir(".");
	struct dirent *entry;
	unsigned count = 0;

	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2) {
			count++;
			if (remove)
				unlink(entry->d_name);
		}
	closedir(directory);
	return count;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	count_files(true);
	rmdir(place->directory);
	free(place);
	return 0;
}

static void assert_holds(const char *path, const char *text)
{
	char found[64] = "";
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	assert_int_equal(fread(found, 1, sizeof(found), file), strlen(text));
	fclose(file);
	assert_string_equal(found, text);
}

static void a_file_appears_whole_with_what_was_written(void **state)
{
	struct place *place = *state;
	struct output_file file;

	assert_true(output_open(&file, "new", 4096, &place->notes.observer));
	assert_true(output_write(&file, "some", 4));
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(output_commit(&file, "new", OUTPUT_NEW), OUTPUT_DONE);
	output_discard(&file);
	assert_holds("new", "some");
	assert_int_equal(count_files(false), 1);
}

static void nothing_of_a_discarded_file_stays(void **state)
{
	struct place *place = *state;
	struct output_file file;

	assert_true(output_open(&file, "./new", 4096, &place->notes.observer));
	assert_true(output_write(&file, "some", 4));
	output_discard(&file);
	assert_int_equal(count_files(false), 0);
}

static void an_existing_file_is_not_replaced_and_another_name_can_be_tried(void **state)
{
	struct place *place = *state;
	struct output_file file;

	assert_true(output_whole("old", "old", 3, OUTPUT_NEW, &place->notes.observer));
	assert_true(output_open(&file, "old", 3, &place->notes.observer));
	assert_true(output_write(&file, "new", 3));
	assert_int_equal(output_commit(&file, "old", OUTPUT_NEW), OUTPUT_EXISTS);
	assert_int_equal(output_commit(&file, "other", OUTPUT_NEW), OUTPUT_DONE);
	assert_holds("old", "old");
	assert_holds("other", "new");
	assert_int_equal(count_files(false), 2);
}

static void a_dangling_link_is_not_replaced_either(void **state)
{
	struct place *place = *state;

	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_false(output_whole("link", "new", 3, OUTPUT_NEW, &place->notes.observer));
	assert_non_null(strstr(place->notes.text, "never overwritten"));
	assert_int_equal(access("nowhere", F_OK), -1);
}

static void a_journal_replaces_the_one_before(void **state)
{
	struct place *place = *state;

	assert_true(output_whole("journal", "old", 3, OUTPUT_REPLACES, &place->notes.observer));
	assert_true(output_whole("journal", "newer", 5, OUTPUT_REPLACES, &place->notes.observer));
	assert_holds("journal", "newer");
}

static void a_missing_directory_is_named_with_what_to_do(void **state)
{
	struct place *place = *state;
	struct output_file file;

	assert_false(output_open(&file, "no/such/file", 1, &place->notes.observer));
	assert_non_null(strstr(place->notes.text, "no/such/file"));
	assert_non_null(strstr(place->notes.text, "make the directory first"));
}

/* A limit for files stands for a full disk, for which one would need to be root. */
static void no_room_is_known_before_anything_is_written(void **state)
{
	struct place *place = *state;
	struct rlimit before, small;
	struct output_file file;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(output_open(&file, "large", 2000, &place->notes.observer));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(place->notes.text, "limit for files"));
	assert_int_equal(count_files(false), 0);
}

static void names_may_hold_anything(void **state)
{
	static const char *const names[] = {"a b", "-r", "\xff\xfe", "new\nline", "%s%n", "'\"\\"};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_true(output_whole(names[i], "x", 1, OUTPUT_NEW, &place->notes.observer));
		assert_holds(names[i], "x");
	}
}

/* There are Wi-Fi passwords in it. */
static void a_file_is_for_its_owner_alone(void **state)
{
	struct place *place = *state;
	mode_t mask = umask(0);
	struct stat status;

	assert_true(output_whole("new", "x", 1, OUTPUT_NEW, &place->notes.observer));
	umask(mask);
	assert_int_equal(stat("new", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_appears_whole_with_what_was_written),
		CASE(nothing_of_a_discarded_file_stays),
		CASE(an_existing_file_is_not_replaced_and_another_name_can_be_tried),
		CASE(a_dangling_link_is_not_replaced_either),
		CASE(a_journal_replaces_the_one_before),
		CASE(a_missing_directory_is_named_with_what_to_do),
		CASE(no_room_is_known_before_anything_is_written),
		CASE(names_may_hold_anything),
		CASE(a_file_is_for_its_owner_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
