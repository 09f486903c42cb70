/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_cache.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A temporary directory with a program and a home directory in it. */
static char base[] = "/tmp/flashrom-cache-XXXXXX";
static char program[64], home[64];
static struct flashrom_cache cache;
static const uint8_t id[3] = {0xc8, 0x40, 0x15};

static void write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0700);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

/* Replaces the C library's function, so that a test chooses the user that the cache sees. */
static bool pretend_root;

uid_t geteuid(void)
{
	return pretend_root ? 0 : getuid();
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
	snprintf(program, sizeof(program), "%s/flashrom", base);
	snprintf(home, sizeof(home), "%s/home", base);
	write_file(program, "\177ELF and so on", 14);
	setenv("HOME", home, 1);
	unsetenv("XDG_CACHE_HOME");
	return mkdir(home, 0700);
}

static int tear_down(void **state)
{
	pretend_root = false;
	(void)state;
	return nftw(base, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void store(const char *name)
{
	struct flashrom_names names = {0};

	flashrom_cache_find(&cache, program, id);
	if (name)
		assert_true(flashrom_names_add(&names, name, strlen(name), 2048));
	flashrom_cache_store(&cache, &names);
}

static bool load(struct flashrom_names *names)
{
	flashrom_cache_find(&cache, program, id);
	return flashrom_cache_load(&cache, names);
}

static bool is_known(void)
{
	struct flashrom_names names;

	return load(&names);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void what_is_stored_is_loaded(void **state)
{
	struct flashrom_names stored = {0}, loaded;
	char wanted[128];

	(void)state;
	assert_false(is_known());
	assert_true(flashrom_names_add(&stored, "GD25B128B/GD25Q128B", 19, 16384));
	assert_true(flashrom_names_add(&stored, "SFDP-capable chip", 17, 1));
	flashrom_cache_store(&cache, &stored);
	assert_true(load(&loaded));
	assert_int_equal(loaded.count, 2);
	assert_string_equal(loaded.names[0].name, "GD25B128B/GD25Q128B");
	assert_int_equal(loaded.names[0].kib, 16384);
	assert_string_equal(loaded.names[1].name, "SFDP-capable chip");
	snprintf(wanted, sizeof(wanted), "%s/.cache/flashrom-beken/C84015", home);
	assert_string_equal(cache.file, wanted);
}

static void that_an_id_is_unknown_is_kept_as_well(void **state)
{
	struct flashrom_names names;

	(void)state;
	store(NULL);
	assert_true(load(&names));
	assert_int_equal(names.count, 0);
}

static void as_many_names_as_there_may_be_fit(void **state)
{
	char name[FLASHROM_NAME_ROOM];
	struct flashrom_names names = {0};

	(void)state;
	memset(name, 'N', sizeof(name));
	while (flashrom_names_add(&names, name, sizeof(name) - 1, UINT32_MAX))
		;
	assert_int_equal(names.count, FLASHROM_NAMES_MOST);
	flashrom_cache_find(&cache, program, id);
	flashrom_cache_store(&cache, &names);
	assert_true(load(&names));
	assert_int_equal(names.count, FLASHROM_NAMES_MOST);
}

static void another_id_is_another_entry(void **state)
{
	static const uint8_t other[3] = {0xc8, 0x40, 0x16};
	struct flashrom_names names;

	(void)state;
	store("GD25Q16(B)");
	flashrom_cache_find(&cache, program, other);
	assert_false(flashrom_cache_load(&cache, &names));
}

static void a_flashrom_that_has_changed_is_another_one(void **state)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000, .tv_nsec = 1}};

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, program, times, 0), 0);
	store("GD25Q16(B)");
	assert_true(is_known());
	times[1].tv_nsec = 2;
	assert_int_equal(utimensat(AT_FDCWD, program, times, 0), 0);
	assert_false(is_known());
	times[1].tv_nsec = 1;
	write_file(program, "\177ELF of another size", 20);
	assert_int_equal(utimensat(AT_FDCWD, program, times, 0), 0);
	assert_false(is_known());
}

static void a_link_is_the_flashrom_behind_it(void **state)
{
	struct flashrom_names names;
	char other[64], link[64];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", base);
	snprintf(link, sizeof(link), "%s/link", base);
	write_file(other, "\177ELF and so on", 14);
	assert_int_equal(symlink(program, link), 0);
	store("GD25Q16(B)");
	flashrom_cache_find(&cache, link, id);
	assert_true(flashrom_cache_load(&cache, &names));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink(other, link), 0);
	flashrom_cache_find(&cache, link, id);
	assert_false(flashrom_cache_load(&cache, &names));
}

static void nothing_is_kept_of_a_script(void **state)
{
	(void)state;
	write_file(program, "#!/bin/sh\nexec flashrom \"$@\"\n", 29);
	store("GD25Q16(B)");
	assert_string_equal(cache.file, "");
	assert_false(is_known());
}

static void a_damaged_entry_does_not_count(void **state)
{
	char whole[sizeof(cache.key) + 64], text[sizeof(whole) + 64];
	int len;

	(void)state;
	store("GD25Q16(B)");
	len = snprintf(whole, sizeof(whole), "%s2048 GD25Q16(B)\nend\n", cache.key);
	write_file(cache.file, whole, (size_t)len);
	assert_true(is_known());
	for (int cut = 0; cut < len; cut++) {
		write_file(cache.file, whole, (size_t)cut);
		assert_false(is_known());
	}
	write_file(cache.file, whole, (size_t)len);
	write_file(cache.file, text,
		   (size_t)snprintf(text, sizeof(text), "%sx GD25Q16(B)\nend\n", cache.key));
	assert_false(is_known());
	write_file(cache.file, text,
		   (size_t)snprintf(text, sizeof(text), "%s0 GD25Q16(B)\nend\n", cache.key));
	assert_false(is_known());
	write_file(cache.file, text,
		   (size_t)snprintf(text, sizeof(text), "%s2048 \n \nend\n", cache.key));
	assert_false(is_known());
	write_file(cache.file, text,
		   (size_t)snprintf(text, sizeof(text), "%s\n\nend\n", cache.key));
	assert_false(is_known());
	write_file(cache.file, text,
		   (size_t)snprintf(text, sizeof(text), "%s2048 A\033B\nend\n", cache.key));
	assert_false(is_known());
	write_file(cache.file, whole, (size_t)len);
	write_file(cache.file, text, (size_t)snprintf(text, sizeof(text), "%send\nx", cache.key));
	assert_false(is_known());
	store("GD25Q16(B)");
	assert_true(is_known());
}

static void a_file_that_is_far_too_long_does_not_count(void **state)
{
	char text[4096];
	int fd;

	(void)state;
	store("GD25Q16(B)");
	memset(text, '\n', sizeof(text));
	fd = open(cache.file, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	assert_false(is_known());
}

static void xdg_cache_home_comes_first(void **state)
{
	char path[128], entry[192];

	(void)state;
	snprintf(path, sizeof(path), "%s/cache", base);
	setenv("XDG_CACHE_HOME", path, 1);
	store("GD25Q16(B)");
	assert_true(is_known());
	snprintf(entry, sizeof(entry), "%s/flashrom-beken/C84015", path);
	assert_true(exists(entry));
	snprintf(entry, sizeof(entry), "%s/.cache", home);
	assert_false(exists(entry));
	/* The XDG specification says that a relative path is ignored. */
	setenv("XDG_CACHE_HOME", "cache", 1);
	store("GD25Q16(B)");
	assert_true(exists(entry));
}

static void without_a_home_nothing_is_kept(void **state)
{
	(void)state;
	unsetenv("HOME");
	store("GD25Q16(B)");
	assert_string_equal(cache.file, "");
	setenv("HOME", "/nonexistent/home", 1);
	store("GD25Q16(B)");
	assert_string_equal(cache.file, "");
	assert_false(exists("/nonexistent"));
}

static void a_place_that_can_not_be_written_is_no_error(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/.cache", home);
	write_file(path, "a file", 6);
	store("GD25Q16(B)");
	assert_false(is_known());
	assert_int_equal(unlink(path), 0);
	/* Root may write everywhere, but not into a directory that no longer exists. */
	flashrom_cache_find(&cache, program, id);
	assert_string_not_equal(cache.file, "");
	snprintf(path, sizeof(path), "%s/.cache/flashrom-beken", home);
	assert_int_equal(rmdir(path), 0);
	flashrom_cache_store(&cache, &(struct flashrom_names){0});
	assert_false(exists(path));
	setenv("XDG_CACHE_HOME", "/proc/self", 1);
	assert_false(is_known());
}

static void give_away(const char *path)
{
	/* Other users own what they create anyway. */
	if (getuid() == 0)
		assert_int_equal(chown(path, 12345, 12345), 0);
}

static void roots_files_are_not_left_in_a_users_home(void **state)
{
	char path[128];

	(void)state;
	pretend_root = true;
	give_away(home);
	store("GD25Q16(B)");
	assert_string_equal(cache.file, "");
	snprintf(path, sizeof(path), "%s/.cache", home);
	assert_false(exists(path));
	assert_int_equal(mkdir(path, 0700), 0);
	give_away(path);
	setenv("XDG_CACHE_HOME", path, 1);
	setenv("HOME", "/", 1);
	store("GD25Q16(B)");
	assert_string_equal(cache.file, "");
}

static void what_is_forgotten_is_gone(void **state)
{
	(void)state;
	store("GD25Q16(B)");
	flashrom_cache_forget(&cache);
	assert_false(is_known());
	flashrom_cache_forget(&cache);
}

static void nothing_but_the_entry_is_left_behind(void **state)
{
	char path[128];

	(void)state;
	store("GD25Q16(B)");
	store("GD25Q16(B)");
	flashrom_cache_forget(&cache);
	/* It is empty again. */
	snprintf(path, sizeof(path), "%s/.cache/flashrom-beken", home);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_HOME(what_is_stored_is_loaded),
		IN_HOME(that_an_id_is_unknown_is_kept_as_well),
		IN_HOME(as_many_names_as_there_may_be_fit),
		IN_HOME(another_id_is_another_entry),
		IN_HOME(a_flashrom_that_has_changed_is_another_one),
		IN_HOME(a_link_is_the_flashrom_behind_it),
		IN_HOME(nothing_is_kept_of_a_script),
		IN_HOME(a_damaged_entry_does_not_count),
		IN_HOME(a_file_that_is_far_too_long_does_not_count),
		IN_HOME(xdg_cache_home_comes_first),
		IN_HOME(without_a_home_nothing_is_kept),
		IN_HOME(a_place_that_can_not_be_written_is_no_error),
		IN_HOME(roots_files_are_not_left_in_a_users_home),
		IN_HOME(what_is_forgotten_is_gone),
		IN_HOME(nothing_but_the_entry_is_left_behind),
	};

	return cmocka_run_group_tests_name("flashrom_cache", tests, NULL, NULL);
}
