/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_poll.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"

pthread_mutex_t shim_lock = PTHREAD_MUTEX_INITIALIZER;
static struct node *nodes[SHIM_MAX_FDS];
static atomic_bool events[SHIM_MAX_FDS];

/* Number of polls with only event descriptors and nodes since the last check. */
#define UNSEEN_MOST 16
static atomic_uint unseen;

struct node *shim_node(int fd)
{
	return fd >= 0 && fd < SHIM_MAX_FDS ? nodes[fd] : NULL;
}

void shim_set_node(int fd, struct node *node)
{
	nodes[fd] = node;
}

void shim_note_event(int fd, bool is_event)
{
	if (fd >= 0 && fd < SHIM_MAX_FDS)
		atomic_store(&events[fd], is_event);
}

void shim_sync_all(void)
{
	pthread_mutex_lock(&shim_lock);
	for (int fd = 0; fd < SHIM_MAX_FDS; fd++)
		if (nodes[fd])
			node_next(nodes[fd], true);
	pthread_mutex_unlock(&shim_lock);
}

bool shim_concerns(const struct pollfd *fds, nfds_t count)
{
	bool concerned = false;

	pthread_mutex_lock(&shim_lock);
	for (nfds_t i = 0; i < count && !concerned; i++)
		concerned = shim_node(fds[i].fd);
	pthread_mutex_unlock(&shim_lock);
	return concerned;
}

/* The nodes' part of poll(), with the lock held: how many are ready now. */
static int look(struct pollfd *fds, nfds_t count)
{
	int ready = 0;

	for (nfds_t i = 0; i < count; i++) {
		struct node *node = shim_node(fds[i].fd);

		if (!node)
			continue;
		fds[i].revents = 0;
		if (node_gone(node))
			fds[i].revents = POLLERR | POLLHUP;
		if (node_ready(node))
			fds[i].revents |= fds[i].events & (POLLOUT | POLLWRNORM);
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* The time of the earliest event on any of the nodes. */
static uint64_t next(struct pollfd *fds, nfds_t count, bool all)
{
	uint64_t first = UINT64_MAX;

	for (nfds_t i = 0; i < count; i++) {
		struct node *node = shim_node(fds[i].fd);
		uint64_t ns = node ? node_next(node, all) : UINT64_MAX;

		if (ns < first)
			first = ns;
	}
	return first;
}

static bool busy(const struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++)
		if (shim_node(fds[i].fd) && node_busy(shim_node(fds[i].fd)))
			return true;
	return false;
}

/*
 * A poll() in real time, with the nodes' entries in @fds left out (@sockets:
 * watched for the server's end). Returns the number of ready others, or -errno.
 */
static int real_poll(struct pollfd *fds, nfds_t count, bool sockets, const struct timespec *timeout,
		     const sigset_t *mask)
{
	struct pollfd some[64], *copy = count <= 64 ? some : calloc(count, sizeof(*copy));
	int result, ready = 0;

	if (!copy)
		return -ENOMEM;
	pthread_mutex_lock(&shim_lock);
	for (nfds_t i = 0; i < count; i++) {
		copy[i] = fds[i];
		copy[i].revents = 0;
		if (shim_node(fds[i].fd)) {
			copy[i].events = POLLIN;
			if (!sockets)
				copy[i].fd = -1;
		}
	}
	pthread_mutex_unlock(&shim_lock);
	result = libc_ppoll(copy, count, timeout, mask);
	if (result < 0)
		result = -errno;
	pthread_mutex_lock(&shim_lock);
	for (nfds_t i = 0; result >= 0 && i < count; i++) {
		struct node *node = shim_node(fds[i].fd);

		if (node) {
			if (copy[i].revents)
				node_hangup(node);
			continue;
		}
		fds[i].revents = copy[i].revents;
		ready += copy[i].revents != 0;
	}
	pthread_mutex_unlock(&shim_lock);
	if (copy != some)
		free(copy);
	return result < 0 ? result : ready;
}

/*
 * One step, with the lock held: either the result of poll(), or -EAGAIN; then the caller has to
 * wait in real time, because nothing virtual happens until this process does something.
 */
static int step(struct pollfd *fds, nfds_t count, uint64_t deadline)
{
	int ready = look(fds, count);
	uint64_t first;

	if (ready)
		return ready;
	first = next(fds, count, false);
	if (first > deadline || first == UINT64_MAX)
		first = next(fds, count, true);
	if (first <= deadline && first != UINT64_MAX) {
		clock_reach(first);
		return look(fds, count);
	}
	if (deadline == UINT64_MAX || !busy(fds, count))
		return -EAGAIN;
	clock_reach(deadline);
	return 0;
}

/* Whether the others in @fds have to be asked before virtual time may go on. */
static bool may_be_ready(struct pollfd *fds, nfds_t count)
{
	for (nfds_t i = 0; i < count; i++) {
		int fd = fds[i].fd;

		if (fd < 0 || shim_node(fd))
			continue;
		if (fd >= SHIM_MAX_FDS || !events[fd])
			return true;
		fds[i].revents = 0;
	}
	if (atomic_fetch_add(&unseen, 1) < UNSEEN_MOST)
		return false;
	unseen = 0;
	return true;
}

int shim_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns, const sigset_t *mask)
{
	const struct timespec at_once = {0, 0};
	uint64_t deadline = UINT64_MAX;
	int others = 0, ready;

	if (timeout_ns < UINT64_MAX - clock_now())
		deadline = clock_now() + timeout_ns;
	for (;;) {
		struct timespec wait = {.tv_sec = (time_t)(timeout_ns / 1000000000),
					.tv_nsec = (long)(timeout_ns % 1000000000)};

		if (count > 1 && may_be_ready(fds, count))
			others = real_poll(fds, count, false, &at_once, mask);
		if (others < 0)
			return others;
		pthread_mutex_lock(&shim_lock);
		ready = others ? look(fds, count) : step(fds, count, deadline);
		pthread_mutex_unlock(&shim_lock);
		if (ready != -EAGAIN)
			return others + ready;

		others = real_poll(fds, count, true, deadline == UINT64_MAX ? NULL : &wait, mask);
		if (others < 0)
			return others;
		pthread_mutex_lock(&shim_lock);
		ready = look(fds, count);
		if (!others && !ready && deadline != UINT64_MAX)
			clock_reach(deadline);
		pthread_mutex_unlock(&shim_lock);
		if (others || ready || deadline != UINT64_MAX)
			return others + ready;
	}
}
