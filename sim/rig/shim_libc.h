/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions behind the ones that the shim puts itself in front of. The
 * shim's own code has to call these, or it would call itself.
 */
#ifndef SIM_SHIM_LIBC_H
#define SIM_SHIM_LIBC_H

#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

int libc_open(const char *path, int flags, mode_t mode);
int libc_openat(int dir, const char *path, int flags, mode_t mode);
int libc_close(int fd);
int libc_eventfd(unsigned value, int flags);
int libc_ioctl(int fd, unsigned long request, void *argument);
int libc_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	       const sigset_t *mask);
int libc_clock_gettime(clockid_t id, struct timespec *time);
int libc_clock_nanosleep(clockid_t id, int flags, const struct timespec *time,
			 struct timespec *left);

#endif
