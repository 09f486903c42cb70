/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_libc.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Looked up at the first call and not in a constructor: other libraries'
 * constructors may run first. Two threads may both look up; they find the same.
 */
#define NEXT(name, type)                                                                           \
	static _Atomic(void *) found_##name;                                                       \
	static type *next_##name(void)                                                             \
	{                                                                                          \
		union {                                                                            \
			void *object;                                                              \
			type *function;                                                            \
		} found = {atomic_load_explicit(&found_##name, memory_order_relaxed)};             \
                                                                                                   \
		if (!found.object) {                                                               \
			found.object = dlsym(RTLD_NEXT, #name);                                    \
			if (!found.object)                                                         \
				abort();                                                           \
			atomic_store_explicit(&found_##name, found.object, memory_order_relaxed);  \
		}                                                                                  \
		return found.function;                                                             \
	}

typedef int open_type(const char *, int, ...);
typedef int openat_type(int, const char *, int, ...);
typedef int close_type(int);
typedef int eventfd_type(unsigned, int);
typedef int ioctl_type(int, unsigned long, ...);
typedef int flock_type(int, int);
typedef int ppoll_type(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
typedef int clock_gettime_type(clockid_t, struct timespec *);
typedef int clock_nanosleep_type(clockid_t, int, const struct timespec *, struct timespec *);
typedef int connect_type(int fd, const struct sockaddr *address, socklen_t length);
typedef ssize_t send_type(int fd, const void *bytes, size_t count, int flags);
typedef ssize_t recv_type(int fd, void *bytes, size_t count, int flags);
typedef int setsockopt_type(int fd, int level, int name, const void *value, socklen_t length);
typedef int getsockopt_type(int fd, int level, int name, void *value, socklen_t *length);
typedef ssize_t read_type(int fd, void *bytes, size_t count);
typedef ssize_t write_type(int fd, const void *bytes, size_t count);
typedef int isatty_type(int fd);
typedef int tcgetattr_type(int fd, struct termios *settings);
typedef int tcsetattr_type(int fd, int action, const struct termios *settings);
typedef int tcdrain_type(int fd);
typedef int tcflush_type(int fd, int queue);
typedef int select_type(int count, fd_set *in, fd_set *out, fd_set *except,
			struct timeval *timeout);
typedef int pselect_type(int count, fd_set *in, fd_set *out, fd_set *except,
			 const struct timespec *timeout, const sigset_t *mask);

NEXT(open, open_type)
NEXT(openat, openat_type)
NEXT(close, close_type)
NEXT(eventfd, eventfd_type)
NEXT(ioctl, ioctl_type)
NEXT(flock, flock_type)
NEXT(ppoll, ppoll_type)
NEXT(clock_gettime, clock_gettime_type)
NEXT(clock_nanosleep, clock_nanosleep_type)
NEXT(connect, connect_type)
NEXT(send, send_type)
NEXT(recv, recv_type)
NEXT(setsockopt, setsockopt_type)
NEXT(getsockopt, getsockopt_type)
NEXT(read, read_type)
NEXT(write, write_type)
NEXT(isatty, isatty_type)
NEXT(tcgetattr, tcgetattr_type)
NEXT(tcsetattr, tcsetattr_type)
NEXT(tcdrain, tcdrain_type)
NEXT(tcflush, tcflush_type)
NEXT(select, select_type)
NEXT(pselect, pselect_type)

int libc_open(const char *path, int flags, mode_t mode)
{
	return next_open()(path, flags, mode);
}

int libc_openat(int dir, const char *path, int flags, mode_t mode)
{
	return next_openat()(dir, path, flags, mode);
}

int libc_close(int fd)
{
	return next_close()(fd);
}

int libc_eventfd(unsigned value, int flags)
{
	return next_eventfd()(value, flags);
}

int libc_ioctl(int fd, unsigned long request, void *argument)
{
	return next_ioctl()(fd, request, argument);
}

int libc_flock(int fd, int operation)
{
	return next_flock()(fd, operation);
}

int libc_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	       const sigset_t *mask)
{
	return next_ppoll()(fds, count, timeout, mask);
}

/*
 * dlsym() frees, and the free() of a sanitizer asks for the time: a look-up from there would free
 * the same again. So it is looked up here, and until then the kernel is asked.
 */
__attribute__((constructor)) static void look_up_time(void)
{
	next_clock_gettime();
}

static int kernel_time(clockid_t id, struct timespec *time)
{
#ifdef SYS_clock_gettime64
	if (sizeof(time->tv_sec) > sizeof(long))
		return (int)syscall(SYS_clock_gettime64, id, time);
#endif
	return (int)syscall(SYS_clock_gettime, id, time);
}

int libc_clock_gettime(clockid_t id, struct timespec *time)
{
	if (!atomic_load_explicit(&found_clock_gettime, memory_order_relaxed))
		return kernel_time(id, time);
	return next_clock_gettime()(id, time);
}

int libc_clock_nanosleep(clockid_t id, int flags, const struct timespec *time,
			 struct timespec *left)
{
	return next_clock_nanosleep()(id, flags, time, left);
}

int libc_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return next_connect()(fd, address, length);
}

ssize_t libc_send(int fd, const void *bytes, size_t count, int flags)
{
	return next_send()(fd, bytes, count, flags);
}

ssize_t libc_recv(int fd, void *bytes, size_t count, int flags)
{
	return next_recv()(fd, bytes, count, flags);
}

int libc_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return next_setsockopt()(fd, level, name, value, length);
}

int libc_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	return next_getsockopt()(fd, level, name, value, length);
}

ssize_t libc_read(int fd, void *bytes, size_t count)
{
	return next_read()(fd, bytes, count);
}

ssize_t libc_write(int fd, const void *bytes, size_t count)
{
	return next_write()(fd, bytes, count);
}

int libc_isatty(int fd)
{
	return next_isatty()(fd);
}

int libc_tcgetattr(int fd, struct termios *settings)
{
	return next_tcgetattr()(fd, settings);
}

int libc_tcsetattr(int fd, int action, const struct termios *settings)
{
	return next_tcsetattr()(fd, action, settings);
}

int libc_tcdrain(int fd)
{
	return next_tcdrain()(fd);
}

int libc_tcflush(int fd, int queue)
{
	return next_tcflush()(fd, queue);
}

int libc_select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	return next_select()(count, in, out, except, timeout);
}

int libc_pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
		 const sigset_t *mask)
{
	return next_pselect()(count, in, out, except, timeout, mask);
}
