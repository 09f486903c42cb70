/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/tty_line.h"
#include "programmer/adapters/node_ioctl.h"
#include "programmer/adapters/node_trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PREFIX_LENGTH 4 /* "rts:" */

struct tty_cen {
	struct cen cen;
	int fd, line; /* TIOCM_RTS or TIOCM_DTR */
};

static int line_of(const char *value)
{
	if (strncmp(value, "rts:", PREFIX_LENGTH) == 0)
		return TIOCM_RTS;
	return strncmp(value, "dtr:", PREFIX_LENGTH) == 0 ? TIOCM_DTR : 0;
}

bool tty_line_is(const char *value)
{
	return line_of(value) && value[PREFIX_LENGTH] == '/';
}

static enum trouble_kind set_level(struct cen *cen, bool level)
{
	struct tty_cen *tty = (struct tty_cen *)cen;

	if (node_ioctl(tty->fd, level ? TIOCMBIC : TIOCMBIS, &tty->line) == 0)
		return TROUBLE_NONE;
	return errno == EIO || errno == ENODEV ? TROUBLE_ADAPTER_GONE : TROUBLE_ADAPTER_FAULT;
}

static void close_line(struct cen *cen)
{
	struct tty_cen *tty = (struct tty_cen *)cen;

	if (tty->fd >= 0) {
		set_level(cen, true);
		close(tty->fd);
	}
	free(tty);
}

static const struct cen_ops tty_ops = {.set = set_level, .close = close_line};

/* Exclusive use of the port, whose driver leaves the lines alone until it is closed; or errno. */
static int set_up(const struct tty_cen *tty)
{
	int exclusive = 0;
	struct termios settings;

	/* Root may open a port of which another program has exclusive use. */
	if (node_ioctl(tty->fd, TIOCGEXCL, &exclusive) == 0 && exclusive)
		return EBUSY;
	if (node_ioctl(tty->fd, TIOCEXCL, NULL) || tcgetattr(tty->fd, &settings))
		return errno;
	settings.c_cflag |= HUPCL | CLOCAL;
	settings.c_cflag &= ~(tcflag_t)CRTSCTS;
	return tcsetattr(tty->fd, TCSANOW, &settings) ? errno : 0;
}

struct cen *tty_line_open(const struct cen_wish *wish, const struct observer *observer)
{
	const char *path = wish->value + PREFIX_LENGTH, *name = strrchr(path, '/') + 1;
	struct tty_cen *tty = calloc(1, sizeof(*tty));
	int error;

	if (!tty) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	tty->cen.ops = &tty_ops;
	tty->line = line_of(wish->value);
	snprintf(tty->cen.name, sizeof(tty->cen.name), "%s of %.32s",
		 tty->line == TIOCM_RTS ? "RTS" : "DTR", name);
	/* Without O_NONBLOCK opening may wait for a modem's carrier. */
	tty->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	error = tty->fd < 0 ? errno : 0;
	if (!error && set_level(&tty->cen, true))
		error = errno;
	if (!error)
		error = set_up(tty);
	if (!error)
		return &tty->cen;
	raise_node(observer, error, path);
	close_line(&tty->cen);
	return NULL;
}
