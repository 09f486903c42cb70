/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and folders of somebody else, which only root can make. */
#include "engine/output_file.h"
#include "engine/state_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/engine/new_home.h"

static char path[PATH_MAX];

static void under_sudo_a_file_in_the_users_folder_is_the_users(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(mkdir("theirs", 0755) || mkdir("ours", 0755), 0);
	assert_int_equal(chown("theirs", 1234, 4321), 0);
	setenv("SUDO_UID", "1234", 1);
	setenv("SUDO_GID", "4321", 1);
	assert_true(output_whole("theirs/new", "x", 1, OUTPUT_NEW, &notes.observer));
	assert_true(output_whole("ours/new", "x", 1, OUTPUT_NEW, &notes.observer));
	assert_int_equal(chown("theirs", 9123, 4321), 0);
	setenv("SUDO_UID", "9123", 1);
	assert_true(output_whole("theirs/9", "x", 1, OUTPUT_NEW, &notes.observer));
	assert_int_equal(stat("theirs/9", &status), 0);
	assert_int_equal(status.st_uid, 9123);
	assert_int_equal(chown("theirs", 1234, 4321), 0);
	setenv("SUDO_UID", "12x", 1);
	assert_true(output_whole("theirs/2", "x", 1, OUTPUT_NEW, &notes.observer));
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	assert_int_equal(stat("theirs/new", &status), 0);
	assert_int_equal(status.st_uid, 1234);
	assert_int_equal(status.st_gid, 4321);
	assert_int_equal(stat("ours/new", &status), 0);
	assert_int_equal(status.st_uid, 0);
	assert_int_equal(stat("theirs/2", &status), 0);
	assert_int_equal(status.st_uid, 0);
	assert_int_equal(unlink("theirs/new") || unlink("theirs/2") || unlink("theirs/9") ||
				 unlink("ours/new"),
			 0);
	assert_int_equal(rmdir("theirs") || rmdir("ours"), 0);
}

static void what_belongs_to_another_is_refused(void **state)
{
	(void)state;
	setenv("XDG_STATE_HOME", here, 1);
	assert_int_equal(mkdir("beken-flash", 0777), 0);
	assert_int_equal(chown("beken-flash", 1234, 1234), 0);
	assert_false(state_folder_make(&notes.observer));
	assert_int_equal(rmdir("beken-flash"), 0);
}

static void root_in_the_home_of_a_user_uses_its_own(void **state)
{
	(void)state;
	assert_int_equal(mkdir("home", 0755), 0);
	assert_int_equal(chown("home", 1234, 1234), 0);
	assert_int_equal(realpath("home", path) ? setenv("HOME", path, 1) : 1, 0);
	assert_true(state_folder_path(path, &notes.observer));
	assert_null(strstr(path, here));
	assert_non_null(strstr(path, "/.local/state/beken-flash"));
	assert_int_equal(rmdir("home"), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, new_home_begin, new_home_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(under_sudo_a_file_in_the_users_folder_is_the_users),
		CASE(what_belongs_to_another_is_refused),
		CASE(root_in_the_home_of_a_user_uses_its_own),
	};

	/* The skip() of cmocka before 1.1.6 counts as a failure in TAP. */
	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can give files away\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
