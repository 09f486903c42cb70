/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE
#include "sim/rig/shim_ask.h"

#include <errno.h>
#include <sys/socket.h>

#include "sim/rig/rig_wire.h"
#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"

static bool wait_for(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};

	return errno == EINTR || (errno == EAGAIN && libc_ppoll(&one, 1, NULL, NULL) >= 0) ||
	       errno == EINTR;
}

static bool send_all(int fd, const void *bytes, size_t length, int flags)
{
	const uint8_t *at = bytes;

	while (length) {
		ssize_t n = libc_send(fd, at, length, MSG_NOSIGNAL | flags);

		if (n < 0 && !wait_for(fd, POLLOUT))
			return false;
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
	return true;
}

static bool receive_all(int fd, void *bytes, size_t length)
{
	uint8_t *at = bytes;

	while (length) {
		ssize_t n = libc_recv(fd, at, length, 0);

		if (n == 0 || (n < 0 && !wait_for(fd, POLLIN)))
			return false;
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
	return true;
}

uint64_t rig_time(const struct rig_peer *peer, uint64_t ns)
{
	return ns > UINT64_MAX / 2 ? RIG_WIRE_NEVER : peer->base_ns + ns;
}

uint64_t rig_own_time(const struct rig_peer *peer, uint64_t ns)
{
	return ns == RIG_WIRE_NEVER ? ns : ns - peer->base_ns;
}

int64_t rig_ask(struct rig_peer *peer, int fd, uint32_t op, uint64_t argument, const void *out,
		size_t length, void *in, size_t room)
{
	struct rig_request request = {
		.op = op,
		.length = (uint32_t)length,
		.ns = rig_time(peer, clock_now()),
		.argument = argument,
	};
	struct rig_answer answer;
	bool good;

	pthread_mutex_lock(&peer->lock);
	good = send_all(fd, &request, sizeof(request), length ? MSG_MORE : 0) &&
	       send_all(fd, out, length, 0) && receive_all(fd, &answer, sizeof(answer)) &&
	       answer.length <= room && receive_all(fd, in, answer.length);
	pthread_mutex_unlock(&peer->lock);
	if (!good)
		return -ESHUTDOWN;
	if (answer.ns == RIG_WIRE_NEVER)
		return answer.status;
	if (!peer->has_base)
		peer->base_ns = answer.ns - clock_now();
	peer->has_base = true;
	clock_reach(rig_own_time(peer, answer.ns));
	return answer.status;
}
