/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define STEP_MS 10
#define KILL_AFTER_MS 1000

int child_open_pty(char slave[PTY_NAME_MAX])
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fd, saved;
	struct termios raw;

	if (master < 0)
		return -1;
	if (grantpt(master) || unlockpt(master) || ptsname_r(master, slave, PTY_NAME_MAX))
		goto err;
	/* An echoing pty would feed our own answers back until flashrom sets it up. */
	fd = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		goto err;
	if (tcgetattr(fd, &raw) == 0) {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
	}
	close(fd);
	return master;

err:
	saved = errno;
	close(master);
	errno = saved;
	return -1;
}

bool child_start(struct child *child, char *const argv[])
{
	pid_t parent = getpid();

	*child = (struct child){0};
	child->pid = fork();
	if (child->pid < 0) {
		child->pid = 0;
		return false;
	}
	if (child->pid > 0)
		return true;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execv(argv[0], argv);
	_exit(127);
}

bool child_runs(struct child *child)
{
	if (child->pid == 0)
		return false;
	if (waitpid(child->pid, &child->status, WNOHANG) == 0)
		return true;
	child->pid = 0;
	return false;
}

static bool ended_within(struct child *child, int ms)
{
	for (int waited = 0; child_runs(child); waited += STEP_MS) {
		if (ms >= 0 && waited >= ms)
			return false;
		poll(NULL, 0, STEP_MS);
	}
	return true;
}

void child_wait(struct child *child, int patience_ms)
{
	if (ended_within(child, patience_ms))
		return;
	kill(child->pid, SIGTERM);
	if (ended_within(child, KILL_AFTER_MS))
		return;
	kill(child->pid, SIGKILL);
	ended_within(child, -1);
}

int child_exit_status(const struct child *child)
{
	if (WIFEXITED(child->status))
		return WEXITSTATUS(child->status);
	return 128 + WTERMSIG(child->status);
}
