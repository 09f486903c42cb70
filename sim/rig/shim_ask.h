/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the shim asks a server of the rig (rig_wire.h): one request at the present time, and the
 * clock advances to the time in the answer. From its first answer a process learns which time of
 * the model its own clock began at.
 */
#ifndef SIM_SHIM_ASK_H
#define SIM_SHIM_ASK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A server; one at least, however many descriptors lead to it. Begins with a lock and zeros. */
struct rig_peer {
	pthread_mutex_t lock;
	uint64_t base_ns;
	bool has_base;
};

/*
 * The reply fills at most @room bytes of @in. Returns the answer's status, or -ESHUTDOWN: the
 * server is gone. The descriptor may be non-blocking: this waits all the same.
 */
int64_t rig_ask(struct rig_peer *peer, int fd, uint32_t op, uint64_t argument, const void *out,
		size_t length, void *in, size_t room);

/* Convert a time of the program to the server's, and back; UINT64_MAX stays. */
uint64_t rig_time(const struct rig_peer *peer, uint64_t ns);
uint64_t rig_own_time(const struct rig_peer *peer, uint64_t ns);

#endif
