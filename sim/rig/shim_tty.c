/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE
#include "sim/rig/shim_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sim/rig/shim_ask.h"
#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_others.h"
#include "sim/rig/shim_server.h"
#include "sim/rig/shim_tty_rates.h"
#include "sim/rig/tty_wire.h"

#define QUEUE 4096u /* the kernel's, for bytes to be sent */
#define TENTH_NS UINT64_C(100000000)

static struct rig_peer server = {.lock = PTHREAD_MUTEX_INITIALIZER};
static atomic_int port = -1;
static struct termios settings;
static uint32_t rate;
static unsigned lines;
static bool exclusive;

bool tty_is_path(const char *path)
{
	const char *tty = getenv("BEKEN_SIM_TTY");

	return path && tty && strcmp(path, tty) == 0;
}

bool tty_is_fd(int fd)
{
	return fd >= 0 && fd == atomic_load_explicit(&port, memory_order_relaxed);
}

static int64_t ask_fd(int fd, enum tty_wire_op op, uint64_t argument, const void *out,
		      size_t length, void *in)
{
	if (op == TTY_WAIT)
		argument = rig_time(&server, argument);
	return rig_ask(&server, fd, op, argument, out, length, in, in ? (size_t)argument : 0);
}

static int64_t ask(enum tty_wire_op op, uint64_t argument)
{
	return ask_fd(port, op, argument, NULL, 0, NULL);
}

int tty_open(int flags)
{
	int fd;
	int64_t status;

	if (port >= 0)
		return -EBUSY; /* Linux would share it; nobody who talks to a chip wants that */
	fd = server_connect_to("BEKEN_SIM_TTY_SOCKET", flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	clock_start();
	status = ask_fd(fd, TTY_OPEN, 0, NULL, 0, NULL);
	if (status < 0) {
		libc_close(fd);
		return (int)status;
	}
	if (flags & O_NONBLOCK)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	memset(&settings, 0, sizeof(settings));
	settings.c_iflag = ICRNL | IXON;
	settings.c_oflag = OPOST | ONLCR;
	settings.c_cflag = B9600 | CS8 | CREAD | HUPCL;
	settings.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
	settings.c_cc[VMIN] = 1;
	rate = 9600;
	exclusive = false;
	lines = TTY_RTS | TTY_DTR;
	port = fd;
	ask(TTY_RATE, rate);
	ask(TTY_LINES, lines);
	return fd;
}

void tty_close(int fd)
{
	/* Not only close(): a child of the program may have a copy of the descriptor. */
	ask(TTY_DRAIN, 0);
	port = -1;
	shutdown(fd, SHUT_RDWR);
	libc_close(fd);
}

void tty_forget(void)
{
	port = -1;
}

static bool nonblocking(int fd)
{
	return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

ssize_t tty_read(int fd, void *bytes, size_t count)
{
	cc_t least = settings.c_cc[VMIN], tenths = settings.c_cc[VTIME];
	uint64_t deadline = UINT64_MAX;
	int64_t got;

	if (count > RIG_WIRE_DATA)
		count = RIG_WIRE_DATA;
	got = ask_fd(fd, TTY_READ, count, NULL, 0, bytes);
	if (got || !count)
		return (ssize_t)got;
	if (!least && !tenths)
		return 0;
	if (nonblocking(fd))
		return -EAGAIN;
	if (!least)
		deadline = clock_now() + tenths * TENTH_NS;
	got = ask(TTY_WAIT, deadline);
	if (got < 0)
		return (ssize_t)got;
	if (!got && deadline == UINT64_MAX) {
		/* Nothing will ever arrive. A signal ends the wait, or the end of the server. */
		struct pollfd one = {.fd = fd, .events = POLLIN};

		return libc_ppoll(&one, 1, NULL, NULL) < 0 ? -errno : -EIO;
	}
	if (!got)
		clock_reach(deadline);
	return (ssize_t)ask_fd(fd, TTY_READ, count, NULL, 0, bytes);
}

ssize_t tty_write(int fd, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	size_t done = 0;

	while (done < count) {
		size_t now = count - done < RIG_WIRE_DATA ? count - done : RIG_WIRE_DATA;
		int64_t sent = ask_fd(fd, TTY_WRITE, 0, at + done, now, NULL);

		if (sent < 0)
			return done ? (ssize_t)done : (ssize_t)sent;
		done += (size_t)sent;
		if (done == count)
			break;
		if (nonblocking(fd))
			return done ? (ssize_t)done : -EAGAIN;
		sent = ask(TTY_DRAIN, QUEUE - 256);
		if (sent < 0)
			return (ssize_t)sent;
	}
	return (ssize_t)done;
}

int tty_get(struct termios *result)
{
	*result = settings;
	return 0;
}

static int set_rate(uint32_t wanted)
{
	if (wanted)
		rate = wanted;
	return wanted ? (int)ask(TTY_RATE, rate) : 0;
}

static int before_set(int action)
{
	int status = 0;

	if (action != TCSANOW)
		status = tty_drain();
	if (!status && action == TCSAFLUSH)
		status = tty_flush(TCIFLUSH);
	return status;
}

int tty_set(int action, const struct termios *wanted)
{
	int status = before_set(action);

	if (status)
		return status;
	settings = *wanted;
	return set_rate(tty_rate_of(cfgetospeed(wanted)));
}

int tty_drain(void)
{
	return (int)ask(TTY_DRAIN, 0);
}

int tty_flush(int queue)
{
	int64_t status = 0;

	if (queue != TCOFLUSH)
		status = ask(TTY_FLUSH_INPUT, 0);
	if (!status && queue != TCIFLUSH)
		status = ask(TTY_FLUSH_OUTPUT, 0);
	return (int)status;
}

static int set_lines(unsigned wanted)
{
	lines = wanted;
	return (int)ask(TTY_LINES, lines);
}

static unsigned lines_of(int bits)
{
	return (bits & TIOCM_RTS ? TTY_RTS : 0) | (bits & TIOCM_DTR ? TTY_DTR : 0);
}

static int count_of(int64_t count, void *argument)
{
	if (count < 0)
		return (int)count;
	*(int *)argument = (int)count;
	return 0;
}

static int set_2(int action, const void *argument)
{
	int status = before_set(action);

	if (status)
		return status;
	return set_rate(tty_rates_take_2(argument, &settings));
}

int tty_ioctl(int fd, unsigned long request, void *argument)
{
	(void)fd;
	switch (request) {
	case TIOCMGET:
		*(int *)argument = (lines & TTY_RTS ? TIOCM_RTS : 0) |
				   (lines & TTY_DTR ? TIOCM_DTR : 0) | TIOCM_CTS | TIOCM_DSR |
				   TIOCM_CAR;
		return 0;
	case TIOCMSET:
		return set_lines(lines_of(*(const int *)argument));
	case TIOCMBIS:
		return set_lines(lines | lines_of(*(const int *)argument));
	case TIOCMBIC:
		return set_lines(lines & ~lines_of(*(const int *)argument));
	case TIOCEXCL:
	case TIOCNXCL:
		exclusive = request == TIOCEXCL;
		return 0;
	case TIOCGEXCL:
		*(int *)argument = exclusive;
		return 0;
	case FIONREAD:
		return count_of(ask(TTY_READABLE, 0), argument);
	case TIOCOUTQ:
		return count_of(ask(TTY_UNSENT, 0), argument);
	case TIOCSBRK:
	case TIOCCBRK:
	case TCSBRKP:
		return 0; /* a break says nothing to a bootloader */
	case TCSBRK:
		return tty_drain();
	case TCFLSH:
		return tty_flush((int)(intptr_t)argument);
	case TCGETS:
		tty_rates_give(argument, &settings);
		return 0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF: {
		struct termios wanted;

		tty_rates_take(argument, &wanted);
		return tty_set((int)(request - TCSETS), &wanted);
	}
	case TTY_TCGETS2:
		tty_rates_give_2(argument, &settings, rate);
		return 0;
	case TTY_TCSETS2:
		return set_2(TCSANOW, argument);
	case TTY_TCSETSW2:
		return set_2(TCSADRAIN, argument);
	case TTY_TCSETSF2:
		return set_2(TCSAFLUSH, argument);
	}
	return -ENOTTY;
}

bool tty_concerns(const struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++)
		if (tty_is_fd(fds[i].fd))
			return true;
	return false;
}

/* The port's part of poll(): how many of its entries are ready now, or -errno. */
static int look(struct pollfd *fds, nfds_t count)
{
	int64_t readable = ask(TTY_READABLE, 0), unsent = ask(TTY_UNSENT, 0);
	int ready = 0;

	if (readable < 0 || unsent < 0)
		return -EIO;
	for (nfds_t i = 0; i < count; i++) {
		if (!tty_is_fd(fds[i].fd))
			continue;
		fds[i].revents = 0;
		if (readable)
			fds[i].revents |= fds[i].events & (POLLIN | POLLRDNORM);
		if (unsent < QUEUE - 256)
			fds[i].revents |= fds[i].events & (POLLOUT | POLLWRNORM);
		ready += fds[i].revents != 0;
	}
	return ready;
}

static bool wants(const struct pollfd *fds, nfds_t count, short events)
{
	for (nfds_t i = 0; i < count; i++)
		if (tty_is_fd(fds[i].fd) && fds[i].events & events)
			return true;
	return false;
}

int tty_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns)
{
	const struct timespec at_once = {0, 0};
	uint64_t deadline = UINT64_MAX;
	int others = poll_others(fds, count, &at_once, tty_is_fd), ready;
	int64_t status;

	if (others < 0)
		return others;
	ready = look(fds, count);
	if (ready || others || !timeout_ns)
		return ready < 0 ? ready : others + ready;
	if (timeout_ns < UINT64_MAX / 4)
		deadline = clock_now() + timeout_ns;
	if (wants(fds, count, POLLOUT)) {
		/* There will be room soon, and what can be read by then is noticed as well. */
		status = ask(TTY_DRAIN, QUEUE - 257);
	} else {
		status = ask(TTY_WAIT, wants(fds, count, POLLIN) ? deadline : UINT64_MAX);
		if (status == 0 && deadline != UINT64_MAX)
			clock_reach(deadline);
		else if (status == 0) /* for ever: only other descriptors can end it */
			others = poll_others(fds, count, NULL, tty_is_fd);
	}
	if (status < 0 || others < 0)
		return status < 0 ? (int)status : others;
	ready = look(fds, count);
	return ready < 0 ? ready : others + ready;
}
