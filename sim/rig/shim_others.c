/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE
#include "sim/rig/shim_others.h"

#include <errno.h>

#include "sim/rig/shim_libc.h"

#define FDS_MOST 64

int poll_others(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		bool (*is_ours)(int fd))
{
	struct pollfd copy[FDS_MOST];
	int ready;

	if (count > FDS_MOST)
		return -EINVAL;
	for (nfds_t i = 0; i < count; i++) {
		copy[i] = fds[i];
		copy[i].revents = 0;
		if (is_ours(fds[i].fd))
			copy[i].fd = -1;
	}
	ready = libc_ppoll(copy, count, timeout, NULL);
	if (ready < 0)
		return -errno;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = copy[i].revents;
	return ready;
}
