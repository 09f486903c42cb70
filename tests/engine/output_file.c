/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/output_file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit.h"

ssize_t __real_write(int fd, const void *data, size_t length);
int __real_fsync(int fd);
long __real_syscall(long number, ...);
int __real_link(const char *from, const char *to);
/* On 32-bit machines the function of the plain name takes another off_t. */
#if defined(__GLIBC__) && __SIZEOF_LONG__ < 8
#define REAL_FALLOCATE __real_posix_fallocate64
#else
#define REAL_FALLOCATE __real_posix_fallocate
#endif
int REAL_FALLOCATE(int fd, off_t start, off_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length);
int __wrap_fsync(int fd);
long __wrap_syscall(long number, ...);
int __wrap_link(const char *from, const char *to);
int __wrap_posix_fallocate(int fd, off_t start, off_t length);
int __wrap_posix_fallocate64(int fd, off_t start, off_t length);

/* Errors of the file system; 0: none. */
static struct {
	int write, sync, rename, link, reserve;
	size_t room;	      /* bytes that write() takes before it fails */
	unsigned interrupts;  /* interrupted write() calls, which take a byte at a time */
	unsigned directories; /* directories that were synced */
} faults;

static int refuse(int error)
{
	errno = error;
	return -1;
}

ssize_t __wrap_write(int fd, const void *data, size_t length)
{
	if (faults.interrupts) {
		if (faults.interrupts-- % 2)
			return refuse(EINTR);
		length = 1;
	}
	if (!faults.write)
		return __real_write(fd, data, length);
	if (length > faults.room)
		length = faults.room;
	faults.room -= length;
	return length ? __real_write(fd, data, length) : refuse(faults.write);
}

int __wrap_fsync(int fd)
{
	struct stat status;

	faults.directories += fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
	return faults.sync ? refuse(faults.sync) : __real_fsync(fd);
}

/* renameat2(), which has five arguments. */
long __wrap_syscall(long number, ...)
{
	long arguments[5];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < COUNT_OF(arguments); i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	return faults.rename ? refuse(faults.rename)
			     : __real_syscall(number, arguments[0], arguments[1], arguments[2],
					      arguments[3], arguments[4]);
}

int __wrap_link(const char *from, const char *to)
{
	return faults.link ? refuse(faults.link) : __real_link(from, to);
}

int __wrap_posix_fallocate(int fd, off_t start, off_t length)
{
	return faults.reserve ? faults.reserve : REAL_FALLOCATE(fd, start, length);
}

int __wrap_posix_fallocate64(int fd, off_t start, off_t length)
{
	return __wrap_posix_fallocate(fd, start, length);
}

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
	memset(&faults, 0, sizeof(faults));
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
	assert_int_equal(place->notes.trouble.kind, TROUBLE_FILE_EXISTS);
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
	assert_int_equal(place->notes.trouble.kind, TROUBLE_FILE);
}

/* A file size limit stands for a full disk, which only root could set up. */
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
	assert_int_equal(place->notes.trouble.kind, TROUBLE_DISK_FULL);
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

/* They hold Wi-Fi passwords. */
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

static bool write_some(struct place *place, enum output_mode mode)
{
	return output_whole("new", "some", 4, mode, &place->notes.observer);
}

static void a_disk_that_is_full_in_the_middle_leaves_nothing(void **state)
{
	struct place *place = *state;

	faults.write = ENOSPC;
	faults.room = 3;
	assert_false(write_some(place, OUTPUT_NEW));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_DISK_FULL);
	assert_int_equal(place->notes.errors, 1);
	assert_non_null(strstr(place->notes.text, "another disk"));
	assert_int_equal(count_files(false), 0);
}

static void what_is_written_in_pieces_is_whole(void **state)
{
	struct place *place = *state;

	faults.interrupts = 6;
	assert_true(write_some(place, OUTPUT_NEW));
	assert_holds("new", "some");
}

/* Also where file descriptors begin at 0, as in a service without standard input. */
static void the_name_of_a_file_reaches_the_disk_with_it(void **state)
{
	struct place *place = *state;
	int saved = dup(STDIN_FILENO);

	assert_true(saved > 0);
	assert_true(write_some(place, OUTPUT_REPLACES));
	assert_int_equal(faults.directories, 1);
	close(STDIN_FILENO);
	assert_true(write_some(place, OUTPUT_REPLACES));
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	assert_int_equal(faults.directories, 2);
	assert_holds("new", "some");
}

static void what_does_not_reach_the_disk_is_no_file(void **state)
{
	struct place *place = *state;

	faults.sync = EIO;
	assert_false(write_some(place, OUTPUT_REPLACES));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_FILE);
	assert_int_equal(place->notes.errors, 1);
	assert_int_equal(count_files(false), 0);
}

static void what_cannot_be_reserved_may_still_be_written_unless_there_is_no_room(void **state)
{
	static const struct {
		int error;
		bool good;
	} rows[] = {{EINVAL, true},  {EOPNOTSUPP, true}, {EINTR, true},
		    {ENOSPC, false}, {EDQUOT, false},	 {EIO, false}};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		notes_begin(&place->notes);
		faults.reserve = rows[i].error;
		assert_int_equal(write_some(place, OUTPUT_REPLACES), rows[i].good);
		assert_int_equal(place->notes.errors, !rows[i].good);
		if (!rows[i].good)
			assert_int_equal(place->notes.trouble.kind,
					 rows[i].error == EIO ? TROUBLE_FILE : TROUBLE_DISK_FULL);
		assert_int_equal(count_files(true), rows[i].good);
	}
}

/* NFS has no rename that refuses to replace a file, and FAT has no links. */
static void where_no_rename_spares_what_is_there_a_link_does(void **state)
{
	static const int unknown[] = {EINVAL, ENOSYS};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(unknown); i++) {
		faults.rename = unknown[i];
		assert_true(write_some(place, OUTPUT_NEW));
		assert_int_equal(count_files(false), 1);
		assert_false(write_some(place, OUTPUT_NEW));
		assert_int_equal(count_files(true), 1);
	}
	assert_int_equal(place->notes.trouble.kind, TROUBLE_FILE_EXISTS);
	faults.link = EPERM;
	assert_false(write_some(place, OUTPUT_NEW));
	assert_int_equal(count_files(false), 0);
	faults.rename = EACCES;
	faults.link = 0;
	assert_false(write_some(place, OUTPUT_NEW));
	assert_int_equal(count_files(false), 0);
	/* Replacing needs neither. */
	assert_true(write_some(place, OUTPUT_REPLACES));
}

static void a_path_that_is_too_long_is_no_other_path(void **state)
{
	static char path[PATH_MAX + 8];
	struct place *place = *state;

	memset(path, 'x', PATH_MAX - 10);
	path[PATH_MAX - 10] = '/';
	path[PATH_MAX - 9] = 'y';
	assert_false(output_whole(path, "some", 4, OUTPUT_NEW, &place->notes.observer));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_FILE);
	assert_int_equal(count_files(false), 0);
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
		CASE(a_disk_that_is_full_in_the_middle_leaves_nothing),
		CASE(what_is_written_in_pieces_is_whole),
		CASE(the_name_of_a_file_reaches_the_disk_with_it),
		CASE(what_does_not_reach_the_disk_is_no_file),
		CASE(what_cannot_be_reserved_may_still_be_written_unless_there_is_no_room),
		CASE(where_no_rename_spares_what_is_there_a_link_does),
		CASE(a_path_that_is_too_long_is_no_other_path),
		CASE(names_may_hold_anything),
		CASE(a_file_is_for_its_owner_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
