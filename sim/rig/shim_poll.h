/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poll() for a set of descriptors with USB nodes among them, and the table of
 * the nodes that this process has open.
 */
#ifndef SIM_SHIM_POLL_H
#define SIM_SHIM_POLL_H

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "sim/rig/shim_node.h"

#define SHIM_MAX_FDS 1024

/* Guards the nodes and the table. */
extern pthread_mutex_t shim_lock;

/* The node behind a descriptor, or NULL. The caller has the lock. */
struct node *shim_node(int fd);
void shim_set_node(int fd, struct node *node);

/*
 * An event descriptor is how the threads of a program wake each other: whether one is ready is
 * checked only now and then, as that costs more time than everything else. close() ends it.
 */
void shim_note_event(int fd, bool is_event);

/* Before somebody sleeps or ends: send whatever is collected. Takes the lock. */
void shim_sync_all(void);

/* Are there nodes in the set? Takes the lock. */
bool shim_concerns(const struct pollfd *fds, nfds_t count);

/* As poll(); @timeout_ns: UINT64_MAX is for ever. Takes the lock. */
int shim_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns, const sigset_t *mask);

#endif
