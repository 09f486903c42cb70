/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/run_plain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/signals.h"
#include "programmer/child.h"

#define CANNOT_RUN 127
#define LOOK_MS 100

static const char *const programmers[] = {"ch341a_spi", "ch347_spi", "ft2232_spi", "linux_spi"};

bool run_plain_may_help(const char *programmer)
{
	size_t length = programmer ? strcspn(programmer, ":") : 0;

	for (size_t i = 0; i < sizeof(programmers) / sizeof(programmers[0]); i++)
		if (strlen(programmers[i]) == length &&
		    strncmp(programmers[i], programmer, length) == 0)
			return true;
	return false;
}

/* A signal may come at any time: it is looked for now and then, too. */
static int wait_for(const struct child *child)
{
	struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, child->pid, 0), .events = POLLIN};
	int status = 0, told = 0;
	pid_t ended;

	while ((ended = waitpid(child->pid, &status, WNOHANG)) == 0) {
		const int number = signals_seen();

		if (number != told)
			kill(child->pid, number);
		told = number;
		poll(&end, 1, LOOK_MS);
	}
	if (end.fd >= 0)
		close(end.fd);
	if (ended < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_plain(char *const *argv, const char *programmer, const struct observer *observer)
{
	struct child_pty none = {-1, -1, ""};
	struct child child;
	int status;

	signals_catch();
	signal(SIGCHLD, SIG_DFL);
	fflush(NULL);
	if (!child_start(&child, &none, argv, -1)) {
		observer_raise(observer, TROUBLE_SYSTEM, NO_RANGE, "no process for flashrom: %s",
			       strerror(errno));
		return 1;
	}
	status = wait_for(&child);
	if (status == CANNOT_RUN)
		observer_raise(observer, TROUBLE_NO_FLASHROM, NO_RANGE, "%s cannot be run",
			       argv[0]);
	else if (status && !signals_seen())
		observer_note(
			observer, NOTE_INFO, TROUBLE_NONE,
			"if this is a Beken chip: its flash answers to %.*s only in SPI mode. "
			"-p beken_spi brings it there, and beken-flash detect --hold leaves "
			"it there",
			(int)strcspn(programmer, ":"), programmer);
	return status;
}
