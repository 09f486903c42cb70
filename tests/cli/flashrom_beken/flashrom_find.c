/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_find.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A temporary directory with a/, b/ and c/ in it. */
static char base[] = "/tmp/flashrom-find-XXXXXX";
static char folder[3][64];

static void make_file(const char *where, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/flashrom", where);
	fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod(path, mode), 0);
}

static void set_path(const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	setenv("PATH", text, 1);
}

static void found_in(const char *where)
{
	char path[PATH_MAX], wanted[128];

	assert_true(flashrom_find(path));
	snprintf(wanted, sizeof(wanted), "%s/flashrom", where);
	assert_string_equal(path, wanted);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(base + strlen(base) - 6, "XXXXXX");
	if (!mkdtemp(base))
		return -1;
	for (unsigned i = 0; i < COUNT_OF(folder); i++) {
		snprintf(folder[i], sizeof(folder[i]), "%s/%c", base, (char)('a' + i));
		if (mkdir(folder[i], 0700))
			return -1;
	}
	unsetenv("FLASHROM");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(base, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void the_first_one_in_path_is_taken(void **state)
{
	(void)state;
	make_file(folder[1], 0700);
	make_file(folder[2], 0700);
	set_path("%s:%s:%s", folder[0], folder[1], folder[2]);
	found_in(folder[1]);
	set_path("%s:%s", folder[2], folder[1]);
	found_in(folder[2]);
}

static void empty_parts_of_path_are_no_directories(void **state)
{
	(void)state;
	make_file(folder[1], 0700);
	assert_int_equal(chdir(folder[1]), 0);
	set_path("::/nowhere:%s:", folder[1]);
	found_in(folder[1]);
	assert_int_equal(chdir("/"), 0);
}

static void what_can_not_be_run_is_passed_over(void **state)
{
	char path[128];

	(void)state;
	make_file(folder[0], 0600);
	snprintf(path, sizeof(path), "%s/flashrom", folder[1]);
	assert_int_equal(mkdir(path, 0700), 0);
	make_file(folder[2], 0700);
	set_path("%s:%s:%s", folder[0], folder[1], folder[2]);
	found_in(folder[2]);
}

static void this_very_program_is_passed_over(void **state)
{
	char path[128], self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(len > 0);
	self[len] = '\0';
	snprintf(path, sizeof(path), "%s/flashrom", folder[0]);
	assert_int_equal(symlink(self, path), 0);
	make_file(folder[1], 0700);
	set_path("%s:%s", folder[0], folder[1]);
	found_in(folder[1]);
	setenv("FLASHROM", path, 1);
	assert_false(flashrom_find(self));
}

static void another_copy_of_the_bridge_is_passed_over(void **state)
{
	char path[128], bridge[128];
	int fd;

	(void)state;
	snprintf(bridge, sizeof(bridge), "%s/flashrom-beken", folder[2]);
	fd = open(bridge, O_CREAT | O_WRONLY | O_EXCL, 0700);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof(path), "%s/flashrom", folder[0]);
	assert_int_equal(symlink(bridge, path), 0);
	make_file(folder[1], 0700);
	set_path("%s:%s", folder[0], folder[1]);
	found_in(folder[1]);
}

static void the_variable_decides_alone(void **state)
{
	char path[PATH_MAX], named[128];

	(void)state;
	make_file(folder[0], 0700);
	make_file(folder[1], 0700);
	set_path("%s", folder[0]);
	snprintf(named, sizeof(named), "%s/flashrom", folder[1]);
	setenv("FLASHROM", named, 1);
	found_in(folder[1]);
	/* If FLASHROM is wrong, no other flashrom is used instead. */
	setenv("FLASHROM", "/nowhere/flashrom", 1);
	assert_false(flashrom_find(path));
	setenv("FLASHROM", "", 1);
	found_in(folder[0]);
}

static void without_one_in_path_the_sbin_directories_are_searched(void **state)
{
	static const char *const sbin[] = {"/usr/local/sbin/flashrom", "/usr/sbin/flashrom",
					   "/sbin/flashrom"};
	const char *wanted = NULL;
	char path[PATH_MAX];

	(void)state;
	for (size_t i = COUNT_OF(sbin); i-- > 0;)
		if (access(sbin[i], X_OK) == 0)
			wanted = sbin[i];
	for (int unset = 0; unset < 2; unset++) {
		set_path("%s", folder[0]);
		if (unset)
			unsetenv("PATH");
		assert_int_equal(flashrom_find(path), wanted != NULL);
		if (wanted)
			assert_string_equal(path, wanted);
	}
}

static void a_path_of_any_length_is_survived(void **state)
{
	char *text = malloc(3 * PATH_MAX);

	(void)state;
	assert_non_null(text);
	make_file(folder[1], 0700);
	memset(text, 'x', 2 * PATH_MAX);
	snprintf(text + 2 * PATH_MAX, PATH_MAX, ":%s", folder[1]);
	setenv("PATH", text, 1);
	found_in(folder[1]);
	setenv("FLASHROM", text, 1);
	assert_false(flashrom_find((char[PATH_MAX]){0}));
	free(text);
}

int main(void)
{
#define IN_FOLDERS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_FOLDERS(the_first_one_in_path_is_taken),
		IN_FOLDERS(empty_parts_of_path_are_no_directories),
		IN_FOLDERS(what_can_not_be_run_is_passed_over),
		IN_FOLDERS(this_very_program_is_passed_over),
		IN_FOLDERS(another_copy_of_the_bridge_is_passed_over),
		IN_FOLDERS(the_variable_decides_alone),
		IN_FOLDERS(without_one_in_path_the_sbin_directories_are_searched),
		IN_FOLDERS(a_path_of_any_length_is_survived),
	};

	return cmocka_run_group_tests_name("flashrom_find", tests, NULL, NULL);
}
