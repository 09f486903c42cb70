/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/serprog_client.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Much longer than anything here takes; only a hanging server reaches it. */
#define DEADLINE_MS 60000

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Answers with bytes that count up from the opcode. */
static enum trouble_kind on_spi_op(void *data, const uint8_t *tx, size_t tx_len, uint8_t *rx,
				   size_t rx_len)
{
	struct session *session = data;

	session->spi_ops++;
	session->tx_len = tx_len;
	session->rx_len = rx_len;
	if (tx_len > sizeof(session->tx) || rx_len > READ_MOST)
		abort();
	memcpy(session->tx, tx, tx_len);
	for (size_t i = 0; i < rx_len; i++)
		rx[i] = (uint8_t)((tx_len ? tx[0] : 0) + i);
	return session->spi_result;
}

static enum trouble_kind on_finish(void *data)
{
	struct session *session = data;

	session->finishes++;
	return session->finish_result;
}

static bool on_go_on(void *data)
{
	struct session *session = data;

	if (now_ms() > session->deadline_ms) {
		session->late = true;
		return false;
	}
	return !atomic_load(&session->stop);
}

static void *serve(void *data)
{
	struct session *session = data;

	session->end = serprog_serve(session->server_fd, &session->target);
	close(session->server_fd);
	return NULL;
}

void session_begin(struct session *session)
{
	int fds[2];

	memset(session, 0, sizeof(*session));
	session->target = (struct serprog_target){
		.name = "beken test",
		.write_most = WRITE_MOST,
		.read_most = READ_MOST,
		.spi_hz = 1500000,
		.spi_op = on_spi_op,
		.finish = on_finish,
		.go_on = on_go_on,
		.data = session,
	};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	session->fd = fds[0];
	session_serve_on(session, fds[1]);
}

void session_serve_on(struct session *session, int fd)
{
	session->server_fd = fd;
	session->deadline_ms = now_ms() + DEADLINE_MS;
	assert_int_equal(pthread_create(&session->thread, NULL, serve, session), 0);
}

void session_end(struct session *session)
{
	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
	assert_int_equal(pthread_join(session->thread, NULL), 0);
	assert_false(session->late);
	assert_true(session->finishes > 0);
}

void session_send(struct session *session, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t sent = write(session->fd, at, len);

		assert_true(sent > 0);
		at += sent;
		len -= (size_t)sent;
	}
}

void session_expect(struct session *session, const void *answer, size_t len)
{
	const uint8_t *wanted = answer;
	uint8_t got;

	for (size_t i = 0; i < len; i++) {
		struct pollfd poll_fd = {.fd = session->fd, .events = POLLIN};

		if (poll(&poll_fd, 1, DEADLINE_MS) != 1 || read(session->fd, &got, 1) != 1)
			fail_msg("byte %zu of %zu did not come", i, len);
		if (got != wanted[i])
			fail_msg("byte %zu of %zu is %02x, not %02x", i, len, got, wanted[i]);
	}
}

void session_talk(struct session *session, const void *bytes, size_t len, const void *answer,
		  size_t answer_len)
{
	session_send(session, bytes, len);
	session_expect(session, answer, answer_len);
}
