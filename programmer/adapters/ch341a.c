/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_stream.h"
#include "programmer/adapters/ch341a_usb.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define OPCODE_RDSR 0x05
#define SR_WIP 0x01

/* A sleeping program should notice a Ctrl-C about this soon. */
#define SLEEP_SLICE_US 50000

/* The polls of a long wait: this part of the time that has passed, within bounds. */
#define POLL_PART 16
#define POLL_LEAST_US 100
#define POLL_MOST_US 100000

/* A wait is given up a little later than the datasheet allows. */
#define GRACE_US 10000

struct ch341a {
	struct spi_bus bus;
	const struct observer *observer;
	struct ch341a_usb *usb;
	struct ch341a_stream stream;
	uint8_t pins; /* shadow of the output latches */
};

static uint64_t bus_now_us(struct spi_bus *bus)
{
	struct timespec now;

	(void)bus;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void bus_sleep_us(struct spi_bus *bus, uint64_t us)
{
	while (us > 0 && !spi_cancelled(bus)) {
		uint64_t slice = us < SLEEP_SLICE_US ? us : SLEEP_SLICE_US;
		struct timespec left = {.tv_nsec = (long)(slice * 1000)};

		while (nanosleep(&left, &left) && errno == EINTR && !spi_cancelled(bus))
			;
		us -= slice;
	}
}

/* Runs the ops that fit into one stream; *done tells how many did. */
static int run_stream(struct ch341a *ch, struct spi_op *ops, size_t count, size_t *done)
{
	size_t missed_op = 0;
	int ret;

	ch341a_stream_begin(&ch->stream, ch->pins);
	ret = ch341a_stream_add_ops(&ch->stream, ops, count);
	if (ret || ch->stream.op_count == 0) {
		*done = 0;
		return ret;
	}
	ret = ch341a_usb_run(ch->usb, &ch->stream, ops, &missed_op);
	if (ret > 0)
		return ret;
	ch->pins = ch->stream.pins;
	*done = ret == CH341A_MISSED ? missed_op : ch->stream.op_count;
	return 0;
}

static uint64_t all_waits(const struct spi_op *ops, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (ops[i].kind == SPI_WAIT_READY)
			sum += ops[i].max_us;
	return sum;
}

/* Asks until the die is ready; *passed_us is the time since @start_us then. */
static int poll_ready(struct ch341a *ch, uint64_t start_us, uint64_t limit_us, uint64_t *passed_us,
		      bool *at_once)
{
	static const uint8_t rdsr = OPCODE_RDSR;
	uint8_t status = SR_WIP;
	struct spi_op poll = {
		.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &status, .rx_len = 1};

	for (*at_once = true;; *at_once = false) {
		uint64_t pause;
		size_t done;
		int ret = run_stream(ch, &poll, 1, &done);

		if (ret)
			return ret;
		*passed_us = bus_now_us(&ch->bus) - start_us;
		if (!(status & SR_WIP))
			return 0;
		if (*passed_us > limit_us)
			return TROUBLE_STAYS_BUSY;
		if (spi_cancelled(&ch->bus))
			return TROUBLE_INTERRUPTED;
		pause = *passed_us / POLL_PART;
		if (pause < POLL_LEAST_US)
			pause = POLL_LEAST_US;
		bus_sleep_us(&ch->bus, pause < POLL_MOST_US ? pause : POLL_MOST_US);
	}
}

/*
 * Finishes the wait at @ops from the host: one that was too short in its stream,
 * or one too long to be in a stream at all.
 */
static int wait_on_host(struct ch341a *ch, struct spi_op *ops, size_t count)
{
	struct spi_op *wait = &ops[0];
	uint64_t start = bus_now_us(&ch->bus), passed = 0, limit = wait->max_us;
	bool at_once;
	int ret;

	/* What was sent behind a missed wait may have been taken, and keep the die busy. */
	if (wait->missed)
		limit = all_waits(ops, count);
	else
		bus_sleep_us(&ch->bus, wait->expect_us - wait->expect_us / 8);
	ret = poll_ready(ch, start, limit + limit / 8 + GRACE_US, &passed, &at_once);
	if (!wait->missed) {
		wait->early = at_once;
		wait->took_us = passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX;
	}
	return ret;
}

static int run_all(struct ch341a *ch, struct spi_op *ops, size_t count)
{
	while (count > 0) {
		size_t done;
		int ret = run_stream(ch, ops, count, &done);

		if (ret)
			return ret;
		/* What ended the stream before its end is a wait that needs the host. */
		if (done < count && ops[done].kind == SPI_WAIT_READY) {
			ret = wait_on_host(ch, &ops[done], count - done);
			if (ret)
				return ret;
			done++;
		}
		ops += done;
		count -= done;
	}
	return 0;
}

/* All pins driven as the shadow says, CS high. */
static int drive_pins(struct ch341a *ch)
{
	size_t missed;

	ch341a_stream_begin(&ch->stream, ch->pins);
	ch341a_stream_set_pins(&ch->stream, ch->pins, CH341A_PINS_OUTPUT);
	if (ch->stream.no_memory)
		return TROUBLE_NO_MEMORY;
	return ch341a_usb_run(ch->usb, &ch->stream, NULL, &missed);
}

static bool may_repeat(const struct spi_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ops[i].once)
			return false;
	return true;
}

/* After a fault: the adapter in a known state, with nothing of the past in it. */
static int settle(struct ch341a *ch)
{
	ch341a_usb_recover(ch->usb);
	return drive_pins(ch);
}

static void forget_answers(struct spi_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ops[i].missed = false;
}

/*
 * Once more from the begin. An op that was taken before the fault may keep the die
 * busy, and a busy die would ignore the first ones.
 */
static int repeat(struct ch341a *ch, struct spi_op *ops, size_t count)
{
	uint64_t limit = all_waits(ops, count), passed;
	bool at_once;
	int ret = 0;

	if (limit > 0)
		ret = poll_ready(ch, bus_now_us(&ch->bus), limit + limit / 8 + GRACE_US, &passed,
				 &at_once);
	forget_answers(ops, count);
	return ret ? ret : run_all(ch, ops, count);
}

static bool is_fault(int error)
{
	return error == TROUBLE_ADAPTER_FAULT || error == TROUBLE_ADAPTER_SILENT;
}

static int bus_transfer(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	struct ch341a *ch = (struct ch341a *)bus;
	int ret, settled;

	forget_answers(ops, count);
	ret = run_all(ch, ops, count);
	if (!is_fault(ret))
		return ret;
	settled = settle(ch);
	if (settled)
		return settled == TROUBLE_ADAPTER_GONE ? settled : ret;
	if (!may_repeat(ops, count))
		return ret;
	observer_note(ch->observer, NOTE_WARN, TROUBLE_NONE, "the adapter stumbled (%s); repeating",
		      trouble_text(ret));
	ret = repeat(ch, ops, count);
	if (is_fault(ret))
		settle(ch);
	return ret;
}

static const struct spi_bus_ops ch341a_bus_ops = {
	.transfer = bus_transfer,
	.sleep_us = bus_sleep_us,
	.now_us = bus_now_us,
};

struct spi_bus *ch341a_open(const char *which, const struct observer *observer)
{
	struct ch341a *ch = calloc(1, sizeof(*ch));
	int ret;

	if (!ch) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	ch->bus.ops = &ch341a_bus_ops;
	ch->observer = observer;
	ch->pins = CH341A_PINS_IDLE;
	ch->usb = ch341a_usb_open(which, observer);
	if (!ch->usb) {
		free(ch);
		return NULL;
	}
	ret = drive_pins(ch);
	if (ret) {
		/* Some hosts stall the very first transfer; seen on a Raspberry Pi 3. */
		ch341a_usb_recover(ch->usb);
		ret = drive_pins(ch);
	}
	if (ret) {
		observer_raise(observer, ret, NO_RANGE, "the CH341A does not take commands (%s)",
			       trouble_text(ret));
		ch341a_close(&ch->bus);
		return NULL;
	}
	return &ch->bus;
}

void ch341a_close(struct spi_bus *bus)
{
	struct ch341a *ch = (struct ch341a *)bus;
	size_t missed;

	if (!bus)
		return;
	ch341a_stream_begin(&ch->stream, ch->pins);
	ch341a_stream_set_pins(&ch->stream, CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	ch341a_stream_set_pins(&ch->stream, CH341A_PINS_IDLE, 0);
	if (!ch->stream.no_memory)
		ch341a_usb_run(ch->usb, &ch->stream, NULL, &missed);
	ch341a_stream_free(&ch->stream);
	ch341a_usb_close(ch->usb);
	free(ch);
}

void ch341a_port(const struct spi_bus *bus, char port[48])
{
	ch341a_usb_port(((const struct ch341a *)bus)->usb, port);
}
