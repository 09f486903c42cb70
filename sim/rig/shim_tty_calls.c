/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C library's functions on the serial port and on connections to the helper device; poll(),
 * open() and the like are in shim.c.
 */
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_net.h"
#include "sim/rig/shim_tty.h"

#define EXPORT __attribute__((visibility("default")))
#define MOST_FDS 64

static ssize_t result_of(ssize_t status)
{
	if (status >= 0)
		return status;
	errno = (int)-status;
	return -1;
}

EXPORT ssize_t read(int fd, void *bytes, size_t count)
{
	if (net_is_fd(fd))
		return result_of(net_recv(fd, bytes, count, 0));
	return tty_is_fd(fd) ? result_of(tty_read(fd, bytes, count)) : libc_read(fd, bytes, count);
}

EXPORT ssize_t __read_chk(int fd, void *bytes, size_t count, size_t size);
EXPORT ssize_t __read_chk(int fd, void *bytes, size_t count, size_t size)
{
	if (count > size)
		abort();
	return read(fd, bytes, count);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t count)
{
	if (net_is_fd(fd))
		return result_of(net_send(fd, bytes, count, 0));
	return tty_is_fd(fd) ? result_of(tty_write(fd, bytes, count))
			     : libc_write(fd, bytes, count);
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return net_is_address(address, length) ? (int)result_of(net_connect(fd, address))
					       : libc_connect(fd, address, length);
}

EXPORT ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
	return net_is_fd(fd) ? result_of(net_send(fd, bytes, count, flags))
			     : libc_send(fd, bytes, count, flags);
}

EXPORT ssize_t recv(int fd, void *bytes, size_t count, int flags)
{
	return net_is_fd(fd) ? result_of(net_recv(fd, bytes, count, flags))
			     : libc_recv(fd, bytes, count, flags);
}

EXPORT ssize_t __recv_chk(int fd, void *bytes, size_t count, size_t size, int flags);
EXPORT ssize_t __recv_chk(int fd, void *bytes, size_t count, size_t size, int flags)
{
	if (count > size)
		abort();
	return recv(fd, bytes, count, flags);
}

EXPORT int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
	if (!net_is_fd(fd) || level != SOL_SOCKET || name != SO_ERROR)
		return libc_getsockopt(fd, level, name, value, length);
	*(int *)value = net_error(fd);
	*length = sizeof(int);
	return 0;
}

/* For TCP: it is a unix socket here, and every write is a segment. */
EXPORT int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return net_is_fd(fd) && level == IPPROTO_TCP
		       ? 0
		       : libc_setsockopt(fd, level, name, value, length);
}

EXPORT int isatty(int fd)
{
	return tty_is_fd(fd) ? 1 : libc_isatty(fd);
}

EXPORT int tcgetattr(int fd, struct termios *settings)
{
	return tty_is_fd(fd) ? (int)result_of(tty_get(settings)) : libc_tcgetattr(fd, settings);
}

EXPORT int tcsetattr(int fd, int action, const struct termios *settings)
{
	return tty_is_fd(fd) ? (int)result_of(tty_set(action, settings))
			     : libc_tcsetattr(fd, action, settings);
}

EXPORT int tcdrain(int fd)
{
	return tty_is_fd(fd) ? (int)result_of(tty_drain()) : libc_tcdrain(fd);
}

EXPORT int tcflush(int fd, int queue)
{
	return tty_is_fd(fd) ? (int)result_of(tty_flush(queue)) : libc_tcflush(fd, queue);
}

static bool is_ours(int fd)
{
	return tty_is_fd(fd) || net_is_fd(fd);
}

static bool in_sets(int fd, fd_set *const sets[3])
{
	for (unsigned i = 0; i < 3; i++)
		if (sets[i] && FD_ISSET(fd, sets[i]))
			return true;
	return false;
}

/*
 * A set that contains the port, in the form for poll(). Returns the number of entries; 0: the port
 * is not in it.
 */
static nfds_t collect(int count, fd_set *const sets[3], struct pollfd *fds)
{
	bool concerned = false;
	nfds_t found = 0;

	for (int fd = 0; fd < count && fd < FD_SETSIZE; fd++)
		concerned = concerned || (is_ours(fd) && in_sets(fd, sets));
	if (!concerned)
		return 0;
	for (int fd = 0; fd < count && fd < FD_SETSIZE; fd++) {
		static const short events[3] = {POLLIN, POLLOUT, POLLPRI};

		if (!in_sets(fd, sets))
			continue;
		if (found == MOST_FDS)
			return 0;
		fds[found] = (struct pollfd){.fd = fd};
		for (unsigned i = 0; i < 3; i++)
			if (sets[i] && FD_ISSET(fd, sets[i]))
				fds[found].events |= events[i];
		found++;
	}
	return found;
}

static int select_with_port(struct pollfd *fds, nfds_t count, fd_set *const sets[3], uint64_t ns)
{
	static const short shown[3] = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI};
	int ready = net_concerns(fds, count) ? net_poll(fds, count, ns) : tty_poll(fds, count, ns);
	int total = 0;

	if (ready < 0)
		return (int)result_of(ready);
	for (nfds_t k = 0; k < count; k++)
		for (unsigned i = 0; i < 3; i++) {
			if (!sets[i] || !FD_ISSET(fds[k].fd, sets[i]))
				continue;
			if (fds[k].revents & shown[i])
				total++;
			else
				FD_CLR(fds[k].fd, sets[i]);
		}
	return total;
}

EXPORT int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict except,
		  struct timeval *restrict timeout)
{
	fd_set *const sets[3] = {in, out, except};
	struct pollfd fds[MOST_FDS];
	nfds_t found = collect(count, sets, fds);
	uint64_t ns = UINT64_MAX;

	if (timeout)
		ns = (uint64_t)timeout->tv_sec * 1000000000 + (uint64_t)timeout->tv_usec * 1000;
	if (found)
		return select_with_port(fds, found, sets, ns);
	return libc_select(count, in, out, except, timeout);
}

EXPORT int pselect(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict except,
		   const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
	fd_set *const sets[3] = {in, out, except};
	struct pollfd fds[MOST_FDS];
	nfds_t found = collect(count, sets, fds);
	uint64_t ns = UINT64_MAX;

	if (timeout)
		ns = (uint64_t)timeout->tv_sec * 1000000000 + (uint64_t)timeout->tv_nsec;
	if (found)
		return select_with_port(fds, found, sets, ns);
	return libc_pselect(count, in, out, except, timeout, mask);
}
