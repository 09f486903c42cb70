/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reset without a link says that it was done only if the line to CEN has moved. */
#include "tests/unit.h"

#include "programmer/link/uart_link.h"
#include "programmer/wire/tty.h"

static struct notes notes;
static struct wire wire;
static uint64_t now_us;
static bool has_lines, is_low, fails;
static unsigned busy, closed;

static enum trouble_kind take(struct wire *self, const uint8_t *bytes, size_t count)
{
	(void)self;
	(void)bytes;
	(void)count;
	return TROUBLE_NONE;
}

/* The result of a release comes when the relay has moved. */
static enum trouble_kind give(struct wire *self, uint8_t *bytes, size_t most, uint32_t wait_us,
			      size_t *got)
{
	(void)self;
	(void)bytes;
	(void)most;
	*got = 0;
	now_us += wait_us;
	if (busy && --busy == 0)
		is_low = fails;
	return busy == 0 && is_low ? TROUBLE_HELPER_REFUSED : TROUBLE_NONE;
}

static enum trouble_kind drain(struct wire *self)
{
	(void)self;
	return TROUBLE_NONE;
}

static enum trouble_kind set_lines(struct wire *self, bool asserted)
{
	(void)self;
	if (asserted)
		is_low = true;
	else
		busy = 3;
	return TROUBLE_NONE;
}

static bool lines_busy(struct wire *self)
{
	(void)self;
	return busy > 0;
}

static uint64_t now(struct wire *self)
{
	(void)self;
	return now_us;
}

static void rest(struct wire *self, uint64_t us)
{
	(void)self;
	now_us += us;
}

static void end(struct wire *self)
{
	(void)self;
	closed++;
}

/* Replace wire/tty.c and wire/tcp.c. */
struct wire *tty_open(const char *path, const struct observer *observer)
{
	static const struct wire_ops ops = {.write = take,
					    .read = give,
					    .drain = drain,
					    .set_lines = set_lines,
					    .lines_busy = lines_busy,
					    .now_us = now,
					    .sleep_us = rest,
					    .close = end};

	(void)path;
	(void)observer;
	wire = (struct wire){.ops = &ops,
			     .caps = {.kind = "network", .lines = has_lines},
			     .rate = 115200,
			     .why = "the relay stays off"};
	return &wire;
}

struct wire *tcp_open(const struct tcp_options *options, const struct observer *observer)
{
	(void)options;
	return tty_open("", observer);
}

static enum trouble_kind reset(void)
{
	notes_begin(&notes);
	closed = busy = 0;
	is_low = false;
	return uart_link_programmer.reset("port=tcp:lamp", &notes.observer);
}

static void a_release_that_takes_its_time_is_waited_for(void **state)
{
	(void)state;
	has_lines = true;
	fails = false;
	assert_int_equal(reset(), TROUBLE_NONE);
	assert_false(is_low);
	assert_int_equal(closed, 1);
	assert_int_equal(notes.errors, 0);
}

static void one_that_fails_late_is_told_with_the_reason(void **state)
{
	(void)state;
	has_lines = fails = true;
	assert_int_equal(reset(), TROUBLE_NOT_RELEASED);
	assert_int_equal(closed, 1);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, "the relay stays off");
}

static void where_nothing_is_at_cen_nothing_was_reset(void **state)
{
	(void)state;
	has_lines = fails = false;
	assert_int_equal(reset(), TROUBLE_NOT_RELEASED);
	assert_int_equal(closed, 1);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, "has no line to its CEN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_that_takes_its_time_is_waited_for),
		cmocka_unit_test(one_that_fails_late_is_told_with_the_reason),
		cmocka_unit_test(where_nothing_is_at_cen_nothing_was_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
