/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Linux, Documentation/admin-guide/devices.txt: the slaves are 136 to 143. */
#define PTY_MAJOR 136u
#define PTY_MAJORS 8u

#define START_RATE 115200
#define WRITE_MOST_US 2000000
#define LATENCY_US 20000

static const struct {
	uint32_t rate;
	speed_t speed;
} RATES[] = {
	{115200, B115200},   {230400, B230400},	  {460800, B460800},   {500000, B500000},
	{576000, B576000},   {921600, B921600},	  {1000000, B1000000}, {1152000, B1152000},
	{1500000, B1500000}, {2000000, B2000000},
};

struct pty {
	struct wire wire; /* first */
	int fd;
	uint64_t free_us; /* when all that was written would have left a serial port */
};

static struct pty *pty_of(struct wire *wire)
{
	return (struct pty *)wire;
}

bool pty_is(const char *path)
{
	struct stat node;

	return stat(path, &node) == 0 && S_ISCHR(node.st_mode) &&
	       major(node.st_rdev) - PTY_MAJOR < PTY_MAJORS;
}

/* Waits for @events until @deadline; or what happened to the other end. */
static enum trouble_kind wait_for(struct pty *pty, short events, uint64_t deadline)
{
	struct pollfd one = {.fd = pty->fd, .events = events};
	uint64_t now = wire_now_us(&pty->wire), us = deadline > now ? deadline - now : 0;
	struct timespec time = {.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000};

	if (ppoll(&one, 1, &time, NULL) > 0 && !(one.revents & events))
		return TROUBLE_ADAPTER_GONE;
	return TROUBLE_NONE;
}

static bool is_later(ssize_t count, int error)
{
	return count < 0 && (error == EAGAIN || error == EINTR);
}

static enum trouble_kind pty_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	struct pty *pty = pty_of(wire);
	uint64_t now = wire_now_us(wire), deadline;
	enum trouble_kind kind = TROUBLE_NONE;

	if (pty->free_us < now)
		pty->free_us = now;
	pty->free_us += wire_bytes_us(wire, count);
	deadline = pty->free_us + WRITE_MOST_US;
	while (!kind && count) {
		ssize_t sent = write(pty->fd, bytes, count);

		if (sent > 0) {
			bytes += sent;
			count -= (size_t)sent;
		} else if (!is_later(sent, errno)) {
			kind = TROUBLE_ADAPTER_GONE;
		} else if (wire_now_us(wire) >= deadline) {
			kind = TROUBLE_ADAPTER_SILENT;
		} else {
			kind = wait_for(pty, POLLOUT, deadline);
		}
	}
	return kind;
}

static enum trouble_kind pty_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	struct pty *pty = pty_of(wire);
	uint64_t deadline = wire_now_us(wire) + wait_us;
	enum trouble_kind kind = TROUBLE_NONE;

	while (!kind) {
		ssize_t count = read(pty->fd, bytes, most);

		if (count > 0) {
			*got = (size_t)count;
			return TROUBLE_NONE;
		}
		if (!is_later(count, errno))
			return TROUBLE_ADAPTER_GONE;
		if (wire_now_us(wire) >= deadline)
			return TROUBLE_NONE;
		kind = wait_for(pty, POLLIN, deadline);
	}
	return kind;
}

static void pty_sleep_us(struct wire *wire, uint64_t us)
{
	struct timespec left = {.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000};

	(void)wire;
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}

/* What was written is at the other end at once, and takes its time there. */
static enum trouble_kind pty_drain(struct wire *wire)
{
	uint64_t now = wire_now_us(wire), free_us = pty_of(wire)->free_us;

	if (free_us > now)
		wire_sleep_us(wire, free_us - now);
	return TROUBLE_NONE;
}

static enum trouble_kind pty_set_rate(struct wire *wire, uint32_t rate)
{
	struct termios settings;
	int fd = pty_of(wire)->fd;

	for (size_t i = 0; i < sizeof(RATES) / sizeof(RATES[0]); i++) {
		if (RATES[i].rate != rate)
			continue;
		if (tcgetattr(fd, &settings) != 0 || cfsetispeed(&settings, RATES[i].speed) != 0 ||
		    cfsetospeed(&settings, RATES[i].speed) != 0 ||
		    tcsetattr(fd, TCSANOW, &settings) != 0)
			break;
		return TROUBLE_NONE;
	}
	return TROUBLE_ADAPTER_FAULT;
}

static enum trouble_kind pty_set_lines(struct wire *wire, bool asserted)
{
	(void)wire;
	(void)asserted;
	return TROUBLE_NONE;
}

static void pty_close(struct wire *wire)
{
	close(pty_of(wire)->fd);
	free(wire);
}

/*
 * For one program at a time: by a lock that ends with it. TIOCEXCL would outlast it, for as long as
 * the other end is open.
 */
static bool take(struct pty *pty)
{
	if (flock(pty->fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		errno = EBUSY;
	return false;
}

/* Bytes as they are, 8N1. */
static bool set_up(struct pty *pty)
{
	struct termios settings;

	if (!take(pty) || tcgetattr(pty->fd, &settings) != 0)
		return false;
	settings.c_iflag = IGNBRK;
	settings.c_oflag = settings.c_lflag = 0;
	settings.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS);
	settings.c_cflag |= CS8 | CREAD | CLOCAL;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	return tcsetattr(pty->fd, TCSANOW, &settings) == 0 &&
	       pty_set_rate(&pty->wire, START_RATE) == TROUBLE_NONE;
}

struct wire *pty_open(const char *path)
{
	static const struct wire_ops pty_ops = {
		.write = pty_write,
		.read = pty_read,
		.drain = pty_drain,
		.set_rate = pty_set_rate,
		.set_lines = pty_set_lines,
		.now_us = wire_clock_us,
		.sleep_us = pty_sleep_us,
		.close = pty_close,
	};
	struct pty *pty = calloc(1, sizeof(*pty));
	int error;

	if (!pty)
		return NULL;
	pty->wire = (struct wire){
		.ops = &pty_ops,
		.caps = {.kind = "serial port",
			 .rate_most = RATES[sizeof(RATES) / sizeof(RATES[0]) - 1].rate,
			 .latency_us = LATENCY_US},
		.rate = START_RATE};
	snprintf(pty->wire.port, sizeof(pty->wire.port), "%s", path);
	pty->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty->fd >= 0 && set_up(pty))
		return &pty->wire;
	error = errno;
	if (pty->fd >= 0)
		close(pty->fd);
	free(pty);
	errno = error;
	return NULL;
}
