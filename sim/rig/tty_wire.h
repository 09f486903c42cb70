/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shim and the server of a serial port say to each other: one request, one answer, in the
 * machine's own byte order, over a unix socket. Times are nanoseconds since the port was opened.
 */
#ifndef SIM_TTY_WIRE_H
#define SIM_TTY_WIRE_H

#include <stdint.h>

#define TTY_WIRE_DATA 4096u
#define TTY_WIRE_NEVER UINT64_MAX

enum tty_wire_op {
	TTY_OPEN,	  /* status: 0, or -EBUSY: another program has it */
	TTY_RATE,	  /* @argument: bits a second */
	TTY_LINES,	  /* @argument: TTY_RTS | TTY_DTR that are asserted */
	TTY_WRITE,	  /* data; status: how many bytes found room */
	TTY_READ,	  /* @argument: at most so many; status: how many, then data */
	TTY_WAIT,	  /* @argument: deadline; ns: when something can be read, or NEVER */
	TTY_DRAIN,	  /* @argument: so many may be left unsent; ns: when that is so */
	TTY_FLUSH_INPUT,  /* received bytes are thrown away */
	TTY_FLUSH_OUTPUT, /* unsent bytes are thrown away */
	TTY_READABLE,	  /* status: bytes that can be read */
	TTY_UNSENT,	  /* status: bytes that wait to be sent */
	TTY_OPS
};

#define TTY_RTS 1u
#define TTY_DTR 2u

/* Behind a TTY_WRITE come @length bytes. */
struct tty_request {
	uint32_t op, length;
	uint64_t ns, argument;
};

/* Behind the answer to TTY_READ come @status bytes. */
struct tty_answer {
	int64_t status;
	uint64_t ns;
};

#endif
