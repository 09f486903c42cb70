/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tty.h - a serial port as a wire, by libserialport. */
#ifndef WIRE_TTY_H
#define WIRE_TTY_H

#include "base/observer.h"
#include "programmer/wire/wire.h"

/*
 * At 115200, with RTS and DTR asserted, as Linux opens a port: a chip whose CEN is at one of them
 * is held in reset from here on. No other program of this user can open it then.
 *
 * NULL after a trouble, which was raised: NO_ADAPTER, ADAPTER_FORBIDDEN, ADAPTER_IN_USE,
 * ADAPTER_FAULT, NO_MEMORY.
 */
struct wire *tty_open(const char *path, const struct observer *observer);

#endif
