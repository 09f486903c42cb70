/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_cache.h"
#include "cli/flashrom_beken/flashrom_find.h"
#include "cli/flashrom_beken/flashrom_knows.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * This program is also the flashrom that is asked: a copy of it, started with -p, does what FAKE
 * says. It speaks just enough serprog, and appends a byte to FAKE_COUNT.
 */
static int fake_fd;

static bool fake_op(const void *op, size_t len, uint8_t *rx, size_t rx_len)
{
	uint8_t command[16] = {0x13, (uint8_t)len, 0, 0, (uint8_t)rx_len, 0, 0}, ack;

	memcpy(command + 7, op, len);
	if (write(fake_fd, command, 7 + len) != (ssize_t)(7 + len))
		return false;
	if (read(fake_fd, &ack, 1) != 1 || ack != 0x06)
		return false;
	for (size_t got = 0; got < rx_len;) {
		ssize_t more = read(fake_fd, rx + got, rx_len - got);

		if (more <= 0)
			return false;
		got += (size_t)more;
	}
	return true;
}

static void found(const uint8_t id[3], unsigned kib)
{
	printf("Found Fake flash chip \"ID %02X%02X%02X\" (%u kB, SPI) on serprog.\n", id[0], id[1],
	       id[2], kib);
	fflush(stdout);
}

static int fake_flashrom(int argc, char **argv)
{
	const char *fake = getenv("FAKE");
	uint8_t id[4], status[2], sfdp[9], byte;
	int count = open(getenv("FAKE_COUNT"), O_CREAT | O_WRONLY | O_APPEND, 0600);

	if (count < 0 || write(count, "x", 1) != 1)
		return 2;
	/* An operation on the flash, or the caller's standard input, would be a mistake. */
	if (argc != 3 || strncmp(argv[2], "serprog:dev=", 12) || read(STDIN_FILENO, &byte, 1) != 0)
		return 2;
	if (strcmp(fake, "mute") == 0)
		return 0;
	if (strcmp(fake, "sleeping") == 0 || strcmp(fake, "stubborn") == 0) {
		if (strcmp(fake, "stubborn") == 0)
			signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	fake_fd = open(argv[2] + 12, O_RDWR | O_NOCTTY);
	if (fake_fd < 0)
		return 2;
	if (strcmp(fake, "garbage") == 0) {
		found((uint8_t[]){1, 2, 3}, 2048);
		return write(fake_fd, "\xfe\xfe\xfe", 3) != 3;
	}
	if (!fake_op("\x9f", 1, id, 4) || !fake_op("\x05", 1, status, 2) ||
	    !fake_op("\x5a\0\0", 4, sfdp, 9))
		return 2;
	if (id[3] != 0 || status[0] || status[1] || sfdp[1] != 0xff || sfdp[8] != 0xff)
		return 2;
	if (strcmp(fake, "good") == 0) {
		found(id, 2048);
	} else if (strcmp(fake, "several") == 0) {
		found(id, 2048);
		found(id, 0);
		fflush(stdout);
		fprintf(stderr, "Found Fake flash chip \"TWO\" (4096 kB, SPI) on serprog.\n");
		return 1;
	} else if (strcmp(fake, "unknown") == 0) {
		found(id, 0);
	} else if (strcmp(fake, "crashing") == 0) {
		found(id, 2048);
		kill(getpid(), SIGKILL);
	} else if (strcmp(fake, "endless") == 0) {
		for (;;)
			found(id, 2048);
	} else if (strcmp(fake, "long") == 0) {
		/* More than fits into a pipe, before and after the pty is closed. */
		for (int i = 0; i < 20000; i++)
			printf("requested mapping is incompatible\n");
		found(id, 2048);
		fake_op("\x9f", 1, id, 3);
	}
	return 0;
}

static char base[] = "/tmp/flashrom-knows-XXXXXX";
static char program[64], count_file[64];
static const uint8_t id[3] = {0xc8, 0x40, 0x15};
static struct flashrom_names names;
static unsigned looks, cancel_at; /* cancel_at 0: the user does not stop it */

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static bool copy_this_program(const char *to)
{
	char piece[65536];
	ssize_t got = -1;
	int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_CREAT | O_WRONLY, 0700);

	while (in >= 0 && out >= 0 && (got = read(in, piece, sizeof(piece))) > 0)
		if (write(out, piece, (size_t)got) != got)
			return false;
	close(in);
	close(out);
	return got == 0;
}

static int set_up(void **state)
{
	(void)state;
	strcpy(base + strlen(base) - 6, "XXXXXX");
	if (!mkdtemp(base))
		return -1;
	snprintf(program, sizeof(program), "%s/flashrom", base);
	snprintf(count_file, sizeof(count_file), "%s/count", base);
	setenv("XDG_CACHE_HOME", base, 1);
	/* In somebody else's home, as where packages are built, nothing would be cached. */
	setenv("HOME", base, 1);
	setenv("FAKE_COUNT", count_file, 1);
	looks = cancel_at = 0;
	return copy_this_program(program) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	/* In no case is a child left. */
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return -1;
	return nftw(base, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static bool cancelled(void *data)
{
	(void)data;
	looks++;
	return cancel_at && looks >= cancel_at;
}

static bool knows(const char *fake)
{
	setenv("FAKE", fake, 1);
	return flashrom_knows(program, id, cancelled, NULL, &names);
}

static unsigned runs(void)
{
	struct stat info;

	return stat(count_file, &info) ? 0 : (unsigned)info.st_size;
}

static void it_is_asked_with_the_id_and_without_sfdp(void **state)
{
	(void)state;
	assert_true(knows("good"));
	assert_int_equal(names.count, 1);
	assert_string_equal(names.names[0].name, "ID C84015");
	assert_int_equal(names.names[0].kib, 2048);
}

static void several_entries_are_all_told_and_those_without_size_are_not(void **state)
{
	(void)state;
	assert_true(knows("several"));
	assert_int_equal(names.count, 2);
	assert_string_equal(names.names[1].name, "TWO");
}

static void an_unknown_id_is_an_answer_too(void **state)
{
	(void)state;
	assert_true(knows("unknown"));
	assert_int_equal(names.count, 0);
	assert_true(knows("unknown"));
	assert_int_equal(runs(), 1);
}

static void it_is_asked_only_once(void **state)
{
	(void)state;
	assert_true(knows("good"));
	assert_true(knows("mute"));
	assert_string_equal(names.names[0].name, "ID C84015");
	assert_int_equal(runs(), 1);
}

static void a_flashrom_that_has_changed_is_asked_again(void **state)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000, .tv_nsec = 1}};

	(void)state;
	assert_true(knows("good"));
	assert_int_equal(utimensat(AT_FDCWD, program, times, 0), 0);
	assert_true(knows("several"));
	assert_int_equal(names.count, 2);
	assert_int_equal(runs(), 2);
}

static void it_is_asked_again_after_its_answer_was_wrong(void **state)
{
	(void)state;
	assert_true(knows("good"));
	flashrom_knows_forget(program, id);
	assert_true(knows("good"));
	assert_int_equal(runs(), 2);
}

static void without_a_cache_it_is_asked_every_time(void **state)
{
	(void)state;
	setenv("XDG_CACHE_HOME", "/proc/self", 1);
	assert_true(knows("good"));
	assert_true(knows("good"));
	assert_int_equal(runs(), 2);
}

static void what_is_no_flashrom_knows_nothing_and_is_asked_again(void **state)
{
	static const char *const fakes[] = {"mute", "garbage", "crashing", "silent"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(fakes); i++) {
		if (knows(fakes[i]))
			fail_msg("believed: %s", fakes[i]);
		assert_int_equal(runs(), i + 1);
	}
	assert_true(knows("good"));
	assert_false(flashrom_knows("/nonexistent/flashrom", id, cancelled, NULL, &names));
	assert_false(flashrom_knows("/bin/true", id, cancelled, NULL, &names));
}

static void more_output_than_a_pipe_holds_does_not_stop_it(void **state)
{
	(void)state;
	assert_true(knows("long"));
	assert_int_equal(names.count, 1);
}

static void endless_output_is_ended(void **state)
{
	(void)state;
	assert_false(knows("endless"));
}

/*
 * "Soon" is counted in polls, not in seconds: after the user has stopped it, only few follow. The
 * fakes never end by themselves; only a kill ends them.
 */
static void it_ends_soon_when_the_user_stops_it(void **state)
{
	static const char *const fakes[] = {"sleeping", "stubborn", "endless"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fakes); i++) {
		looks = 0;
		cancel_at = 3;
		assert_false(knows(fakes[i]));
		assert_in_range(looks, cancel_at, cancel_at + 2);
	}
	cancel_at = 0;
}

int main(int argc, char **argv)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(it_is_asked_with_the_id_and_without_sfdp),
		IN_FOLDER(several_entries_are_all_told_and_those_without_size_are_not),
		IN_FOLDER(an_unknown_id_is_an_answer_too),
		IN_FOLDER(it_is_asked_only_once),
		IN_FOLDER(a_flashrom_that_has_changed_is_asked_again),
		IN_FOLDER(it_is_asked_again_after_its_answer_was_wrong),
		IN_FOLDER(without_a_cache_it_is_asked_every_time),
		IN_FOLDER(what_is_no_flashrom_knows_nothing_and_is_asked_again),
		IN_FOLDER(more_output_than_a_pipe_holds_does_not_stop_it),
		IN_FOLDER(endless_output_is_ended),
		IN_FOLDER(it_ends_soon_when_the_user_stops_it),
	};

	if (argc > 1 && strcmp(argv[1], "-p") == 0)
		return fake_flashrom(argc, argv);
	return cmocka_run_group_tests_name("flashrom_knows", tests, NULL, NULL);
}
