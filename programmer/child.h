/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - flashrom as a child process, with a private pty for serprog. */
#ifndef CHILD_H
#define CHILD_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;  /* 0 when there is no process to wait for */
	int status; /* of waitpid(), once it has ended */
};

/*
 * A fresh pty in raw mode. The child keeps a copy of the slave until it ends, so the master hangs
 * up then, not earlier, and not before the child has started.
 */
struct child_pty {
	int master, slave;
	char name[64]; /* of the slave */
};

/* False with errno set. */
bool child_open_pty(struct child_pty *pty);
void child_close_pty(struct child_pty *pty);

/* For callers that fork themselves: the child owns the slave from now on. */
void child_drop_slave(struct child_pty *pty);

/*
 * Starts @argv[0]. It gets SIGTERM when this process dies. Its standard output and
 * error go to @output, and its input is empty then; with -1 all three stay this
 * process' own. False with errno set.
 */
bool child_start(struct child *child, struct child_pty *pty, char *const argv[], int output);

/*
 * Waits for its end. One that does not end within @patience_ms gets SIGTERM, and a
 * second later SIGKILL.
 */
void child_wait(struct child *child, int patience_ms);

/* The exit status as a shell gives it: 128 + signal for one that was killed. */
int child_exit_status(const struct child *child);

#endif
