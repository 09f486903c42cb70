/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which nodes exist, which of them are never opened, and what is said instead. */
#include "tests/unit.h"

#include <dirent.h>
#include <errno.h>
#include <sys/file.h>

#include "programmer/adapters/own_flash.h"
#include "programmer/adapters/spidev_node.h"

#define FD 1000

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
FILE *__real_fopen(const char *path, const char *mode);
DIR *__real_opendir(const char *path);
struct dirent *__real_readdir(DIR *dir);
int __real_closedir(DIR *dir);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_flock(int fd, int operation);
int __wrap_ioctl(int fd, unsigned long request, ...);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
DIR *__wrap_opendir(const char *path);
struct dirent *__wrap_readdir(DIR *dir);
struct dirent *__wrap_readdir64(DIR *dir);
int __wrap_closedir(DIR *dir);

static struct {
	const char *names[8]; /* in /dev */
	const char *bufsiz;
	int own_bus; /* the one with the computer's own flash; -1: none */
	int open_error, ioctl_error;
	unsigned ioctls, ioctls_good; /* number of ioctls; and how many succeed before that one */

	size_t at;
	unsigned opened, closed;
} kernel;
static struct notes notes;

static int refuse(int error)
{
	errno = error;
	return -1;
}

bool own_flash_on_bus(unsigned bus, char *why, size_t room)
{
	if ((int)bus != kernel.own_bus)
		return false;
	snprintf(why, room, "the test says so");
	return true;
}

int __wrap_open(const char *path, int flags, ...)
{
	/* Coverage writes its files at the end of the program. */
	if (strncmp(path, "/dev/spidev", 11) != 0)
		return __real_open(path, flags, 0644);
	if (kernel.open_error)
		return refuse(kernel.open_error);
	kernel.opened++;
	return FD;
}

int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
	if (fd != FD)
		return __real_close(fd);
	kernel.closed++;
	return 0;
}

int __wrap_flock(int fd, int operation)
{
	assert_int_equal(fd, FD);
	assert_int_equal(operation, LOCK_EX | LOCK_NB);
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	(void)request;
	assert_int_equal(fd, FD);
	return kernel.ioctl_error && kernel.ioctls++ == kernel.ioctls_good
		       ? refuse(kernel.ioctl_error)
		       : 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (strncmp(path, "/sys/", 5) != 0)
		return __real_fopen(path, mode);
	return kernel.bufsiz
		       ? fmemopen((char *)(uintptr_t)kernel.bufsiz, strlen(kernel.bufsiz), "r")
		       : NULL;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

DIR *__wrap_opendir(const char *path)
{
	if (strcmp(path, "/dev/") != 0)
		return __real_opendir(path);
	kernel.at = 0;
	return (DIR *)&kernel;
}

struct dirent *__wrap_readdir(DIR *dir)
{
	static struct dirent entry;

	if (dir != (DIR *)&kernel)
		return __real_readdir(dir);
	if (!kernel.names[kernel.at])
		return NULL;
	snprintf(entry.d_name, sizeof(entry.d_name), "%s", kernel.names[kernel.at++]);
	return &entry;
}

struct dirent *__wrap_readdir64(DIR *dir)
{
	return __wrap_readdir(dir);
}

int __wrap_closedir(DIR *dir)
{
	return dir == (DIR *)&kernel ? 0 : __real_closedir(dir);
}

static int set_up(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.own_bus = -1;
	notes_begin(&notes);
	return 0;
}

static int open_node(const char *node, bool mode3)
{
	const struct adapter_wish wish = {.parameter = "spidev", .value = node, .mode3 = mode3};

	return spidev_node_open(&wish, 1000000, &notes.observer);
}

static void a_node_is_called_by_bus_and_select(void **state)
{
	static const char *const bad[] = {"/dev/spidev", "/dev/spidev0",    "/dev/spidev0.",
					  "spidev0.0",	 "/dev/spidev0.0x", "/dev/spidev1000.0",
					  "/dev/i2c-0.0"};
	unsigned bus, select;

	(void)state;
	assert_true(spidev_node_numbers("/dev/spidev10.2", &bus, &select));
	assert_int_equal(bus, 10);
	assert_int_equal(select, 2);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (spidev_node_numbers(bad[i], &bus, &select))
			fail_msg("%s", bad[i]);
}

static void the_bus_of_the_computers_own_flash_is_not_even_opened(void **state)
{
	(void)state;
	kernel.own_bus = 10;
	assert_int_equal(open_node("/dev/spidev10.0", false), -1);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_OWN_FLASH);
	assert_mentions(&notes, "/dev/spidev10.0 is on the bus of this computer's own flash: the "
				"test says so");
	assert_int_equal(kernel.opened, 0);
	assert_int_equal(open_node("/dev/spidev0.0", false), FD);
	assert_int_equal(notes.errors, 1);
}

static void those_that_may_be_used_are_listed(void **state)
{
	static const char *const names[] = {"tty0", "spidev0.0", "spidev10.0", "spidev0.1", "null"};
	struct adapter_place places[4];

	(void)state;
	memcpy(kernel.names, names, sizeof(names));
	kernel.own_bus = 10;
	assert_int_equal(spidev_node_list(NULL, places, COUNT_OF(places)), 2);
	assert_string_equal(places[0].value, "/dev/spidev0.0");
	assert_string_equal(places[1].value, "/dev/spidev0.1");
	assert_int_equal(spidev_node_list(NULL, places, 1), 1);
	kernel.open_error = ENOENT;
	assert_int_equal(open_node("/dev/spidev1.0", false), -1);
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_string_equal(notes.trouble.next, "There is: /dev/spidev0.0, /dev/spidev0.1");
}

static void what_the_controller_does_not_take_is_told_and_closed(void **state)
{
	(void)state;
	/*
	 * The mode, the bits, the clock, or the first message: a clock that is too slow shows only
	 * there.
	 */
	for (unsigned i = 0; i < 4; i++) {
		set_up(NULL);
		kernel.ioctl_error = EINVAL;
		kernel.ioctls_good = i;
		assert_int_equal(open_node("/dev/spidev0.0", i & 1), -1);
		assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
		assert_mentions(&notes, i & 1 ? "mode 3 at 1000000 Hz" : "mode 0 at 1000000 Hz");
		assert_int_equal(kernel.opened, 1);
		assert_int_equal(kernel.closed, 1);
		set_up(NULL);
		kernel.ioctl_error = EIO;
		assert_int_equal(open_node("/dev/spidev0.0", false), -1);
		assert_int_equal(notes.trouble.kind, TROUBLE_SYSTEM);
		assert_mentions(&notes, "Input/output error");
		assert_int_equal(kernel.closed, 1);
	}
	set_up(NULL);
	kernel.ioctl_error = ETIMEDOUT;
	kernel.ioctls_good = 3;
	assert_int_equal(open_node("/dev/spidev0.0", false), -1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_SILENT);
	assert_int_equal(kernel.closed, 1);
}

/* Without a number nothing can be known about its bus. */
static void what_is_no_node_is_not_opened_and_said_to_be_none(void **state)
{
	(void)state;
	kernel.own_bus = 0;
	assert_int_equal(open_node("/dev/spidev", false), -1);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_mentions(&notes, "/dev/spidev is not a node of an SPI bus, such as /dev/spidev0.0");
	assert_int_equal(kernel.opened, 0);
}

static void the_kernels_buffer_is_what_it_says_if_that_is_enough(void **state)
{
	char least[16];

	(void)state;
	assert_int_equal(spidev_node_bufsiz(), 4096);
	kernel.bufsiz = "65536\n";
	assert_int_equal(spidev_node_bufsiz(), 65536);
	kernel.bufsiz = "many\n";
	assert_int_equal(spidev_node_bufsiz(), 4096);
	snprintf(least, sizeof(least), "%u\n", 2 * SPI_WINDOW_LEAST);
	kernel.bufsiz = least;
	assert_int_equal(spidev_node_bufsiz(), 2 * SPI_WINDOW_LEAST);
	snprintf(least, sizeof(least), "%u\n", 2 * SPI_WINDOW_LEAST - 1);
	assert_int_equal(spidev_node_bufsiz(), 4096);
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_node_is_called_by_bus_and_select),
		CASE(the_bus_of_the_computers_own_flash_is_not_even_opened),
		CASE(those_that_may_be_used_are_listed),
		CASE(what_the_controller_does_not_take_is_told_and_closed),
		CASE(what_is_no_node_is_not_opened_and_said_to_be_none),
		CASE(the_kernels_buffer_is_what_it_says_if_that_is_enough),
	};

	return cmocka_run_group_tests_name("spidev_node", tests, NULL, NULL);
}
