/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions behind the ones that the shim puts itself in front of. The
 * shim's own code has to call these, or it would call itself.
 */
#ifndef SIM_SHIM_LIBC_H
#define SIM_SHIM_LIBC_H

#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <termios.h>
#include <time.h>

int libc_open(const char *path, int flags, mode_t mode);
int libc_openat(int dir, const char *path, int flags, mode_t mode);
int libc_close(int fd);
int libc_eventfd(unsigned value, int flags);
int libc_ioctl(int fd, unsigned long request, void *argument);
int libc_flock(int fd, int operation);
int libc_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	       const sigset_t *mask);
int libc_clock_gettime(clockid_t id, struct timespec *time);
int libc_clock_nanosleep(clockid_t id, int flags, const struct timespec *time,
			 struct timespec *left);
int libc_connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t libc_send(int fd, const void *bytes, size_t count, int flags);
ssize_t libc_recv(int fd, void *bytes, size_t count, int flags);
int libc_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
int libc_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
ssize_t libc_read(int fd, void *bytes, size_t count);
ssize_t libc_write(int fd, const void *bytes, size_t count);
int libc_isatty(int fd);
int libc_tcgetattr(int fd, struct termios *settings);
int libc_tcsetattr(int fd, int action, const struct termios *settings);
int libc_tcdrain(int fd);
int libc_tcflush(int fd, int queue);
int libc_select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
int libc_pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
		 const sigset_t *mask);

#endif
