/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process in which libflashrom works, and what happens to a job when that fails. The process is
 * a real one; libflashrom is replaced, and records in shared memory what it was asked to do.
 */
#include "engine/flash_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/engine/fake_libflashrom.h"
#include "tests/unit.h"

#define SIZE FAKE_SIZE

pid_t __real_fork(void);
int __real_socketpair(int domain, int type, int protocol, int fds[2]);
pid_t __wrap_fork(void);
int __wrap_socketpair(int domain, int type, int protocol, int fds[2]);
void __wrap__exit(int status);

static int fork_error, socket_error;

/* --- the kernel --- */

pid_t __wrap_fork(void)
{
	pid_t pid;

	errno = fork_error;
	pid = fork_error ? -1 : __real_fork();
	/* cmocka would catch it and run the next test in the child. */
	if (pid == 0)
		signal(SIGSEGV, SIG_DFL);
	return pid;
}

int __wrap_socketpair(int domain, int type, int protocol, int fds[2])
{
	errno = socket_error;
	return socket_error ? -1 : __real_socketpair(domain, type, protocol, fds);
}

/* Coverage and leaks in the child are reported, too. */
void __wrap__exit(int status)
{
	exit(status);
}

/* --- */

static struct worker worker;

static int setup(void **state)
{
	(void)state;
	fork_error = socket_error = 0;
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(fake != MAP_FAILED);
	fake->size = SIZE;
	fake->matches = 1;
	fake->probe_says[0] = "Found Winbond flash chip \"W25Q16.V\" (2048 kB, SPI) on serprog.\n";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	worker_stop(&worker);
	munmap(fake, sizeof(*fake));
	return 0;
}

static void start(void)
{
	assert_true(worker_start(&worker));
	worker.shared->size = SIZE;
	worker.shared->range_count = 1;
	worker.shared->ranges[0] = (struct range){0, SIZE};
}

static void wait_for_it(void)
{
	struct pollfd word = {.fd = worker.socket, .events = POLLIN};

	assert_int_equal(poll(&word, 1, 60000), 1);
	assert_true(worker_is_done(&worker));
}

static enum worker_result done(enum worker_job job)
{
	worker.shared->job = job;
	assert_true(worker_begin(&worker));
	wait_for_it();
	assert_true(worker_end(&worker));
	assert_int_equal(fake->layouts, 0);
	assert_int_equal(fake->wp_configs, 0);
	assert_false(fake->layout_set);
	return worker.shared->result;
}

static void a_read_gives_what_is_there_in_the_ranges_that_were_asked_for(void **state)
{
	char device[80];

	(void)state;
	start();
	assert_false(worker_is_done(&worker));
	worker.shared->range_count = 2;
	worker.shared->ranges[0] = (struct range){0x1000, 0x2000};
	worker.shared->ranges[1] = (struct range){0x8000, 1};
	assert_int_equal(done(WORKER_READ), WORKER_DONE);
	assert_int_equal(worker.shared->die[SIZE - 1], 0x5a);
	assert_int_equal(fake->region_count, 2);
	assert_int_equal(fake->regions[0].start, 0x1000);
	assert_int_equal(fake->regions[0].end, 0x2fff);
	assert_true(fake->regions[0].included);
	assert_int_equal(fake->regions[1].start, 0x8000);
	assert_int_equal(fake->regions[1].end, 0x8000);
	assert_true(fake->regions[1].included);
	snprintf(device, sizeof(device), "dev=%s", worker.pty.name);
	assert_string_equal(fake->device, device);
	assert_string_equal(worker.shared->text, "");
}

static void a_write_is_verified_where_it_wrote_and_may_know_what_is_there(void **state)
{
	(void)state;
	start();
	worker.shared->die[SIZE - 1] = 0x11;
	worker.shared->present[SIZE - 1] = 0x22;
	assert_int_equal(done(WORKER_WRITE), WORKER_DONE);
	assert_false(fake->with_present);
	assert_true(fake->verifies);
	assert_false(fake->verifies_all);
	worker.shared->has_present = true;
	assert_int_equal(done(WORKER_WRITE), WORKER_DONE);
	assert_true(fake->with_present);
	assert_int_equal(done(WORKER_ERASE), WORKER_DONE);
	assert_int_equal(fake->writes, 2);
	assert_int_equal(fake->erases, 1);
}

static void it_connects_and_looks_for_the_part_once(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(done(WORKER_READ), WORKER_DONE);
	assert_int_equal(fake->inits, 1);
	assert_int_equal(fake->programmers, 1);
	assert_int_equal(fake->probes, 1);
	assert_int_equal(fake->contexts, 1);
	worker_stop(&worker);
	assert_int_equal(worker.socket, -1);
	assert_int_equal(worker.child.pid, 0);
	assert_int_equal(child_exit_status(&worker.child), 0);
	assert_int_equal(fake->contexts, 0);
}

static void what_fails_is_told_with_the_first_error_and_then_forgotten(void **state)
{
	static const enum worker_job jobs[] = {WORKER_READ, WORKER_WRITE, WORKER_ERASE};

	(void)state;
	fake->job_says[0] = "\n";
	fake->job_says[1] = "Erase/write failed";
	fake->job_says[2] = " at 0x1000!\nPlease report";
	fake->job_says[3] = " this.\n";
	fake->no_job = true;
	start();
	for (size_t i = 0; i < COUNT_OF(jobs); i++) {
		worker.shared->die[SIZE - 1] = 0x11;
		assert_int_equal(done(jobs[i]), WORKER_FAILED);
		assert_string_equal(worker.shared->text, "Erase/write failed at 0x1000!");
	}
	assert_int_equal(done((enum worker_job)99), WORKER_FAILED);
	assert_string_equal(worker.shared->text, "");
}

static void of_several_entries_the_first_of_its_size_is_taken(void **state)
{
	(void)state;
	fake->probe_says[1] = "Found Old flash chip \"HALF\" (1024 kB, SPI) on serprog.\n";
	fake->probe_says[0] = "Found Old flash chip \"EIGHTH\" (256 kB, SPI) on serprog.\n";
	fake->probe_says[2] = "Found GigaDevice flash chip \"GD25Q16(B)\" (2048 kB, SPI) on";
	fake->probe_says[3] =
		" serprog.\nFound GigaDevice flash chip \"GD25Q16C\" (2048 kB, SPI) on "
		"serprog.\n";
	fake->matches = 4;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_DONE);
	assert_int_equal(fake->probes, 2);
	assert_string_equal(fake->named, "GD25Q16(B)");
	assert_int_equal(fake->contexts, 1);
}

static void a_part_of_another_size_is_not_the_part(void **state)
{
	(void)state;
	fake->probe_says[0] = "Found Winbond flash chip \"W25Q32.V\" (4096 kB, SPI) on serprog.\n";
	fake->size = 2 * SIZE;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_NO_FLASHROM);
	assert_int_equal(fake->reads, 0);
	assert_int_equal(fake->contexts, 0);
	/* Nor is a part whose size is not what the message says. */
	fake->probe_says[0] = "Found Winbond flash chip \"W25Q16.V\" (2048 kB, SPI) on serprog.\n";
	assert_int_equal(done(WORKER_READ), WORKER_NO_FLASHROM);
	assert_int_equal(fake->contexts, 0);
	assert_int_equal(fake->programmers, 1);
	/* A part that was not found is looked for again. */
	fake->size = SIZE;
	assert_int_equal(done(WORKER_READ), WORKER_DONE);
}

static void no_part_no_programmer_and_no_libflashrom_are_all_no_flashrom(void **state)
{
	(void)state;
	fake->matches = 0;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_NO_FLASHROM);
	worker_stop(&worker);
	fake->matches = 1;
	fake->no_programmer = true;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_NO_FLASHROM);
	worker_stop(&worker);
	fake->no_start = true;
	fake->programmers = 0;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_NO_FLASHROM);
	assert_int_equal(fake->programmers, 0);
	assert_int_equal(fake->reads, 0);
}

static void without_a_layout_nothing_is_done(void **state)
{
	(void)state;
	fake->no_layout = true;
	start();
	assert_int_equal(done(WORKER_ERASE), WORKER_FAILED);
	fake->no_layout = false;
	fake->no_region = true;
	assert_int_equal(done(WORKER_ERASE), WORKER_FAILED);
	assert_int_equal(fake->erases, 0);
}

static enum worker_result asked(void)
{
	start();
	worker.shared->size = 0;
	memset(&worker.shared->known, 0, sizeof(worker.shared->known));
	return done(WORKER_ASK);
}

static void it_tells_the_name_that_libflashrom_has_for_an_id(void **state)
{
	(void)state;
	assert_int_equal(asked(), WORKER_DONE);
	assert_string_equal(worker.shared->known.maker, "Winbond");
	assert_string_equal(worker.shared->known.name, "W25Q16.V");
	assert_int_equal(worker.shared->known.size, SIZE);
}

static void entries_of_different_sizes_leave_open_which_it_is(void **state)
{
	(void)state;
	fake->probe_says[1] = "Found Winbond flash chip \"W25Q16.W\" (2048 kB, SPI) on serprog.\n";
	fake->matches = 2;
	assert_int_equal(asked(), WORKER_DONE);
	assert_string_equal(worker.shared->known.name, "W25Q16.V");
	worker_stop(&worker);
	fake->probe_says[2] = "Found Winbond flash chip \"W25Q32.W\" (4096 kB, SPI) on serprog.\n";
	fake->matches = 3;
	assert_int_equal(asked(), WORKER_NO_FLASHROM);
}

static void lines_that_name_no_entry_are_none(void **state)
{
	static const char *const odd[] = {
		"Found nothing\n",
		"Found  flash chip\n",
		" flash chip \"X\" (2048 kB, SPI) Found \n",
		"Lost Winbond flash chip \"W25Q16.V\" (2048 kB, SPI) on serprog.\n",
		"Found Winbond flash chip \"W25Q16.V (2048 kB, SPI) on serprog.\n",
		"Found Winbond flash chip \"W25Q16.V\" (many kB, SPI) on serprog.\n",
		"Found Winbond flash chip \"W25Q16.V\" (2048)\n",
		"Found Winbond flash chip \"W25Q16.V\" (4194304 kB, SPI) on serprog.\n",
		"Found Winbond flash chip \"0123456789012345678901234567890123456789012345678901234"
		"567890123\" (2048 kB, SPI) on serprog.\n",
		"Found 0123456789012345678901234567890123456789012345678901234567890123 flash chip "
		"\"W25Q16.V\" (2048 kB, SPI) on serprog.\n",
		"Found Winbond flash chip \"W25Q16.V\" (0 kB, SPI) on serprog.\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		fake->probe_says[0] = odd[i];
		if (asked() != WORKER_NO_FLASHROM || worker.shared->known.size)
			fail_msg("an entry: %s", odd[i]);
		worker_stop(&worker);
	}
}

static void a_name_of_63_characters_is_kept_whole(void **state)
{
	(void)state;
	fake->probe_says[0] =
		"Found Winbond flash chip \"0123456789012345678901234567890123456789012345678901234"
		"56789012\" (2048 kB, SPI) on serprog.\n";
	assert_int_equal(asked(), WORKER_DONE);
	assert_int_equal(strlen(worker.shared->known.name), 63);
}

static void a_flood_of_words_does_no_harm(void **state)
{
	static char flood[1024];

	(void)state;
	memset(flood, 'x', sizeof(flood) - 1);
	fake->probe_says[0] = flood;
	fake->probe_says[1] = flood;
	fake->probe_says[2] = "Found Lost flash chip \"X\" (4096 kB, SPI) on serprog.\n";
	for (size_t i = 3; i < 12; i++)
		fake->probe_says[i] =
			"Found Winbond flash chip \"W25Q16.V\" (2048 kB, SPI) on serprog.\n";
	fake->matches = 9;
	fake->job_says[0] =
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789\n";
	start();
	assert_int_equal(done(WORKER_READ), WORKER_DONE);
	assert_string_equal(fake->named, "W25Q16.V");
	assert_int_equal(strlen(worker.shared->text), WORKER_TEXT - 1);
}

static void the_protected_range_is_told_if_the_entry_describes_one_on_the_die(void **state)
{
	static const struct {
		size_t start, length;
		bool known;
	} rows[] = {
		{0, SIZE, true},      {SIZE - 4096, 4096, true},
		{SIZE, 0, true},      {SIZE - 4096, 4097, false},
		{SIZE + 1, 0, false},
	};

	(void)state;
	start();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake->wp_start = rows[i].start;
		fake->wp_length = rows[i].length;
		worker.shared->knows_protection = !rows[i].known;
		assert_int_equal(done(WORKER_PROTECTION), WORKER_DONE);
		assert_int_equal(worker.shared->knows_protection, rows[i].known);
		assert_int_equal(worker.shared->protected_range.start, rows[i].start);
		assert_int_equal(worker.shared->protected_range.length, rows[i].length);
	}
	fake->no_wp = true;
	fake->wp_length = fake->wp_start = 0;
	worker.shared->knows_protection = true;
	assert_int_equal(done(WORKER_PROTECTION), WORKER_DONE);
	assert_false(worker.shared->knows_protection);
	fake->no_wp_config = true;
	assert_int_equal(done(WORKER_PROTECTION), WORKER_FAILED);
}

static void one_that_dies_in_a_job_did_not_do_it(void **state)
{
	(void)state;
	fake->dies = true;
	start();
	worker.shared->job = WORKER_READ;
	assert_true(worker_begin(&worker));
	wait_for_it();
	assert_false(worker_end(&worker));
	assert_false(worker_begin(&worker));
	worker_stop(&worker);
	assert_int_equal(child_exit_status(&worker.child), 128 + SIGKILL);
}

static void while_it_works_there_is_no_word_of_it(void **state)
{
	(void)state;
	fake->hangs = true;
	start();
	worker.shared->job = WORKER_READ;
	assert_true(worker_begin(&worker));
	assert_false(worker_is_done(&worker));
	assert_false(worker_end(&worker));
	kill(worker.child.pid, SIGKILL);
	wait_for_it();
}

/* The parent handles signals from the terminal. */
static void signals_of_a_terminal_do_not_end_it(void **state)
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM};

	(void)state;
	start();
	assert_int_equal(done(WORKER_READ), WORKER_DONE);
	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		kill(worker.child.pid, signals[i]);
		assert_int_equal(done(WORKER_READ), WORKER_DONE);
	}
}

static void it_has_the_pty_alone_and_hangs_up_when_it_ends(void **state)
{
	struct pollfd master;

	(void)state;
	start();
	assert_int_equal(worker.pty.slave, -1);
	master = (struct pollfd){.fd = worker.pty.master, .events = POLLIN};
	assert_int_equal(poll(&master, 1, 0), 0);
	kill(worker.child.pid, SIGKILL);
	assert_int_equal(poll(&master, 1, 60000), 1);
	assert_true(master.revents & POLLHUP);
}

static void what_cannot_be_started_leaves_nothing_open_and_says_why(void **state)
{
	int free_fd = dup(0);

	(void)state;
	close(free_fd);
	socket_error = EMFILE;
	assert_false(worker_start(&worker));
	assert_int_equal(errno, EMFILE);
	assert_int_equal(worker.child.pid, 0);
	socket_error = 0;
	fork_error = EAGAIN;
	assert_false(worker_start(&worker));
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(worker.child.pid, 0);
	assert_int_equal(dup(0), free_fd);
	close(free_fd);
	/* No process was started, so none is stopped. */
	assert_int_equal(worker.socket, -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_read_gives_what_is_there_in_the_ranges_that_were_asked_for),
		CASE(a_write_is_verified_where_it_wrote_and_may_know_what_is_there),
		CASE(it_connects_and_looks_for_the_part_once),
		CASE(what_fails_is_told_with_the_first_error_and_then_forgotten),
		CASE(of_several_entries_the_first_of_its_size_is_taken),
		CASE(a_part_of_another_size_is_not_the_part),
		CASE(no_part_no_programmer_and_no_libflashrom_are_all_no_flashrom),
		CASE(without_a_layout_nothing_is_done),
		CASE(it_tells_the_name_that_libflashrom_has_for_an_id),
		CASE(entries_of_different_sizes_leave_open_which_it_is),
		CASE(lines_that_name_no_entry_are_none),
		CASE(a_name_of_63_characters_is_kept_whole),
		CASE(a_flood_of_words_does_no_harm),
		CASE(the_protected_range_is_told_if_the_entry_describes_one_on_the_die),
		CASE(one_that_dies_in_a_job_did_not_do_it),
		CASE(while_it_works_there_is_no_word_of_it),
		CASE(signals_of_a_terminal_do_not_end_it),
		CASE(it_has_the_pty_alone_and_hangs_up_when_it_ends),
		CASE(what_cannot_be_started_leaves_nothing_open_and_says_why),
	};

	return cmocka_run_group_tests_name("flash_worker", tests, NULL, NULL);
}
