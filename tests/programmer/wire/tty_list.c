/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which serial ports are listed: those of USB adapters, in the order of their numbers. */
#include <dirent.h>

#include "programmer/wire/tty_list.h"
#include "tests/unit.h"

DIR *__wrap_opendir(const char *path);
struct dirent *__wrap_readdir(DIR *dir);
struct dirent *__wrap_readdir64(DIR *dir);
int __wrap_closedir(DIR *dir);

static struct {
	const char *const *names; /* NULL: the folder is missing */
	size_t at;
	unsigned opened, closed;
} folder;

DIR *__wrap_opendir(const char *path)
{
	assert_string_equal(path, "/sys/class/tty");
	if (!folder.names)
		return NULL;
	folder.opened++;
	folder.at = 0;
	return (DIR *)&folder;
}

struct dirent *__wrap_readdir(DIR *dir)
{
	static struct dirent entry;

	(void)dir;
	if (!folder.names[folder.at])
		return NULL;
	snprintf(entry.d_name, sizeof(entry.d_name), "%s", folder.names[folder.at++]);
	return &entry;
}

struct dirent *__wrap_readdir64(DIR *dir)
{
	return __wrap_readdir(dir);
}

int __wrap_closedir(DIR *dir)
{
	(void)dir;
	folder.closed++;
	return 0;
}

static size_t list(const char *const *names, char (*paths)[TTY_PATH], size_t room)
{
	size_t count;

	folder.names = names;
	count = tty_list(paths, room);
	assert_int_equal(folder.opened, folder.closed);
	return count;
}

static void ports_of_usb_adapters_are_listed_by_number(void **state)
{
	static const char *const names[] = {".",     "..",	"ttyUSB10", "tty",  "tty0",
					    "ttyS0", "ttyUSB2", "console",  "ptmx", "ttyACM0",
					    "ttyx",  "ttyUSB0", "hvc0",	    NULL};
	char paths[8][TTY_PATH];

	(void)state;
	assert_int_equal(list(names, paths, COUNT_OF(paths)), 4);
	assert_string_equal(paths[0], "/dev/ttyACM0");
	assert_string_equal(paths[1], "/dev/ttyUSB0");
	assert_string_equal(paths[2], "/dev/ttyUSB2");
	assert_string_equal(paths[3], "/dev/ttyUSB10");
	assert_int_equal(list(names, paths, 2), 2);
	assert_int_equal(list(names, paths, 0), 0);
}

static void where_nothing_is_nothing_is_listed(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const too_long[] = {"ttyUSB0123456789012345678901234567890123456789",
					       NULL};
	char paths[2][TTY_PATH];

	(void)state;
	assert_int_equal(list(NULL, paths, COUNT_OF(paths)), 0);
	assert_int_equal(list(none, paths, COUNT_OF(paths)), 0);
	assert_int_equal(list(too_long, paths, COUNT_OF(paths)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_of_usb_adapters_are_listed_by_number),
		cmocka_unit_test(where_nothing_is_nothing_is_listed),
	};

	return cmocka_run_group_tests_name("tty_list", tests, NULL, NULL);
}
