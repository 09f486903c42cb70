/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

static void note(int number)
{
	seen = number;
}

void signals_catch(void)
{
	static const int ends[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
	const struct sigaction catch = {.sa_handler = note};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct sigaction before;

		/* Under nohup, or in a script's background, it has to continue. */
		if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(ends[i], &catch, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
}

int signals_seen(void)
{
	return seen;
}
