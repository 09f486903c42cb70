/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/state_folder.h"

#include "tests/engine/new_home.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void it_is_made_for_its_owner_alone(void **state)
{
	struct stat status;

	(void)state;
	assert_true(state_folder_make(&notes.observer));
	assert_true(state_folder_make(&notes.observer));
	assert_int_equal(stat(".local/state/beken-flash", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(rmdir(".local/state/beken-flash"), 0);
	assert_int_equal(rmdir(".local/state") || rmdir(".local"), 0);
}

static void a_link_in_its_place_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir("elsewhere", 0700), 0);
	setenv("XDG_STATE_HOME", here, 1);
	assert_int_equal(symlink("elsewhere", "beken-flash"), 0);
	assert_false(state_folder_make(&notes.observer));
	assert_mentions(&notes, "not a directory of your own");
	assert_int_equal(rmdir("elsewhere"), 0);
	assert_int_equal(unlink("beken-flash"), 0);
}

static void without_a_place_it_says_what_to_set(void **state)
{
	(void)state;
	unsetenv("HOME");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_false(state_folder_make(&notes.observer));
	assert_mentions(&notes, "set HOME or XDG_STATE_HOME");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, new_home_begin, new_home_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_made_for_its_owner_alone),
		CASE(a_link_in_its_place_is_refused),
		CASE(without_a_place_it_says_what_to_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
