/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serprog_client.h - the other end of serprog_serve(), which runs in a thread on one end of a
 * socket pair.
 */
#ifndef TESTS_SERPROG_CLIENT_H
#define TESTS_SERPROG_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>

#include "programmer/serprog.h"

#define WRITE_MOST 256
#define READ_MOST 4096

struct session {
	int fd; /* the client's end */
	int server_fd;
	pthread_t thread;
	struct serprog_target target;
	enum serprog_end end;

	/* What the target received. */
	unsigned spi_ops, finishes;
	uint8_t tx[WRITE_MOST + 16];
	size_t tx_len, rx_len;
	enum trouble_kind spi_result, finish_result;
	atomic_bool stop; /* makes go_on() return false */
	uint64_t deadline_ms;
	bool late;
};

void session_begin(struct session *session);

/* The same target on another descriptor, which is closed at the end. */
void session_serve_on(struct session *session, int fd);

/* Hangs up, waits for the server to return, and checks that finish() was called. */
void session_end(struct session *session);

/* Sends @len bytes and expects exactly @answer. */
void session_talk(struct session *session, const void *bytes, size_t len, const void *answer,
		  size_t answer_len);
#define TALK(session, bytes, answer)                                                               \
	session_talk(session, bytes, sizeof(bytes) - 1, answer, sizeof(answer) - 1)

void session_send(struct session *session, const void *bytes, size_t len);
void session_expect(struct session *session, const void *answer, size_t len);

#endif
