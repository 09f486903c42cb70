/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bus when USB fails; a script replaces the USB side. */
#include "tests/unit.h"
#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_usb.h"

#include <time.h>

#define RUNS 32

struct ch341a_usb {
	unsigned runs, recovered;
	unsigned fail_at[2];  /* numbers of the runs that fail, counted from 1 */
	unsigned busy_polls;  /* number of status polls that find the die busy after a failure */
	unsigned early;	      /* number of batches that were sent while the die was busy */
	char trace[RUNS + 1]; /* each run: p pins, ? a status poll, b a batch, ! failed */
};

static struct ch341a_usb fake;

/*
 * Replaces the C library's clock for the bus: sleeping advances it, and reading it does so a
 * little.
 */
static uint64_t clock_ns;

int clock_gettime(clockid_t id, struct timespec *time)
{
	(void)id;
	clock_ns += 100;
	time->tv_sec = (time_t)(clock_ns / 1000000000);
	time->tv_nsec = (long)(clock_ns % 1000000000);
	return 0;
}

int nanosleep(const struct timespec *length, struct timespec *left)
{
	(void)left;
	clock_ns += (uint64_t)length->tv_sec * 1000000000 + (uint64_t)length->tv_nsec;
	return 0;
}
static struct notes notes;

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	(void)adapter;
	(void)place;
	(void)observer;
	strcpy(port, "1-1");
	return &fake;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	(void)usb;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	usb->recovered++;
}

static char kind_of(const struct ch341a_stream *stream)
{
	if (stream->reply_count == 0)
		return 'p';
	return stream->reply_count == 1 && stream->replies[0].len == 2 ? '?' : 'b';
}

/* Everything reads as 00, except the status of a busy die. */
enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	static const uint8_t ready[31], busy[31] = {0x80, 0x80}; /* bits are reversed */
	char kind = kind_of(stream);
	bool fails;

	usb->runs++;
	fails = usb->runs == usb->fail_at[0] || usb->runs == usb->fail_at[1];
	if (usb->runs <= RUNS)
		usb->trace[usb->runs - 1] = fails ? '!' : kind;
	if (fails)
		return TROUBLE_ADAPTER_FAULT;
	if (kind == '?' && usb->busy_polls > 0) {
		usb->busy_polls--;
		return ch341a_stream_reply(stream, ops, 0, busy, 2);
	}
	if (kind == 'b' && usb->recovered && usb->busy_polls > 0)
		usb->early++;
	for (size_t i = 0; i < stream->reply_count; i++)
		if (ch341a_stream_reply(stream, ops, i, ready, stream->replies[i].len))
			return TROUBLE_ADAPTER_FAULT;
	return 0;
}

static struct spi_bus *open_bus(void)
{
	static const struct adapter_wish any = {.parameter = NULL};
	struct spi_bus *bus;

	notes_begin(&notes);
	memset(&fake, 0, sizeof(fake));
	bus = adapter_open(&any, &notes.observer);
	assert_non_null(bus);
	assert_string_equal(fake.trace, "p");
	memset(&fake, 0, sizeof(fake));
	return bus;
}

static const uint8_t wren = 0x06, program[5] = {0x02};

/* WREN, a page and its wait, twice. */
static enum trouble_kind send_batch(struct spi_bus *bus, bool once)
{
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = program, .tx_len = sizeof(program), .once = once},
		{.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 2400},
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = program, .tx_len = sizeof(program)},
		{.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 2400},
	};

	return spi_transfer(bus, ops, COUNT_OF(ops));
}

static void a_batch_that_failed_is_repeated_once(void **state)
{
	struct spi_bus *bus = open_bus();

	(void)state;
	fake.fail_at[0] = 1;
	assert_int_equal(send_batch(bus, false), 0);
	assert_string_equal(fake.trace, "!p?b");
	assert_int_equal(fake.recovered, 1);
	assert_int_equal(notes.warnings, 1);
	adapter_close(bus);
}

static void a_repeated_batch_waits_for_what_the_first_one_began(void **state)
{
	struct spi_bus *bus = open_bus();

	(void)state;
	fake.fail_at[0] = 1;
	fake.busy_polls = 3;
	assert_int_equal(send_batch(bus, false), 0);
	assert_string_equal(fake.trace, "!p????b");
	assert_int_equal(fake.early, 0);
	adapter_close(bus);
}

static void a_batch_that_fails_twice_is_given_up_with_the_adapter_settled(void **state)
{
	struct spi_bus *bus = open_bus();

	(void)state;
	fake.fail_at[0] = 1;
	fake.fail_at[1] = 4;
	assert_int_equal(send_batch(bus, false), TROUBLE_ADAPTER_FAULT);
	assert_string_equal(fake.trace, "!p?!p");
	assert_int_equal(fake.recovered, 2);
	adapter_close(bus);
}

static void what_may_be_sent_only_once_is_not_repeated(void **state)
{
	struct spi_bus *bus = open_bus();

	(void)state;
	fake.fail_at[0] = 1;
	assert_int_equal(send_batch(bus, true), TROUBLE_ADAPTER_FAULT);
	assert_string_equal(fake.trace, "!p");
	adapter_close(bus);
}

static void a_long_wait_is_asked_for_from_the_host(void **state)
{
	struct spi_bus *bus = open_bus();
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = program, .tx_len = sizeof(program)},
		{.kind = SPI_WAIT_READY, .expect_us = CH341A_STREAM_WAIT_US + 1, .max_us = 900000},
		{.kind = SPI_XFER, .tx = program, .tx_len = sizeof(program)},
	};

	(void)state;
	fake.busy_polls = 2;
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), 0);
	assert_string_equal(fake.trace, "b???b");
	assert_false(ops[1].early);
	assert_true(ops[1].took_us > CH341A_STREAM_WAIT_US / 2);
	adapter_close(bus);
}

static void a_die_that_never_gets_ready_is_given_up(void **state)
{
	struct spi_bus *bus = open_bus();
	struct spi_op op = {
		.kind = SPI_WAIT_READY, .expect_us = CH341A_STREAM_WAIT_US + 1, .max_us = 150000};

	(void)state;
	fake.busy_polls = 1000000;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_STAYS_BUSY);
	adapter_close(bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_that_failed_is_repeated_once),
		cmocka_unit_test(a_repeated_batch_waits_for_what_the_first_one_began),
		cmocka_unit_test(a_batch_that_fails_twice_is_given_up_with_the_adapter_settled),
		cmocka_unit_test(what_may_be_sent_only_once_is_not_repeated),
		cmocka_unit_test(a_long_wait_is_asked_for_from_the_host),
		cmocka_unit_test(a_die_that_never_gets_ready_is_given_up),
	};

	return cmocka_run_group_tests_name("ch341a", tests, NULL, NULL);
}
