/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define KILL_AFTER_MS 1000

static void close_once(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void child_close_pty(struct child_pty *pty)
{
	close_once(&pty->slave);
	close_once(&pty->master);
}

void child_drop_slave(struct child_pty *pty)
{
	close_once(&pty->slave);
}

bool child_open_pty(struct child_pty *pty)
{
	struct termios raw;
	int saved;

	pty->slave = -1;
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->master < 0)
		return false;
	if (grantpt(pty->master) || unlockpt(pty->master) ||
	    ptsname_r(pty->master, pty->name, sizeof(pty->name)))
		goto err;
	pty->slave = open(pty->name, O_RDWR | O_NOCTTY);
	if (pty->slave < 0 || tcgetattr(pty->slave, &raw))
		goto err;
	/* An echoing pty would feed our own answers back until flashrom sets it up. */
	cfmakeraw(&raw);
	if (tcsetattr(pty->slave, TCSANOW, &raw))
		goto err;
	return true;

err:
	saved = errno;
	child_close_pty(pty);
	errno = saved;
	return false;
}

/* In the child: away from the terminal, and from this program's standard input. */
static bool redirect(int output)
{
	int nothing = open("/dev/null", O_RDONLY);

	return nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
	       dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
}

bool child_start(struct child *child, struct child_pty *pty, char *const argv[], int output)
{
	pid_t parent = getpid();

	*child = (struct child){0};
	child->pid = fork();
	if (child->pid < 0) {
		child->pid = 0;
		return false;
	}
	if (child->pid > 0) {
		child_drop_slave(pty);
		return true;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || (output >= 0 && !redirect(output)))
		_exit(127);
	/* Caught signals are reset by exec; those that were ignored before stay ignored. */
	signal(SIGPIPE, SIG_DFL);
	execv(argv[0], argv);
	_exit(127);
}

/* False while it runs. If its exit status is lost, that counts as a failure. */
static bool reap(struct child *child, int options)
{
	pid_t reaped;

	do
		reaped = waitpid(child->pid, &child->status, options);
	while (reaped < 0 && errno == EINTR);
	if (reaped == 0)
		return false;
	if (reaped < 0)
		child->status = 1 << 8; /* ended with 1; POSIX has no macro for it */
	child->pid = 0;
	return true;
}

static bool has_ended(struct child *child)
{
	return child->pid == 0 || reap(child, WNOHANG);
}

static bool ended_within(struct child *child, int ms)
{
	struct pollfd end = {.events = POLLIN};

	if (has_ended(child))
		return true;
	/* glibc has a function for it only since 2.36, and musl none. */
	end.fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (end.fd < 0)
		return false;
	while (poll(&end, 1, ms) < 0 && errno == EINTR)
		;
	close(end.fd);
	return has_ended(child);
}

void child_wait(struct child *child, int patience_ms)
{
	if (ended_within(child, patience_ms))
		return;
	kill(child->pid, SIGTERM);
	if (ended_within(child, KILL_AFTER_MS))
		return;
	kill(child->pid, SIGKILL);
	reap(child, 0);
}

int child_exit_status(const struct child *child)
{
	if (WIFEXITED(child->status))
		return WEXITSTATUS(child->status);
	return 128 + WTERMSIG(child->status);
}
