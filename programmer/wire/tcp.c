/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE 115200
#define CONNECT_MOST_MS 5000
#define WRITE_MOST_US 3000000

/* How often a request to the relay is continued while it is being answered. */
#define STEP_US 5000

/*
 * UartTCP collects bytes for 10 ms or more and pauses for 5 ms, in each direction, and a Wi-Fi
 * takes some tens of milliseconds, now and then many more; one that saves power some hundreds.
 */
#define LATENCY_US 400000
#define JITTER_US 60000

/* A relay moves, a capacitor at CEN is charged, and the chip starts. */
#define LINES_US 700000

/* A helper that hangs up this often will do so again. */
#define RECONNECTS 3

struct tcp {
	struct wire wire; /* first */
	int fd;		  /* -1: it hung up, and was not connected again */
	struct net_addresses found;
	unsigned reconnects;
	struct relay *relay; /* NULL: nobody moves CEN */
	bool holds;	     /* the relay was told to be off, and has not confirmed that it is on */
	bool releases;	     /* it was last told to be on */
	const struct observer *observer;
};

static struct tcp *tcp_of(struct wire *wire)
{
	return (struct tcp *)wire;
}

static bool is_connected(const struct tcp *tcp)
{
	return tcp->fd >= 0;
}

/*
 * A helper that hung up is like one that is silent, until the link looks for the chip again and so
 * changes its lines.
 */
static void hang_up(struct tcp *tcp, int error)
{
	snprintf(tcp->wire.why, sizeof(tcp->wire.why), "%s closed the connection%s%s",
		 tcp->wire.port, error ? ": " : "", error ? strerror(error) : "");
	close(tcp->fd);
	tcp->fd = -1;
}

/* The relay's result, once there is one. */
static enum trouble_kind relay_trouble(struct tcp *tcp)
{
	const char *why;
	enum trouble_kind kind;

	if (!tcp->relay || relay_busy(tcp->relay))
		return TROUBLE_NONE;
	kind = relay_result(tcp->relay, &why);
	if (kind)
		snprintf(tcp->wire.why, sizeof(tcp->wire.why), "%s", why);
	else if (tcp->releases)
		tcp->holds = false;
	return kind;
}

static bool tcp_lines_busy(struct wire *wire)
{
	return tcp_of(wire)->relay && relay_busy(tcp_of(wire)->relay);
}

/* Waits a moment, at most until @deadline. */
static void wait_for(struct tcp *tcp, short events, uint64_t deadline)
{
	struct pollfd one = {.fd = tcp->fd, .events = events};
	uint64_t now = wire_now_us(&tcp->wire), us = deadline > now ? deadline - now : 0;
	struct timespec time;

	if (us > STEP_US && tcp_lines_busy(&tcp->wire))
		us = STEP_US;
	time = (struct timespec){.tv_sec = (time_t)(us / 1000000),
				 .tv_nsec = (long)(us % 1000000) * 1000};
	/* A broken connection would end the wait at once each time. */
	if (is_connected(tcp) && events)
		ppoll(&one, 1, &time, NULL);
	else
		nanosleep(&time, NULL);
}

static bool is_later(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static enum trouble_kind tcp_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	struct tcp *tcp = tcp_of(wire);
	uint64_t deadline = wire_now_us(wire) + WRITE_MOST_US + wire_bytes_us(wire, count);

	while (count && is_connected(tcp)) {
		ssize_t sent = send(tcp->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
		int error = errno;
		enum trouble_kind kind = relay_trouble(tcp);

		if (kind)
			return kind;
		if (sent < 0 && !is_later(error)) {
			hang_up(tcp, error);
		} else if (sent > 0) {
			bytes += sent;
			count -= (size_t)sent;
		} else if (wire_now_us(wire) > deadline) {
			return TROUBLE_ADAPTER_SILENT;
		} else {
			wait_for(tcp, POLLOUT, deadline);
		}
	}
	return TROUBLE_NONE;
}

static enum trouble_kind tcp_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	struct tcp *tcp = tcp_of(wire);
	uint64_t deadline = wire_now_us(wire) + wait_us;

	for (;;) {
		enum trouble_kind kind = relay_trouble(tcp);
		ssize_t count;
		int error;

		/* Whoever waits for the relay is told, also if the chip never stops to talk. */
		if (kind)
			return kind;
		count = is_connected(tcp) ? recv(tcp->fd, bytes, most, MSG_DONTWAIT) : -1;
		error = errno;
		if (count > 0) {
			*got = (size_t)count;
			return TROUBLE_NONE;
		}
		if (is_connected(tcp) && (count == 0 || !is_later(error)))
			hang_up(tcp, count ? error : 0);
		if (wire_now_us(wire) >= deadline)
			return TROUBLE_NONE;
		wait_for(tcp, POLLIN, deadline);
	}
}

/* Nobody knows how much the helper still has to send. */
static enum trouble_kind tcp_drain(struct wire *wire)
{
	(void)wire;
	return TROUBLE_NONE;
}

static enum trouble_kind tcp_set_rate(struct wire *wire, uint32_t rate)
{
	(void)wire;
	return rate == RATE ? TROUBLE_NONE : TROUBLE_ADAPTER_FAULT;
}

/* Returns the descriptor, or -1 with errno. */
static int connect_one(const struct sockaddr *address, socklen_t length)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	int error = 0, yes = 1;
	socklen_t size = sizeof(error);

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (connect(fd, address, length) == 0)
		return fd;
	if (errno != EINPROGRESS)
		error = errno;
	else if (poll(&one, 1, CONNECT_MOST_MS) <= 0)
		error = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

static int connect_any(const struct net_addresses *found)
{
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < found->count; i++)
		fd = connect_one((const struct sockaddr *)&found->address[i], found->length[i]);
	return fd;
}

static enum trouble_kind connect_again(struct tcp *tcp)
{
	if (!is_connected(tcp) && tcp->reconnects++ < RECONNECTS)
		tcp->fd = connect_any(&tcp->found);
	if (!is_connected(tcp))
		return TROUBLE_NET_CLOSED;
	tcp->wire.why[0] = '\0';
	return TROUBLE_NONE;
}

static enum trouble_kind tcp_set_lines(struct wire *wire, bool asserted)
{
	struct tcp *tcp = tcp_of(wire);
	enum trouble_kind kind = connect_again(tcp);

	if (kind || !tcp->relay)
		return kind;
	relay_wait(tcp->relay);
	kind = relay_trouble(tcp);
	/* What failed before is no reason to keep the chip in reset. */
	if (kind && asserted)
		return kind;
	tcp->holds |= asserted;
	tcp->releases = !asserted;
	relay_set(tcp->relay, !asserted);
	if (asserted)
		relay_wait(tcp->relay);
	return relay_trouble(tcp);
}

static void tcp_sleep_us(struct wire *wire, uint64_t us)
{
	uint64_t end = wire_now_us(wire) + us, now;

	while ((now = wire_now_us(wire)) < end)
		wait_for(tcp_of(wire), 0, end);
}

static void release_at_last(struct tcp *tcp)
{
	relay_wait(tcp->relay);
	relay_trouble(tcp);
	if (!tcp->holds)
		return;
	tcp->releases = true;
	relay_set(tcp->relay, true);
	relay_wait(tcp->relay);
	relay_trouble(tcp);
	if (tcp->holds)
		observer_note(tcp->observer, NOTE_WARN, TROUBLE_HELPER_REFUSED,
			      "the helper has not confirmed that its relay is on again, so CEN may "
			      "still be low, which holds the chip in reset: switch the relay on by "
			      "hand (%s)",
			      tcp->wire.why);
}

static void tcp_close(struct wire *wire)
{
	struct tcp *tcp = tcp_of(wire);

	if (tcp->relay)
		release_at_last(tcp);
	relay_free(tcp->relay);
	if (is_connected(tcp))
		close(tcp->fd);
	free(tcp);
}

static void raise_no_bridge(const struct wire *wire, int error, const struct observer *observer)
{
	struct trouble trouble = trouble_seen(TROUBLE_NO_ADAPTER, "nothing answers at %s: %s",
					      wire->port, strerror(error));

	trouble_set_next(&trouble, "Is the helper in this network, and does its driver run? Of "
				   "OpenBeken: startDriver UartTCP 115200 8192");
	trouble_add_text(&trouble, "port", "%s", wire->port);
	observer_tell(observer, &trouble);
}

static void set_up(struct tcp *tcp, const struct tcp_options *options)
{
	static const struct wire_ops tcp_ops = {
		.write = tcp_write,
		.read = tcp_read,
		.drain = tcp_drain,
		.set_rate = tcp_set_rate,
		.set_lines = tcp_set_lines,
		.lines_busy = tcp_lines_busy,
		.now_us = wire_clock_us,
		.sleep_us = tcp_sleep_us,
		.close = tcp_close,
	};
	char host[NET_PLACE_TEXT];

	tcp->wire.ops = &tcp_ops;
	tcp->wire.caps = (struct wire_caps){.kind = "network",
					    .lines = options->relay != RELAY_NONE,
					    .rate_most = RATE,
					    .latency_us = LATENCY_US,
					    .jitter_us = JITTER_US,
					    .lines_us = LINES_US};
	tcp->wire.rate = RATE;
	snprintf(tcp->wire.port, sizeof(tcp->wire.port), "tcp:%s:%u",
		 net_place_host(&options->place, host), options->place.number);
}

struct wire *tcp_open(const struct tcp_options *options, const struct observer *observer)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (!tcp) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	set_up(tcp, options);
	tcp->observer = observer;
	if (!net_place_find(&options->place, options->place.number, &tcp->found, observer))
		goto err;
	if (options->relay != RELAY_NONE) {
		tcp->relay = relay_open(options->relay, &options->relay_place, observer);
		if (!tcp->relay)
			goto err;
	}
	tcp->fd = connect_any(&tcp->found);
	if (is_connected(tcp))
		return &tcp->wire;
	raise_no_bridge(&tcp->wire, errno, observer);
err:
	relay_free(tcp->relay);
	free(tcp);
	return NULL;
}
