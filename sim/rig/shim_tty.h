/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial port that a chip is connected to: what a program does with its descriptor goes to the
 * server (tty_wire.h), in the shim's virtual time.
 *
 *   BEKEN_SIM_TTY         the path that the program opens (/dev/ttyUSB0)
 *   BEKEN_SIM_TTY_SOCKET  unix socket of the server
 *
 * Functions give -errno when they fail. They take no lock: the one port has one owner, and the
 * exchange with the server has a lock of its own.
 */
#ifndef SIM_SHIM_TTY_H
#define SIM_SHIM_TTY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

/* Whether @path is the port. */
bool tty_is_path(const char *path);

/* Returns the descriptor. The port asserts RTS and DTR, as Linux does. -EBUSY: another has it. */
int tty_open(int flags);
bool tty_is_fd(int fd);
void tty_close(int fd);

/* After fork(): the port is the parent's. */
void tty_forget(void);

ssize_t tty_read(int fd, void *bytes, size_t count);
ssize_t tty_write(int fd, const void *bytes, size_t count);
int tty_ioctl(int fd, unsigned long request, void *argument);

/* Whether the port is among them. */
bool tty_concerns(const struct pollfd *fds, nfds_t count);

/* As poll(); the others in @fds are polled first, and time advances if none is ready. */
int tty_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns);

/* As tcgetattr(), tcsetattr(); a rate that has no name is asked for by TCSETS2. */
int tty_get(struct termios *settings);
int tty_set(int action, const struct termios *settings);
int tty_drain(void);
int tty_flush(int queue);

#endif
