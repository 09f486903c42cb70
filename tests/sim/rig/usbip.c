/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The USB/IP server with polite, hasty and malicious clients. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sim/rig/listen.h"
#include "tests/sim/rig/usbip_peer.h"

static void lists_and_lends(void **state)
{
	struct fixture *f = *state;
	int first, second;

	still_serves(f);
	first = dial(f);
	second = dial(f);
	assert_int_equal(import(f, first, "1-9", 0), USBIP_ST_NODEV);
	assert_int_equal(import(f, first, "1-1", 7), USBIP_ST_NA);
	assert_int_equal(import(f, first, "1-1", 0), USBIP_ST_OK);
	assert_int_equal(import(f, second, "1-1", 0), USBIP_ST_DEV_BUSY);
	close(first);
	assert_int_equal(import(f, second, "1-1", 0), USBIP_ST_OK);
	close(second);
}

static void serves_a_kernel(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[128];
	size_t length;
	int fd = dial(f);

	assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
	length = header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, 32);
	say(f, fd, bytes, length);
	silence(fd);
	length = header(bytes, USBIP_CMD_SUBMIT, 2, USBIP_DIR_OUT, 2, 5);
	memcpy(bytes + length, "hello", 5);
	say(f, fd, bytes, length + 5);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	if (usbip_get32(bytes + USBIP_SEQNUM) == 2) {
		expect(bytes, USBIP_RET_SUBMIT, 2, 0);
		assert_int_equal(usbip_get32(bytes + USBIP_LENGTH), 5);
		hear(fd, bytes, USBIP_HEADER_SIZE);
	}
	expect(bytes, USBIP_RET_SUBMIT, 1, 0);
	assert_int_equal(usbip_get32(bytes + USBIP_LENGTH), 5);
	hear(fd, bytes, 5);
	assert_memory_equal(bytes, "hello", 5);
	silence(fd);

	/* An unlink of a pending transfer, of a completed one, and of an unknown one. */
	say(f, fd, bytes, header(bytes, USBIP_CMD_SUBMIT, 3, USBIP_DIR_IN, 2, 32));
	header(bytes, USBIP_CMD_UNLINK, 4, 0, 0, 0);
	usbip_put32(bytes + USBIP_UNLINK_SEQNUM, 3);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_UNLINK, 4, -ECONNRESET);
	header(bytes, USBIP_CMD_UNLINK, 5, 0, 0, 0);
	usbip_put32(bytes + USBIP_UNLINK_SEQNUM, 3);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_UNLINK, 5, 0);

	/* An endpoint that does not exist. */
	say(f, fd, bytes, header(bytes, USBIP_CMD_SUBMIT, 6, USBIP_DIR_IN, 7, 32));
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_SUBMIT, 6, -EPIPE);
	silence(fd);
	close(fd);
}

static void keeps_virtual_time(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[128];
	int fd = dial(f);

	assert_int_equal(import(f, fd, "1-1", USBIP_TIME_MAGIC), USBIP_ST_OK);
	header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, 32);
	usbip_put_time(bytes, 5000);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	header(bytes, USBIP_CMD_SUBMIT, 2, USBIP_DIR_OUT, 2, 1);
	usbip_put_time(bytes, UINT64_C(6000000000));
	bytes[USBIP_HEADER_SIZE] = 'x';
	say(f, fd, bytes, USBIP_HEADER_SIZE + 1);
	silence(fd); /* before SYNC nothing is sent */
	header(bytes, USBIP_CMD_SYNC, 3, 0, 0, 0);
	usbip_put_time(bytes, UINT64_C(6000000500));
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	for (int i = 0; i < 2; i++) {
		hear(fd, bytes, USBIP_HEADER_SIZE);
		assert_int_equal(usbip_get32(bytes + USBIP_COMMAND), USBIP_RET_SUBMIT);
		assert_int_equal(usbip_get_time(bytes), UINT64_C(6000001000));
		if (usbip_get32(bytes + USBIP_SEQNUM) == 1)
			hear(fd, bytes, 1);
	}
	hear(fd, bytes, USBIP_HEADER_SIZE);
	assert_int_equal(usbip_get32(bytes + USBIP_COMMAND), USBIP_RET_SYNC);
	assert_int_equal(usbip_get32(bytes + USBIP_SEQNUM), 3);
	assert_int_equal(usbip_get_time(bytes), USBIP_NEVER);

	/* A cancelled transfer is completed, too. */
	header(bytes, USBIP_CMD_SUBMIT, 4, USBIP_DIR_IN, 2, 32);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	header(bytes, USBIP_CMD_UNLINK, 5, 0, 0, 0);
	usbip_put32(bytes + USBIP_UNLINK_SEQNUM, 4);
	usbip_put_time(bytes, UINT64_C(7000000000));
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	header(bytes, USBIP_CMD_SYNC, 6, 0, 0, 0);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_SUBMIT, 4, -ECONNRESET);
	assert_int_equal(usbip_get_time(bytes), UINT64_C(7000000000));
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_UNLINK, 5, -ECONNRESET);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	assert_int_equal(usbip_get32(bytes + USBIP_COMMAND), USBIP_RET_SYNC);
	close(fd);

	/* The next program continues at the time where this one ended. */
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", USBIP_TIME_MAGIC), USBIP_ST_OK);
	header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, 32);
	usbip_put_time(bytes, 250);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	assert_int_equal(f->echo.waiting->submit_ns, UINT64_C(7000000250));
	close(fd);
	pump(f);
	assert_null(f->echo.waiting);
}

static void unplugs(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[128];
	int fd;

	usbip_free(f->server);
	plug_in(f, 10000);
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", USBIP_TIME_MAGIC), USBIP_ST_OK);
	header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_OUT, 2, 0);
	usbip_put_time(bytes, 9500); /* would complete at 10500 */
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	header(bytes, USBIP_CMD_SYNC, 2, 0, 0, 0);
	usbip_put_time(bytes, 9500);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_SUBMIT, 1, -ESHUTDOWN);
	assert_int_equal(usbip_get_time(bytes), 10000);
	hear(fd, bytes, USBIP_HEADER_SIZE);
	assert_int_equal(usbip_get_time(bytes), 10000);
	assert_false(usbip_unplugged(f->server, 0));
	header(bytes, USBIP_CMD_SYNC, 3, 0, 0, 0);
	usbip_put_time(bytes, 10000);
	say(f, fd, bytes, USBIP_HEADER_SIZE);
	assert_true(usbip_unplugged(f->server, 0));
	close(fd);
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", USBIP_TIME_MAGIC), USBIP_ST_NODEV);
	close(fd);
}

/* A client in real time that never sends anything loses the device all the same. */
static void unplugs_from_a_kernel(void **state)
{
	struct fixture *f = *state;
	int fd;

	usbip_free(f->server);
	plug_in(f, 20000000);
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
	while (!usbip_unplugged(f->server, 0))
		assert_int_equal(usbip_serve(f->server, -1, -1), 0);
	hung_up(fd);
}

/*
 * The device took ten seconds for which a client in real time did not have to wait. If the client
 * then sleeps, the device must notice that time nevertheless: it may be a reset pulse.
 */
static void lets_a_kernel_sleep(void **state)
{
	static const struct timespec nap = {.tv_nsec = 20000000};
	struct fixture *f = *state;
	uint8_t bytes[USBIP_HEADER_SIZE];
	uint64_t shown_ns;
	int fd = dial(f);

	assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
	f->echo.more_ns = UINT64_C(10000000000);
	say(f, fd, bytes, header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_OUT, 2, 0));
	hear(fd, bytes, USBIP_HEADER_SIZE);
	expect(bytes, USBIP_RET_SUBMIT, 1, 0);
	shown_ns = f->echo.usb.now_ns + f->echo.more_ns;

	nanosleep(&nap, NULL);
	say(f, fd, bytes, header(bytes, USBIP_CMD_SUBMIT, 2, USBIP_DIR_IN, 2, 32));
	assert_true(f->echo.usb.now_ns >= shown_ns + (uint64_t)nap.tv_nsec);
	close(fd);
}

static void refuses_nonsense(void **state)
{
	struct fixture *f = *state;
	static const struct {
		size_t offset;
		uint32_t value;
	} wrong[] = {
		{USBIP_COMMAND, 0},	     {USBIP_COMMAND, 99},
		{USBIP_COMMAND, 0x7f00},     {USBIP_LENGTH, 0xffffffff},
		{USBIP_LENGTH, 0x80000000},  {USBIP_LENGTH, USBIP_MAX_LENGTH + 1},
		{USBIP_DIRECTION, 2},	     {USBIP_EP, 16},
		{USBIP_EP, 0xffffff82},	     {USBIP_PACKETS, 1},
		{USBIP_PACKETS, 0x7fffffff}, {USBIP_DEVID, 0},
		{USBIP_DEVID, DEVID + 1},
	};
	uint8_t bytes[USBIP_HEADER_SIZE];
	int fd;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fd = dial(f);
		assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
		header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, 32);
		usbip_put32(bytes + wrong[i].offset, wrong[i].value);
		say(f, fd, bytes, sizeof(bytes));
		hung_up(fd);
	}
	fd = dial(f);
	say(f, fd, "GET / HTTP/1.0\r\n\r\n", 18);
	hung_up(fd);

	/* More transfers than the server allows. */
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", 0), USBIP_ST_OK);
	header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, USBIP_MAX_LENGTH);
	say(f, fd, bytes, sizeof(bytes));
	assert_int_equal(f->echo.submitted, 1);
	close(fd);
	pump(f);
	assert_int_equal(f->echo.unlinked, 1);

	/* A time far out of range. */
	fd = dial(f);
	assert_int_equal(import(f, fd, "1-1", USBIP_TIME_MAGIC), USBIP_ST_OK);
	header(bytes, USBIP_CMD_SUBMIT, 1, USBIP_DIR_OUT, 2, 0);
	usbip_put_time(bytes, UINT64_MAX);
	say(f, fd, bytes, sizeof(bytes));
	hung_up(fd);
	still_serves(f);
}

/* A whole session, cut off after each byte. */
static void survives_cuts(void **state)
{
	struct fixture *f = *state;
	uint8_t session[512];
	size_t length = import_request(session, "1-1", USBIP_TIME_MAGIC);

	length += header(session + length, USBIP_CMD_SUBMIT, 1, USBIP_DIR_IN, 2, 32);
	length += header(session + length, USBIP_CMD_SUBMIT, 2, USBIP_DIR_OUT, 2, 40);
	memset(session + length, 0x55, 40);
	length += 40;
	length += header(session + length, USBIP_CMD_SUBMIT, 3, USBIP_DIR_IN, 2, 32);
	length += header(session + length, USBIP_CMD_SYNC, 4, 0, 0, 0);
	for (size_t cut = 0; cut <= length; cut++) {
		int fd = dial(f);

		say(f, fd, session, cut);
		close(fd);
		still_serves(f);
	}
	/* Sent in pieces, it is the same session. */
	for (size_t piece = 1; piece < 64; piece += 9) {
		int fd = dial(f);

		for (size_t at = 0; at < length; at += piece)
			say(f, fd, session + at, length - at < piece ? length - at : piece);
		close(fd);
		still_serves(f);
	}
}

static void survives_garbage(void **state)
{
	struct fixture *f = *state;
	uint32_t random = 1;

	for (int round = 0; round < 3000; round++) {
		uint8_t bytes[600];
		size_t length = 0;
		int fd = dial(f);

		if (round & 1)
			length = import_request(bytes, "1-1", round & 2 ? USBIP_TIME_MAGIC : 0);
		if (round & 4)
			length += header(bytes + length, USBIP_CMD_SUBMIT, 1, USBIP_DIR_OUT, 2, 9);
		while (length < sizeof(bytes)) {
			random = random * 1664525 + 1013904223;
			bytes[length++] = (uint8_t)(random >> 24);
		}
		if (round & 8) /* one wrong byte in an otherwise valid message */
			memset(bytes + 100, 0, sizeof(bytes) - 100);
		say(f, fd, bytes, 40 + random % 560);
		close(fd);
		pump(f);
	}
	still_serves(f);
}

static void listens_only_on_this_machine(void **state)
{
	static const char *const bad[] = {
		"0.0.0.0:3240",
		"192.168.1.1:3240",
		"8.8.8.8:1",
		"[::]:3240",
		"localhost",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:70000",
		"127.0.0.1:-1",
		"unix:",
		"",
		":",
		"/tmp/x",
	};
	char error[256], address[128];
	int fd, other;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error[0] = 0;
		assert_int_equal(listen_on(bad[i], error, sizeof(error)), -1);
		assert_true(strlen(error) > 10);
	}
	fd = listen_on("127.0.0.1:0", error, sizeof(error));
	assert_true(fd >= 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", listen_port(fd));
	other = listen_on(address, error, sizeof(error));
	assert_int_equal(other, -1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists_and_lends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(serves_a_kernel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keeps_virtual_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unplugs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unplugs_from_a_kernel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lets_a_kernel_sleep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_nonsense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(survives_cuts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(survives_garbage, set_up, tear_down),
		cmocka_unit_test(listens_only_on_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
