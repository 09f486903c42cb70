/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers to a flashrom that only asks for an ID. */
#include "tests/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "programmer/bare_id.h"

static const uint8_t id[3] = {0xc8, 0x40, 0x15};
static int client, server;
static pthread_t thread;
static struct bare_id bare;
static enum serprog_end how;
static atomic_bool stop;

static bool go_on(void *data)
{
	assert_ptr_equal(data, &client);
	return !atomic_load(&stop);
}

static void *serve(void *data)
{
	(void)data;
	how = bare_id_serve(server, &bare);
	close(server);
	return NULL;
}

static int begin(void **state)
{
	int fds[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		return 1;
	client = fds[0];
	server = fds[1];
	atomic_store(&stop, false);
	bare = (struct bare_id){.id = id, .go_on = go_on, .data = &client};
	return pthread_create(&thread, NULL, serve, NULL);
}

static enum serprog_end hang_up(void)
{
	if (client >= 0)
		close(client);
	client = -1;
	assert_int_equal(pthread_join(thread, NULL), 0);
	return how;
}

/* One CS window: @opcode and @more bytes go out, @len bytes come in and equal @answer. */
static void expect_behind(uint8_t opcode, uint8_t more, const char *answer, size_t len)
{
	const uint8_t frame[11] = {0x13, (uint8_t)(1 + more), 0, 0, (uint8_t)len, 0, 0, opcode};
	uint8_t got[16];
	size_t done = 0;

	assert_int_equal(write(client, frame, 8u + more), 8u + more);
	while (done < len + 1) {
		ssize_t came = read(client, got + done, len + 1 - done);

		assert_true(came > 0);
		done += (size_t)came;
	}
	assert_int_equal(got[0], 0x06);
	assert_memory_equal(got + 1, answer, len);
}

static void expect(uint8_t opcode, const char *answer, size_t len)
{
	expect_behind(opcode, 0, answer, len);
}

static void it_has_an_id_and_nothing_else(void **state)
{
	(void)state;
	expect_behind(0x5a, 3, "\xff\xff\xff\xff", 4); /* no table */
	expect(0x05, "\x00\x00", 2);		       /* ready, and not protected */
	expect_behind(0x03, 3, "\xff\xff\xff", 3);
	expect(0xab, "\xff", 1);
	assert_false(bare.asked);
	expect(0x9f, "\xc8\x40\x15", 3);
	expect(0x9f, "\xc8\x40", 2);
	expect(0x9f, "\xc8\x40\x15\x00\x00", 5);
	expect(0x05, "\x00", 1);
	assert_int_equal(hang_up(), SERPROG_HANGUP);
	assert_true(bare.asked);
}

static void it_ends_when_that_is_wished(void **state)
{
	(void)state;
	expect(0x9f, "\xc8\x40\x15", 3);
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(how, SERPROG_HANGUP);
	close(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_has_an_id_and_nothing_else, begin),
		cmocka_unit_test_setup(it_ends_when_that_is_wished, begin),
	};

	return cmocka_run_group_tests_name("bare_id", tests, NULL, NULL);
}
