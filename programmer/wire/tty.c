/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "programmer/wire/pty.h"

#define START_RATE 115200
#define RATE_MOST 4000000

/* A USB adapter that accepts no byte for this long hangs. */
#define WRITE_MOST_MS 2000
#define DRAIN_STEP_US 500
#define DRAIN_MOST_US 2000000

/*
 * The most that a CH340, a CP2102 or an FT232 with its timer at 1 ms, and the host, add to an
 * answer.
 */
#define LATENCY_US 20000

struct tty {
	struct wire wire; /* first */
	struct sp_port *port;
};

static struct tty *tty_of(struct wire *wire)
{
	return (struct tty *)wire;
}

/* The meaning of libserialport's failure while the port is open. */
static enum trouble_kind kind_of(enum sp_return status)
{
	if (status != SP_ERR_FAIL)
		return status == SP_ERR_MEM ? TROUBLE_NO_MEMORY : TROUBLE_ADAPTER_FAULT;
	switch (sp_last_error_code()) {
	case EIO:
	case ENODEV:
	case ENXIO:
		return TROUBLE_ADAPTER_GONE;
	default:
		return TROUBLE_ADAPTER_FAULT;
	}
}

/* Rounds up to milliseconds: libserialport takes 0 for ever. */
static unsigned ms_of(uint32_t us)
{
	return us / 1000 + 1;
}

static enum trouble_kind tty_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	unsigned most_ms = WRITE_MOST_MS + ms_of(wire_bytes_us(wire, count));
	enum sp_return sent = sp_blocking_write(tty_of(wire)->port, bytes, count, most_ms);

	if (sent < 0)
		return kind_of(sent);
	return (size_t)sent == count ? TROUBLE_NONE : TROUBLE_ADAPTER_SILENT;
}

/* A port that was unplugged reads like one on which nothing arrives. */
static bool is_gone(const struct tty *tty)
{
	struct pollfd one = {.events = POLLIN};

	if (sp_get_port_handle(tty->port, &one.fd) != SP_OK)
		return true;
	return poll(&one, 1, 0) > 0 && one.revents & (POLLHUP | POLLERR | POLLNVAL);
}

static enum trouble_kind tty_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	struct tty *tty = tty_of(wire);
	enum sp_return count = sp_nonblocking_read(tty->port, bytes, most);

	if (count == 0 && wait_us)
		count = sp_blocking_read_next(tty->port, bytes, most, ms_of(wait_us));
	if (count < 0)
		return kind_of(count);
	*got = (size_t)count;
	return count == 0 && wait_us && is_gone(tty) ? TROUBLE_ADAPTER_GONE : TROUBLE_NONE;
}

/*
 * tcdrain() has no deadline. Besides the bytes in the kernel, an adapter may hold some of its own,
 * which cannot be asked for.
 */
static enum trouble_kind tty_drain(struct wire *wire)
{
	uint64_t begin = wire_now_us(wire);
	enum sp_return left;

	for (;;) {
		left = sp_output_waiting(tty_of(wire)->port);
		if (left < 0)
			return kind_of(left);
		if (left == 0)
			break;
		if (wire_now_us(wire) - begin > DRAIN_MOST_US)
			return TROUBLE_ADAPTER_SILENT;
		wire_sleep_us(wire, DRAIN_STEP_US + wire_bytes_us(wire, (size_t)left));
	}
	return TROUBLE_NONE;
}

static enum trouble_kind tty_set_rate(struct wire *wire, uint32_t rate)
{
	enum sp_return status = sp_set_baudrate(tty_of(wire)->port, (int)rate);

	return status == SP_OK ? TROUBLE_NONE : kind_of(status);
}

static enum trouble_kind tty_set_lines(struct wire *wire, bool asserted)
{
	struct sp_port *port = tty_of(wire)->port;
	enum sp_return rts = sp_set_rts(port, asserted ? SP_RTS_ON : SP_RTS_OFF);
	enum sp_return dtr = sp_set_dtr(port, asserted ? SP_DTR_ON : SP_DTR_OFF);

	if (rts != SP_OK)
		return kind_of(rts);
	return dtr == SP_OK ? TROUBLE_NONE : kind_of(dtr);
}

static void tty_sleep_us(struct wire *wire, uint64_t us)
{
	struct timespec left = {.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000};

	(void)wire;
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}

static void tty_close(struct wire *wire)
{
	struct tty *tty = tty_of(wire);

	sp_close(tty->port);
	sp_free_port(tty->port);
	free(tty);
}

/*
 * An FT232 holds received bytes for 16 ms, and with this for 1 ms. Other drivers and ports do not
 * have this setting, and do not need it.
 */
static void ask_for_low_latency(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial) != 0)
		return;
	serial.flags |= (int)ASYNC_LOW_LATENCY;
	ioctl(fd, TIOCSSERIAL, &serial);
}

static enum sp_return set_up(struct sp_port *port)
{
	enum sp_return status = sp_set_baudrate(port, START_RATE);

	if (status == SP_OK)
		status = sp_set_bits(port, 8);
	if (status == SP_OK)
		status = sp_set_parity(port, SP_PARITY_NONE);
	if (status == SP_OK)
		status = sp_set_stopbits(port, 1);
	if (status == SP_OK)
		status = sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE);
	return status;
}

/* libserialport accepts only ports in /sys/class/tty, and does not say why it rejects others. */
static int error_of(const char *path, enum sp_return status)
{
	if (status == SP_ERR_FAIL)
		return sp_last_error_code();
	if (status == SP_ERR_MEM)
		return ENOMEM;
	return access(path, F_OK) == 0 ? ENOTTY : errno;
}

static void raise_open(const char *path, int error, const struct observer *observer)
{
	struct trouble trouble;

	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		trouble = trouble_seen(TROUBLE_NO_ADAPTER, "there is no serial port %s", path);
		trouble_set_next(&trouble, "Is the adapter plugged in? dmesg shows the port of the "
					   "one plugged in last");
		break;
	case EACCES:
	case EPERM:
		trouble = trouble_seen(TROUBLE_ADAPTER_FORBIDDEN, "no permission to open %s: %s",
				       path, strerror(error));
		trouble_set_next(&trouble,
				 "Add yourself to the group of the port (ls -l %s, mostly "
				 "dialout) and log in again",
				 path);
		break;
	case EBUSY:
		trouble = trouble_seen(TROUBLE_ADAPTER_IN_USE, "%s is in use by another program",
				       path);
		trouble_set_next(&trouble, "Close it: a terminal, or ModemManager");
		break;
	case ENOMEM:
		trouble = trouble_seen(TROUBLE_NO_MEMORY, "out of memory");
		break;
	default:
		trouble = trouble_seen(TROUBLE_ADAPTER_FAULT,
				       "%s cannot be used as a serial port: %s", path,
				       strerror(error));
	}
	trouble_add_text(&trouble, "port", "%s", path);
	observer_tell(observer, &trouble);
}

/* libserialport knows no links, such as those in /dev/serial/by-id. */
static enum sp_return find(const char *path, struct sp_port **port)
{
	enum sp_return status = sp_get_port_by_name(path, port);
	char real[PATH_MAX];

	if (status == SP_ERR_ARG && realpath(path, real))
		status = sp_get_port_by_name(real, port);
	return status;
}

static struct wire *open_pty(const char *path, const struct observer *observer)
{
	struct wire *wire = pty_open(path);

	if (!wire)
		raise_open(path, errno, observer);
	return wire;
}

struct wire *tty_open(const char *path, const struct observer *observer)
{
	static const struct wire_ops tty_ops = {
		.write = tty_write,
		.read = tty_read,
		.drain = tty_drain,
		.set_rate = tty_set_rate,
		.set_lines = tty_set_lines,
		.now_us = wire_clock_us,
		.sleep_us = tty_sleep_us,
		.close = tty_close,
	};
	struct tty *tty = calloc(1, sizeof(*tty));
	enum sp_return status;
	int fd = -1;

	if (!tty) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	status = find(path, &tty->port);
	if (status == SP_ERR_ARG && pty_is(path)) {
		free(tty);
		return open_pty(path, observer);
	}
	if (status == SP_OK)
		status = sp_open(tty->port, SP_MODE_READ_WRITE);
	if (status != SP_OK)
		goto err_open;
	status = set_up(tty->port);
	if (status == SP_OK)
		status = sp_get_port_handle(tty->port, &fd);
	if (status != SP_OK)
		goto err_close;
	/* A flashrom that is started later must not keep the port open. */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	ask_for_low_latency(fd);
	tty->wire.ops = &tty_ops;
	tty->wire.caps = (struct wire_caps){.kind = "serial port",
					    .lines = true,
					    .rate_most = RATE_MOST,
					    .latency_us = LATENCY_US};
	tty->wire.rate = START_RATE;
	snprintf(tty->wire.port, sizeof(tty->wire.port), "%s", path);
	return &tty->wire;

err_close:
	raise_open(path, error_of(path, status), observer);
	sp_close(tty->port);
	goto err_port;
err_open:
	raise_open(path, error_of(path, status), observer);
err_port:
	sp_free_port(tty->port);
	free(tty);
	return NULL;
}
