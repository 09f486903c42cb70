/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.h - a pseudo-terminal as a wire: what an emulator, or socat, offers in place of a serial port.
 * libserialport does not take these. They have no RTS and DTR, and whether the other end follows
 * the rate is its own business.
 */
#ifndef WIRE_PTY_H
#define WIRE_PTY_H

#include "base/observer.h"
#include "programmer/wire/wire.h"

/* Whether @path, or what it is a link to, is one. */
bool pty_is(const char *path);

/* At 115200. NULL with errno: EBUSY if it is open already, here or in another program of this project. */
struct wire *pty_open(const char *path);

#endif
