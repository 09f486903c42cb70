/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol between the shim and a server of the rig (tty_wire.h, net_wire.h): one request, one
 * answer, in the machine's own byte order, over a unix socket. Times are nanoseconds of the
 * program's virtual time.
 */
#ifndef SIM_RIG_WIRE_H
#define SIM_RIG_WIRE_H

#include <stdint.h>

#define RIG_WIRE_DATA 4096u
#define RIG_WIRE_NEVER UINT64_MAX

/* @length bytes follow. */
struct rig_request {
	uint32_t op, length;
	uint64_t ns, argument;
};

/* @length bytes follow. */
struct rig_answer {
	int64_t status;
	uint64_t ns; /* the time now; NEVER: unchanged */
	uint32_t length, unused;
};

#endif
