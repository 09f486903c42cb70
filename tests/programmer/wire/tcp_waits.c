/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a helper in the network is waited for. The test provides the clock. */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/programmer/wire/tcp_helper.h"

/* Waiting takes no real time: it advances the clock. */
static struct notes notes;
static int helper;

static bool waits_are_short, never_connects;
static uint64_t ahead_us;
static unsigned waits;
static size_t (*at_wait)(void); /* what the helper does then; returns how many bytes it took */
static size_t taken;

int clock_gettime(clockid_t id, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, id, now);
	uint64_t us = (uint64_t)now->tv_nsec / 1000 + ahead_us;

	now->tv_sec += (time_t)(us / 1000000);
	now->tv_nsec = (long)(us % 1000000 * 1000);
	return status;
}

static int wait_shortly(const struct timespec *time)
{
	waits++;
	if (at_wait) {
		taken += at_wait();
		ahead_us += 1000;
	} else {
		ahead_us += (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_nsec / 1000;
	}
	return 0;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time, const sigset_t *mask)
{
	static int (*real)(struct pollfd * fds, nfds_t count, const struct timespec *time,
			   const sigset_t *mask);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "ppoll");
	return waits_are_short ? wait_shortly(time) : real(fds, count, time, mask);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	static int (*real)(const struct timespec *time, struct timespec *left);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "nanosleep");
	return waits_are_short ? wait_shortly(time) : real(time, left);
}

/* Of a connection that is being established. */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	static int (*real)(struct pollfd * fds, nfds_t count, int ms);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "poll");
	return never_connects ? 0 : real(fds, count, ms);
}

static int real_waits(void **state)
{
	(void)state;
	waits_are_short = never_connects = false;
	at_wait = NULL;
	return 0;
}

static int short_waits(void **state)
{
	real_waits(state);
	waits_are_short = true;
	waits = 0;
	taken = 0;
	return 0;
}

static uint8_t much[4 << 20];

static void one_that_takes_nothing_more_is_silent_in_the_end(void **state)
{
	struct wire *wire = connect_once(&notes, &helper);
	uint64_t begin = wire_now_us(wire), line_us = sizeof(much) * UINT64_C(10000000) / 115200;
	int small = 4096;

	(void)state;
	setsockopt(helper, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	/* As long as the line may take for it, plus some seconds. */
	for (unsigned i = 0; i < 4 && !waits; i++)
		if (wire_write(wire, much, sizeof(much)) != TROUBLE_NONE)
			break;
	assert_true(waits > 0);
	assert_in_range(wire_now_us(wire) - begin, line_us + 3000000, line_us + 60000000);
	assert_int_equal(wire_write(wire, much, 1000), TROUBLE_ADAPTER_SILENT);
	wire_close(wire);
	close(helper);
}

static int flags = MSG_DONTWAIT;

static size_t take_some(void)
{
	static uint8_t bytes[1 << 16];
	ssize_t got = recv(helper, bytes, sizeof(bytes), flags);

	for (ssize_t i = 0; i < got; i++)
		assert_int_equal(bytes[i], (uint8_t)((taken + (size_t)i) * 7 / 256));
	return got > 0 ? (size_t)got : 0;
}

static void what_has_no_room_at_once_is_sent_when_there_is_some(void **state)
{
	struct wire *wire = connect_once(&notes, &helper);

	(void)state;
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (uint8_t)(i * 7 / 256);
	at_wait = take_some;
	assert_int_equal(wire_write(wire, much, sizeof(much)), TROUBLE_NONE);
	flags = 0;
	for (size_t some = 1; some && taken < sizeof(much); taken += some)
		some = take_some();
	assert_int_equal(taken, sizeof(much));
	wire_close(wire);
	close(helper);
}

static void what_cannot_be_known_of_a_helper_is_not_waited_for(void **state)
{
	struct wire *wire = connect_once(&notes, &helper);
	uint64_t begin = wire_now_us(wire);

	(void)state;
	assert_int_equal(wire_drain(wire), TROUBLE_NONE);
	assert_int_equal(waits, 0);
	wire_sleep_us(wire, 2500000);
	assert_in_range(wire_now_us(wire) - begin, 2500000, 2600000);
	assert_int_equal(waits, 1);
	wire_close(wire);
	close(helper);
}

static void a_connection_that_is_never_made_is_given_up(void **state)
{
	int fd;
	const struct tcp_options options = listen_at_some_port(&fd);

	(void)state;
	notes_begin(&notes);
	never_connects = true;
	assert_null(tcp_open(&options, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_mentions(&notes, strerror(ETIMEDOUT));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_that_takes_nothing_more_is_silent_in_the_end,
						short_waits, real_waits),
		cmocka_unit_test_setup_teardown(what_has_no_room_at_once_is_sent_when_there_is_some,
						short_waits, real_waits),
		cmocka_unit_test_setup_teardown(what_cannot_be_known_of_a_helper_is_not_waited_for,
						short_waits, real_waits),
		cmocka_unit_test_setup_teardown(a_connection_that_is_never_made_is_given_up,
						short_waits, real_waits),
	};

	return cmocka_run_group_tests_name("tcp_waits", tests, NULL, NULL);
}
