/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_says.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programmer/child.h"

#define PATIENCE_MS 200
#define TURNS 25 /* each of at most PATIENCE_MS: five seconds */

/* Reads until all writers have closed the pipe. False when that takes too long. */
static bool listen_to(int pipe, bool (*cancelled)(void *data), void *data,
		      char text[FLASHROM_SAYS_ROOM])
{
	size_t len = 0;

	for (int turn = 0; turn < TURNS && !cancelled(data);) {
		struct pollfd output = {.fd = pipe, .events = POLLIN};
		char rest[512];
		bool full = len == FLASHROM_SAYS_ROOM - 1;
		ssize_t got;

		if (poll(&output, 1, PATIENCE_MS) <= 0 || full)
			turn++;
		if (!output.revents)
			continue;
		got = full ? read(pipe, rest, sizeof(rest))
			   : read(pipe, text + len, FLASHROM_SAYS_ROOM - 1 - len);
		if (got > 0 && !full)
			len += (size_t)got;
		text[len] = '\0';
		if (got == 0)
			return true;
	}
	return false;
}

bool flashrom_says(const char *flashrom, const char *option, bool (*cancelled)(void *data),
		   void *data, char text[FLASHROM_SAYS_ROOM])
{
	const char *argv[] = {flashrom, option, NULL};
	struct child_pty none = {.master = -1, .slave = -1};
	struct child child;
	bool heard = false;
	int ends[2];

	text[0] = '\0';
	if (pipe2(ends, O_CLOEXEC))
		return false;
	if (!child_start(&child, &none, (char *const *)argv, ends[1])) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	close(ends[1]);
	heard = listen_to(ends[0], cancelled, data, text);
	close(ends[0]);
	child_wait(&child, heard ? PATIENCE_MS : 0);
	return heard && child_exit_status(&child) == 0;
}
