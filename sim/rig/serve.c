/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/sim_commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sim/bench.h"
#include "sim/rig/listen.h"

static int serve(struct usbip_server *server, int signals)
{
	int result;

	do
		result = usbip_serve(server, signals, -1);
	while (result == 0);
	if (result < 0) {
		complain("cannot wait: %s", strerror(-result));
		return 1;
	}
	return 0;
}

int command_serve(const struct options *options)
{
	struct usbip_server *server = NULL;
	int fd, signals, status = 1;
	struct bench bench = {0};
	char error[512];
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	fd = listen_on(options->listen, error, sizeof(error));
	if (fd < 0) {
		complain("%s", error);
		return 1;
	}
	if (signals >= 0 && bench_make(&bench, options)) {
		server = usbip_new(fd, bench.exports, bench.count);
		if (server) {
			unsigned port = listen_port(fd);

			if (port)
				printf("serving on port %u\n", port);
			else
				printf("serving on %s\n", options->listen);
			fflush(stdout);
			status = serve(server, signals);
		}
		if (!bench_report(&bench))
			status = 1;
	}
	if (server)
		usbip_free(server);
	else
		close(fd);
	if (strncmp(options->listen, "unix:", 5) == 0)
		unlink(options->listen + 5);
	bench_free(&bench);
	return status;
}
