/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tty_list.h - the serial ports of USB adapters that are plugged in. Nothing is opened. */
#ifndef WIRE_TTY_LIST_H
#define WIRE_TTY_LIST_H

#include <stddef.h>

#define TTY_PATH 48 /* bytes; "/dev/ttyUSB0" */

/* Their paths, in the order of their numbers; returns how many, at most @room. */
size_t tty_list(char (*paths)[TTY_PATH], size_t room);

#endif
