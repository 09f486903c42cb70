/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program can ask the server of a serial port; see rig_wire.h. */
#ifndef SIM_TTY_WIRE_H
#define SIM_TTY_WIRE_H

#include "sim/rig/rig_wire.h"

enum tty_wire_op {
	TTY_OPEN,	  /* status: 0, or -EBUSY: another program has it */
	TTY_RATE,	  /* @argument: bits a second */
	TTY_LINES,	  /* @argument: TTY_RTS | TTY_DTR that are asserted */
	TTY_WRITE,	  /* data; status: how many bytes found room */
	TTY_READ,	  /* @argument: the most; status: how many, and data */
	TTY_WAIT,	  /* @argument: deadline; ns: when something can be read, or NEVER */
	TTY_DRAIN,	  /* @argument: how many may be left unsent; ns: when that is so */
	TTY_FLUSH_INPUT,  /* received bytes are thrown away */
	TTY_FLUSH_OUTPUT, /* unsent bytes are thrown away */
	TTY_READABLE,	  /* status: bytes that can be read */
	TTY_UNSENT,	  /* status: bytes that wait to be sent */
	TTY_OPS
};

#define TTY_RTS 1u
#define TTY_DTR 2u

#endif
