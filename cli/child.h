/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - flashrom as a child process, with a private pty for serprog. */
#ifndef CHILD_H
#define CHILD_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define PTY_NAME_MAX 64

struct child {
	pid_t pid;  /* 0 when there is none to be waited for */
	int status; /* of waitpid(), once it has ended */
};

/* Opens a fresh pty in raw mode; returns the master, or -1 with errno set. */
int child_open_pty(char slave[PTY_NAME_MAX]);

/* Starts @argv[0]. It gets SIGTERM when this process dies. False with errno set. */
bool child_start(struct child *child, char *const argv[]);

/* Whether it still runs. */
bool child_runs(struct child *child);

/*
 * Waits for its end. One that does not end within @patience_ms gets SIGTERM, and a
 * second later SIGKILL; pass a negative value to wait as long as it takes.
 */
void child_wait(struct child *child, int patience_ms);

/* The exit status in the way of a shell: 128 + signal for one that was killed. */
int child_exit_status(const struct child *child);

#endif
