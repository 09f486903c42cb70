/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libbeken-sim-shim.so, to be preloaded in front of libumockdev-preload.so: it
 * lends the simulator's USB devices to one unmodified program.
 *
 *   BEKEN_SIM_SOCKET  unix socket of the USB/IP server
 *   UMOCKDEV_DIR      the tree that stands for /sys and /dev (see tree.h)
 *   BEKEN_SIM_TTY...  the serial port (see shim_tty.h)
 *   BEKEN_SIM_SPIDEV...  the SPI bus and its GPIO chip (see shim_spidev.h)
 *   BEKEN_SIM_NET...  the network of a helper device (see shim_net.h)
 *   BEKEN_SIM_HURRY   if set: programs that wait in a loop for the clock, without having
 *                     the device, do so for a shorter time (see clock_hurry())
 *
 * umockdev redirects the paths; what is opened as /dev/bus/usb/BBB/DDD is served
 * here, with usbfs' ioctls. From then on the process lives in virtual time
 * (shim_clock.h): sleeping costs nothing, waiting for a transfer lasts as long as
 * the device says. A poll() without a USB node in it waits for something outside,
 * another process for example: it does so in real time, and virtual time stands still.
 *
 * Not covered: select() and epoll on a USB node, dup() of one, isochronous
 * transfers, condition variables with a timeout (they wait in real time).
 */
/* What the C library's headers put in front of open() and poll() with it is what is defined here.
 */
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_ioctl.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_net.h"
#include "sim/rig/shim_poll.h"
#include "sim/rig/shim_spidev.h"
#include "sim/rig/shim_tty.h"

#define EXPORT __attribute__((visibility("default")))
#define NODE_PREFIX "/dev/bus/usb/"

/* The process that opened the nodes: after vfork() another process runs in the same memory. */
static pid_t owner;

static int fail(int status)
{
	if (status >= 0)
		return status;
	errno = -status;
	return -1;
}

static bool simulating(void)
{
	return getenv("BEKEN_SIM_SOCKET");
}

/* In a forked child the connections belong to the parent; the child may only close its copies. */
static void after_fork(void)
{
	for (int fd = 0; fd < SHIM_MAX_FDS; fd++) {
		spidev_forget(fd);
		net_forget(fd);
		if (shim_node(fd)) {
			node_forget(shim_node(fd));
			shim_set_node(fd, NULL);
		}
	}
	tty_forget();
	pthread_mutex_unlock(&shim_lock);
}

static void before_fork(void)
{
	pthread_mutex_lock(&shim_lock);
}

static void still_parent(void)
{
	pthread_mutex_unlock(&shim_lock);
}

__attribute__((constructor)) static void begin(void)
{
	pthread_atfork(before_fork, still_parent, after_fork);
	if (getenv("BEKEN_SIM_HURRY"))
		clock_hurry();
}

__attribute__((destructor)) static void end(void)
{
	shim_sync_all();
}

static bool parse_node(const char *path, unsigned *bus, unsigned *device)
{
	int length = 0;

	if (strncmp(path, NODE_PREFIX, sizeof(NODE_PREFIX) - 1) != 0)
		return false;
	path += sizeof(NODE_PREFIX) - 1;
	return sscanf(path, "%3u/%3u%n", bus, device, &length) == 2 && path[length] == 0;
}

/* Root may open everything, so the node's mode has to be checked. */
static int check_mode(const char *path)
{
	const char *root = getenv("UMOCKDEV_DIR");
	char real[PATH_MAX];
	struct stat st;

	if (!root || snprintf(real, sizeof(real), "%s%s", root, path) >= (int)sizeof(real))
		return -ENOENT;
	if (stat(real, &st))
		return -ENOENT;
	return st.st_mode & 0222 ? 0 : -EACCES;
}

static int open_node(const char *path, int flags, unsigned bus, unsigned device)
{
	struct node *node;
	int status = check_mode(path);

	if (!status)
		status = node_open(bus, device, flags & O_CLOEXEC, &node);
	if (status)
		return fail(status);
	if (node_fd(node) >= SHIM_MAX_FDS) {
		node_close(node);
		return fail(-EMFILE);
	}
	pthread_mutex_lock(&shim_lock);
	owner = getpid();
	shim_set_node(node_fd(node), node);
	pthread_mutex_unlock(&shim_lock);
	return node_fd(node);
}

static int open_any(int dir, const char *path, int flags, mode_t mode)
{
	unsigned bus, device;

	if (tty_is_path(path)) {
		owner = getpid();
		return fail(tty_open(flags));
	}
	if (spidev_is_path(path)) {
		int status = check_mode(path);

		return fail(status ? status : spidev_open(path, flags));
	}
	if (path && simulating() && parse_node(path, &bus, &device))
		return open_node(path, flags, bus, device);
	if (dir == AT_FDCWD)
		return libc_open(path, flags, mode);
	return libc_openat(dir, path, flags, mode);
}

static mode_t mode_of(int flags, va_list arguments)
{
	return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name, flag)                                                                           \
	EXPORT int name(const char *path, int flags, ...)                                          \
	{                                                                                          \
		va_list arguments;                                                                 \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(arguments, flags);                                                        \
		mode = mode_of(flags, arguments);                                                  \
		va_end(arguments);                                                                 \
		return open_any(AT_FDCWD, path, flags | (flag), mode);                             \
	}

#define OPENAT(name, flag)                                                                         \
	EXPORT int name(int dir, const char *path, int flags, ...)                                 \
	{                                                                                          \
		va_list arguments;                                                                 \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(arguments, flags);                                                        \
		mode = mode_of(flags, arguments);                                                  \
		va_end(arguments);                                                                 \
		return open_any(dir, path, flags | (flag), mode);                                  \
	}

/* A program that was built with _FORTIFY_SOURCE calls these where it creates no file. */
#define OPEN_2(name, flag)                                                                         \
	EXPORT int name(const char *path, int flags);                                              \
	EXPORT int name(const char *path, int flags)                                               \
	{                                                                                          \
		return open_any(AT_FDCWD, path, flags | (flag), 0);                                \
	}

#define OPENAT_2(name, flag)                                                                       \
	EXPORT int name(int dir, const char *path, int flags);                                     \
	EXPORT int name(int dir, const char *path, int flags)                                      \
	{                                                                                          \
		return open_any(dir, path, flags | (flag), 0);                                     \
	}

OPEN(open, 0)
OPEN(open64, O_LARGEFILE)
OPEN_2(__open_2, 0)
OPEN_2(__open64_2, O_LARGEFILE)
OPENAT(openat, 0)
OPENAT(openat64, O_LARGEFILE)
OPENAT_2(__openat_2, 0)
OPENAT_2(__openat64_2, O_LARGEFILE)

EXPORT int close(int fd)
{
	struct node *node;

	if (tty_is_fd(fd) && owner == getpid()) {
		tty_close(fd);
		return 0;
	}
	if (spidev_is_fd(fd))
		spidev_forget(fd);
	if (net_is_fd(fd))
		net_forget(fd);
	shim_note_event(fd, false);
	pthread_mutex_lock(&shim_lock);
	node = shim_node(fd);
	if (node && owner != getpid())
		node = NULL;
	if (node) {
		shim_set_node(fd, NULL);
		node_close(node);
	}
	pthread_mutex_unlock(&shim_lock);
	return node ? 0 : libc_close(fd);
}

EXPORT int eventfd(unsigned value, int flags)
{
	int fd = libc_eventfd(value, flags);

	shim_note_event(fd, true);
	return fd;
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
	struct node *node = NULL;
	va_list arguments;
	void *argument;
	int status = 0;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (tty_is_fd(fd))
		return fail(tty_ioctl(fd, request, argument));
	if (spidev_is_fd(fd))
		return fail(spidev_ioctl(fd, request, argument));
	if (_IOC_TYPE(request) == 'U') {
		pthread_mutex_lock(&shim_lock);
		node = shim_node(fd);
		if (node)
			status = shim_ioctl(node, request, argument);
		pthread_mutex_unlock(&shim_lock);
	}
	return node ? fail(status) : libc_ioctl(fd, request, argument);
}

EXPORT int flock(int fd, int operation)
{
	return spidev_is_fd(fd) ? fail(spidev_flock(fd, operation)) : libc_flock(fd, operation);
}

/*
 * Not inlined: the C library (2.36) declares that poll() only writes to its array, and gcc -O3 then
 * warns of what is read of it here.
 */
__attribute__((noinline)) static int poll_any(struct pollfd *fds, nfds_t count,
					      const struct timespec *timeout, const sigset_t *mask)
{
	uint64_t ns = UINT64_MAX;

	if (timeout)
		ns = (uint64_t)timeout->tv_sec * 1000000000 + (uint64_t)timeout->tv_nsec;
	if (net_concerns(fds, count))
		return fail(net_poll(fds, count, ns));
	if (tty_concerns(fds, count))
		return fail(tty_poll(fds, count, ns));
	if (clock_is_virtual() && shim_concerns(fds, count))
		return fail(shim_poll(fds, count, ns, mask));
	if (count == 0 && timeout && !mask && clock_is_virtual()) { /* an old way to sleep */
		shim_sync_all();
		clock_reach(clock_now() + ns);
		return 0;
	}
	return libc_ppoll(fds, count, timeout, mask);
}

EXPORT int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec timeout = {.tv_sec = timeout_ms / 1000,
				   .tv_nsec = timeout_ms % 1000 * 1000000L};

	return poll_any(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		 const sigset_t *mask)
{
	return poll_any(fds, count, timeout, mask);
}

EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size);
EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size)
{
	if (size / sizeof(*fds) < count)
		abort();
	return poll(fds, count, timeout_ms);
}

EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		       const sigset_t *mask, size_t size);
EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		       const sigset_t *mask, size_t size)
{
	if (size / sizeof(*fds) < count)
		abort();
	return ppoll(fds, count, timeout, mask);
}

EXPORT int clock_gettime(clockid_t id, struct timespec *time)
{
	int status;

	if (clock_is_virtual() && clock_look(id, time))
		return 0;
	status = libc_clock_gettime(id, time);
	if (status == 0)
		clock_adjust(id, time);
	return status;
}

EXPORT int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone; /* obsolete, and nobody passes one */
	if (clock_gettime(CLOCK_REALTIME, &now))
		return -1;
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

EXPORT time_t time(time_t *out)
{
	struct timespec now = {.tv_sec = -1};

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

EXPORT int clock_nanosleep(clockid_t id, int flags, const struct timespec *time,
			   struct timespec *left)
{
	uint64_t until;

	if (!clock_is_virtual())
		return libc_clock_nanosleep(id, flags, time, left);
	if (time->tv_nsec < 0 || time->tv_nsec > 999999999 || time->tv_sec < 0)
		return EINVAL;
	if (flags & TIMER_ABSTIME) {
		if (!clock_when(id, time, &until))
			return libc_clock_nanosleep(id, flags, time, left);
	} else {
		until = clock_now() + (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
	}
	shim_sync_all();
	clock_reach(until);
	return 0;
}

EXPORT int nanosleep(const struct timespec *time, struct timespec *left)
{
	int status = clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);

	return fail(-status);
}

EXPORT int usleep(useconds_t us)
{
	struct timespec time = {.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000};

	return nanosleep(&time, NULL);
}

EXPORT unsigned sleep(unsigned seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds}, left = {0};

	return nanosleep(&time, &left) ? (unsigned)left.tv_sec + (left.tv_nsec > 0) : 0;
}

/* Without timerfd libusb implements its timeouts with the clock and poll(), which are ours. */
EXPORT int timerfd_create(int clock, int flags)
{
	(void)clock;
	(void)flags;
	return fail(-ENOSYS);
}
