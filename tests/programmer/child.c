/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shells as children. The time that one waits for them is recorded, and not really waited for. */
#include "tests/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "programmer/child.h"

#define FULL_PATIENCE 60000

pid_t __real_fork(void);
int __real_poll(struct pollfd *fds, nfds_t count, int ms);
int __real_tcsetattr(int fd, int action, const struct termios *settings);
int __real_kill(pid_t pid, int number);
pid_t __wrap_fork(void);
int __wrap_poll(struct pollfd *fds, nfds_t count, int ms);
int __wrap_tcsetattr(int fd, int action, const struct termios *settings);
int __wrap_kill(pid_t pid, int number);
int __real_execv(const char *path, char *const argv[]);
int __wrap_execv(const char *path, char *const argv[]);
void __wrap__exit(int status);
extern void __gcov_dump(void) __attribute__((weak));

static struct {
	int fork_error, settings_error;
	bool stubborn; /* a child does not end while it is waited for, nor when it is asked to */
	int waits[8];
	size_t wait_count;
	int signals[8];
	size_t signal_count;
} faked;

pid_t __wrap_fork(void)
{
	errno = faked.fork_error;
	return faked.fork_error ? -1 : __real_fork();
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int ms)
{
	assert_true(faked.wait_count < COUNT_OF(faked.waits));
	faked.waits[faked.wait_count++] = ms;
	return faked.stubborn ? 0 : __real_poll(fds, count, ms);
}

int __wrap_tcsetattr(int fd, int action, const struct termios *settings)
{
	errno = faked.settings_error;
	return faked.settings_error ? -1 : __real_tcsetattr(fd, action, settings);
}

int __wrap_kill(pid_t pid, int number)
{
	assert_true(pid > 0);
	assert_true(faked.signal_count < COUNT_OF(faked.signals));
	faked.signals[faked.signal_count++] = number;
	return faked.stubborn && number == SIGTERM ? 0 : __real_kill(pid, number);
}

/* Coverage of the child is reported, too. */
int __wrap_execv(const char *path, char *const argv[])
{
	if (__gcov_dump)
		__gcov_dump();
	return __real_execv(path, argv);
}

void __wrap__exit(int status)
{
	exit(status);
}

static int setup(void **state)
{
	(void)state;
	memset(&faked, 0, sizeof(faked));
	return 0;
}

static struct child start(struct child_pty *pty, const char *script, int output)
{
	char *const argv[] = {"/bin/sh", "-c", (char *)(uintptr_t)script, NULL};
	struct child child;

	assert_true(child_start(&child, pty, argv, output));
	assert_true(child.pid > 0);
	return child;
}

static int ends_with(const char *script)
{
	struct child_pty none = {-1, -1, ""};
	struct child child = start(&none, script, -1);

	child_wait(&child, FULL_PATIENCE);
	assert_int_equal(child.pid, 0);
	return child_exit_status(&child);
}

static void a_pty_passes_every_byte_as_it_is(void **state)
{
	static const uint8_t odd[] = {0x00, '\n', '\r', 0x03, 0x04, 0x11, 0x13, 0x7f, 0xff};
	struct child_pty pty;
	struct pollfd echo;
	uint8_t bytes[32];

	(void)state;
	assert_true(child_open_pty(&pty));
	assert_int_equal(write(pty.master, odd, sizeof(odd)), sizeof(odd));
	assert_int_equal(read(pty.slave, bytes, sizeof(bytes)), sizeof(odd));
	assert_memory_equal(bytes, odd, sizeof(odd));
	echo = (struct pollfd){.fd = pty.master, .events = POLLIN};
	assert_int_equal(__real_poll(&echo, 1, 0), 0);
	assert_int_equal(write(pty.slave, odd, sizeof(odd)), sizeof(odd));
	assert_int_equal(read(pty.master, bytes, sizeof(bytes)), sizeof(odd));
	assert_memory_equal(bytes, odd, sizeof(odd));
	child_close_pty(&pty);
	assert_int_equal(pty.master, -1);
	assert_int_equal(pty.slave, -1);
	child_close_pty(&pty);
}

static void a_pty_that_cannot_be_set_up_leaves_nothing_open_and_says_why(void **state)
{
	int free_fd = dup(0);
	struct child_pty pty;

	(void)state;
	close(free_fd);
	faked.settings_error = EIO;
	assert_false(child_open_pty(&pty));
	assert_int_equal(errno, EIO);
	assert_int_equal(pty.master, -1);
	assert_int_equal(pty.slave, -1);
	assert_int_equal(dup(0), free_fd);
	close(free_fd);
}

static void the_master_hangs_up_when_the_child_has_ended_and_not_earlier(void **state)
{
	struct child_pty pty;
	struct pollfd master;
	struct child child;
	int slave, ends[2];
	char text[8];

	(void)state;
	assert_true(child_open_pty(&pty));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	slave = pty.slave;
	child = start(&pty, "echo ready; exec sleep 600", ends[1]);
	assert_int_equal(pty.slave, -1);
	assert_int_equal(fcntl(slave, F_GETFD), -1);
	assert_int_equal(fcntl(pty.master, F_GETFD), FD_CLOEXEC);
	assert_int_equal(read(ends[0], text, sizeof(text)), 6);
	master = (struct pollfd){.fd = pty.master, .events = POLLIN};
	assert_int_equal(__real_poll(&master, 1, 0), 0);
	kill(child.pid, SIGKILL);
	assert_int_equal(__real_poll(&master, 1, FULL_PATIENCE), 1);
	assert_true(master.revents & POLLHUP);
	child_wait(&child, FULL_PATIENCE);
	child_close_pty(&pty);
	close(ends[0]);
	close(ends[1]);
}

static void its_output_and_errors_come_together_and_its_input_is_empty(void **state)
{
	struct child_pty none = {-1, -1, ""};
	struct child child;
	char text[64] = "";
	size_t len = 0;
	ssize_t got;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = start(&none, "echo out; echo err >&2; if read line; then echo input; fi", ends[1]);
	close(ends[1]);
	while ((got = read(ends[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	close(ends[0]);
	child_wait(&child, FULL_PATIENCE);
	assert_string_equal(text, "out\nerr\n");
	assert_int_equal(child_exit_status(&child), 0);
}

static void the_exit_status_is_as_a_shell_gives_it(void **state)
{
	struct child_pty none = {-1, -1, ""};
	char *const missing[] = {"/nonexistent/flashrom", NULL};
	struct child child;

	(void)state;
	assert_int_equal(ends_with("exit 7"), 7);
	assert_int_equal(ends_with("kill -KILL $$"), 128 + SIGKILL);
	assert_true(child_start(&child, &none, missing, -1));
	child_wait(&child, FULL_PATIENCE);
	assert_int_equal(child_exit_status(&child), 127);
}

/* A write to a pipe without a reader ends the child, even if this process ignores SIGPIPE. */
static void a_broken_pipe_ends_it(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(ends_with("kill -PIPE $$; exit 0"), 128 + SIGPIPE);
	signal(SIGPIPE, SIG_DFL);
}

static void an_exit_status_that_was_lost_counts_as_a_failure(void **state)
{
	struct child_pty none = {-1, -1, ""};
	struct child child = start(&none, "exit 0", -1);

	(void)state;
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	child_wait(&child, FULL_PATIENCE);
	assert_int_equal(child.pid, 0);
	assert_int_equal(child_exit_status(&child), 1);
	assert_int_equal(faked.signal_count, 0);
}

static void one_that_ends_in_time_gets_no_signal(void **state)
{
	(void)state;
	assert_int_equal(ends_with("exit 3"), 3);
	assert_int_equal(faked.signal_count, 0);
}

/* As in a service: the next descriptor that is opened may have the number 0. */
static void who_has_no_standard_input_waits_as_well(void **state)
{
	int saved = dup(STDIN_FILENO);

	(void)state;
	assert_true(saved > 0);
	close(STDIN_FILENO);
	assert_int_equal(ends_with("sleep 0.02; exit 3"), 3);
	assert_int_equal(faked.signal_count, 0);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

static void one_that_does_not_end_is_asked_to_and_then_killed(void **state)
{
	struct child_pty none = {-1, -1, ""};
	struct child child = start(&none, "exec sleep 600", -1);

	(void)state;
	faked.stubborn = true;
	child_wait(&child, 2500);
	assert_int_equal(child.pid, 0);
	assert_int_equal(child_exit_status(&child), 128 + SIGKILL);
	assert_int_equal(faked.wait_count, 2);
	assert_int_equal(faked.waits[0], 2500);
	assert_int_equal(faked.waits[1], 1000);
	assert_int_equal(faked.signal_count, 2);
	assert_int_equal(faked.signals[0], SIGTERM);
	assert_int_equal(faked.signals[1], SIGKILL);
}

static void one_that_listens_is_not_killed(void **state)
{
	struct child_pty none = {-1, -1, ""};
	struct child child = start(&none, "exec sleep 600", -1);

	(void)state;
	child_wait(&child, 0);
	assert_int_equal(child_exit_status(&child), 128 + SIGTERM);
	assert_int_equal(faked.signal_count, 1);
}

static void one_that_was_waited_for_is_waited_for_no_more(void **state)
{
	struct child child = {.pid = 0, .status = 9 << 8};

	(void)state;
	child_wait(&child, FULL_PATIENCE);
	assert_int_equal(child_exit_status(&child), 9);
	assert_int_equal(faked.wait_count + faked.signal_count, 0);
}

static void without_a_process_there_is_nothing_to_wait_for(void **state)
{
	char *const argv[] = {"/bin/sh", NULL};
	struct child_pty none = {-1, -1, ""};
	struct child child;

	(void)state;
	faked.fork_error = EAGAIN;
	assert_false(child_start(&child, &none, argv, -1));
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(child.pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_pty_passes_every_byte_as_it_is, setup),
		cmocka_unit_test_setup(a_pty_that_cannot_be_set_up_leaves_nothing_open_and_says_why,
				       setup),
		cmocka_unit_test_setup(the_master_hangs_up_when_the_child_has_ended_and_not_earlier,
				       setup),
		cmocka_unit_test_setup(its_output_and_errors_come_together_and_its_input_is_empty,
				       setup),
		cmocka_unit_test_setup(the_exit_status_is_as_a_shell_gives_it, setup),
		cmocka_unit_test_setup(a_broken_pipe_ends_it, setup),
		cmocka_unit_test_setup(an_exit_status_that_was_lost_counts_as_a_failure, setup),
		cmocka_unit_test_setup(one_that_ends_in_time_gets_no_signal, setup),
		cmocka_unit_test_setup(who_has_no_standard_input_waits_as_well, setup),
		cmocka_unit_test_setup(one_that_does_not_end_is_asked_to_and_then_killed, setup),
		cmocka_unit_test_setup(one_that_listens_is_not_killed, setup),
		cmocka_unit_test_setup(one_that_was_waited_for_is_waited_for_no_more, setup),
		cmocka_unit_test_setup(without_a_process_there_is_nothing_to_wait_for, setup),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
