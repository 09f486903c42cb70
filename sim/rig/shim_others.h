/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poll() of descriptors of which some are the simulator's: the others, in real time. */
#ifndef SIM_SHIM_OTHERS_H
#define SIM_SHIM_OTHERS_H

#include <poll.h>
#include <stdbool.h>
#include <time.h>

/* @timeout NULL: for ever. Returns how many of them show something, or -errno. */
int poll_others(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		bool (*is_ours)(int fd));

#endif
