/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every bus has to do, with any adapter; see spi.h. */
#include "programmer/bus/spi.h"

#include <errno.h>
#include <time.h>

#include "base/opcodes.h"
#include "programmer/bus/cen.h"

#define SR_WIP 0x01
#define SR_WEL 0x02

/* A sleeping program should notice a Ctrl-C about this soon. */
#define SLEEP_SLICE_US 50000

/*
 * Polls during a long wait: at most this part of the time that has passed lies between two of them,
 * within limits; around the expected time they are more frequent, down to this part of it.
 */
#define POLL_PART 16
#define POLL_PART_LEAST 512
#define POLL_LEAST_US 100
#define POLL_MOST_US 100000

/* A wait is given up a little later than the datasheet allows. */
#define GRACE_US 10000

/* The number of windows replacing others that are sent together. */
#define HALVES_MOST 32

uint64_t spi_now_us(struct spi_bus *bus)
{
	struct timespec now;

	if (bus->ops->now_us)
		return bus->ops->now_us(bus);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void sleep_slice(struct spi_bus *bus, uint64_t us)
{
	struct timespec left = {.tv_nsec = (long)(us * 1000)};

	if (bus->ops->sleep_us) {
		bus->ops->sleep_us(bus, us);
		return;
	}
	while (nanosleep(&left, &left) && errno == EINTR && !spi_cancelled(bus))
		;
}

void spi_sleep_us(struct spi_bus *bus, uint64_t us)
{
	while (us > 0 && !spi_cancelled(bus)) {
		uint64_t slice = us < SLEEP_SLICE_US ? us : SLEEP_SLICE_US;

		sleep_slice(bus, slice);
		us -= slice;
	}
}

static uint64_t all_waits(const struct spi_op *ops, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (ops[i].kind == SPI_WAIT_READY)
			sum += ops[i].max_us;
	return sum;
}

/* All of @ops, which are within the caps and without waits. */
static enum trouble_kind run_whole(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	while (count > 0) {
		size_t most = bus->caps.ops_most, done = 0;
		size_t piece = most && count > most ? most : count;
		enum trouble_kind kind = bus->ops->run(bus, ops, piece, &done);

		if (kind)
			return kind;
		if (done == 0 || done > piece)
			return TROUBLE_BUG;
		ops += done;
		count -= done;
	}
	return TROUBLE_NONE;
}

static uint64_t between(uint64_t least, uint64_t value, uint64_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* The time until the next poll; @expect_us: 0 if it is not known. */
static uint64_t poll_pause_us(uint64_t passed_us, uint64_t expect_us)
{
	uint64_t off = passed_us < expect_us ? expect_us - passed_us : passed_us - expect_us;
	uint64_t pause = passed_us / POLL_PART;

	if (expect_us)
		pause = between(passed_us / POLL_PART_LEAST, off - off / 4, pause);
	return between(POLL_LEAST_US, pause, POLL_MOST_US);
}

/*
 * Polls until the die is ready, which is expected @expect_us (or 0: unknown) after @start_us; then
 * *passed_us is the time since @start_us.
 */
static enum trouble_kind poll_ready(struct spi_bus *bus, uint64_t start_us, uint64_t expect_us,
				    uint64_t limit_us, uint64_t *passed_us, bool *at_once,
				    uint8_t *status)
{
	static const uint8_t rdsr = OPCODE_RDSR;
	struct spi_op poll = {
		.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = status, .rx_len = 1};

	for (*at_once = true;; *at_once = false) {
		enum trouble_kind kind = run_whole(bus, &poll, 1);

		if (kind)
			return kind;
		*passed_us = spi_now_us(bus) - start_us;
		if (!(*status & SR_WIP))
			return TROUBLE_NONE;
		if (*passed_us > limit_us)
			return TROUBLE_STAYS_BUSY;
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
		spi_sleep_us(bus, poll_pause_us(*passed_us, expect_us));
	}
}

/*
 * The host finishes the wait at @ops: one that was too short in its stream, or one that cannot be
 * in a stream.
 */
static enum trouble_kind wait_on_host(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	struct spi_op *wait = &ops[0];
	uint64_t start = spi_now_us(bus), passed = 0, limit = wait->max_us, expect = 0;
	uint8_t status = SR_WIP;
	enum trouble_kind kind;
	bool at_once;

	/* Ops after a missed wait may have been accepted, and keep the die busy. */
	if (wait->missed)
		limit = all_waits(ops, count);
	else
		expect = wait->expect_us;
	spi_sleep_us(bus, expect - expect / 8);
	kind = poll_ready(bus, start, expect, limit + limit / 8 + GRACE_US, &passed, &at_once,
			  &status);
	if (!wait->missed) {
		wait->early = at_once;
		wait->enabled = status & SR_WEL;
		wait->took_us = passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX;
	}
	return kind;
}

static bool too_long(const struct spi_bus *bus, const struct spi_op *op)
{
	size_t len = op->tx_len + (op->kind == SPI_XFER ? op->rx_len : 0);

	return bus->caps.window_most && len > bus->caps.window_most;
}

/* Whether the adapter can take the op together with others. */
static bool fits(const struct spi_bus *bus, const struct spi_op *op)
{
	switch (op->kind) {
	case SPI_XFER:
		return !too_long(bus, op);
	case SPI_DUPLEX:
		return bus->caps.duplex && !too_long(bus, op);
	case SPI_WAIT_READY:
		return bus->caps.waits_in_stream;
	case SPI_DELAY:
		return op->expect_us <= bus->caps.delay_most_us;
	case SPI_CEN:
		return bus->caps.cen == SPI_CEN_IN_STREAM;
	}
	return false;
}

/* The number of ops, from the first on, that the adapter can take unchanged. */
static size_t fitting(const struct spi_bus *bus, const struct spi_op *ops, size_t count)
{
	size_t most = bus->caps.ops_most && count > bus->caps.ops_most ? bus->caps.ops_most : count;
	size_t n = 0;

	while (n < most && fits(bus, &ops[n]))
		n++;
	return n;
}

/*
 * SPI_DUPLEX on an adapter that cannot do it: one window sends, and the next one receives. This
 * works with a chip that repeats itself while it listens, as a Beken SoC does; its answer to the
 * bytes that were sent is lost. *done: the number of ops, at least one.
 */
static enum trouble_kind run_halves(struct spi_bus *bus, struct spi_op *ops, size_t count,
				    size_t *done)
{
	struct spi_op halves[HALVES_MOST];
	size_t n = 0;

	for (*done = 0; *done < count && n + 2 <= HALVES_MOST; (*done)++) {
		const struct spi_op *op = &ops[*done];

		if (op->kind != SPI_DUPLEX || too_long(bus, op))
			break;
		halves[n++] = (struct spi_op){.kind = SPI_XFER, .tx = op->tx, .tx_len = op->tx_len};
		if (op->rx)
			halves[n++] = (struct spi_op){
				.kind = SPI_XFER, .rx = op->rx, .rx_len = op->tx_len};
	}
	return *done ? run_whole(bus, halves, n) : TROUBLE_BUG;
}

/* The number of address bytes of a command that reads on for as long as it is clocked; else 0. */
static size_t address_of_read(const struct spi_op *op)
{
	if (op->kind != SPI_XFER || op->tx_len == 0)
		return 0;
	if (op->tx[0] == OPCODE_READ && op->tx_len == 4)
		return 3;
	return op->tx[0] == OPCODE_READ4 && op->tx_len == 5 ? 4 : 0;
}

/* A read that is longer than a window, in several: each continues at the next address. */
static enum trouble_kind run_long_read(struct spi_bus *bus, const struct spi_op *op)
{
	size_t bytes = address_of_read(op), room = bus->caps.window_most - op->tx_len;
	uint32_t address = 0;

	for (size_t i = 0; i < bytes; i++)
		address = address << 8 | op->tx[1 + i];
	for (size_t at = 0; at < op->rx_len;) {
		uint8_t tx[5] = {op->tx[0]};
		struct spi_op part = {
			.kind = SPI_XFER, .tx = tx, .tx_len = op->tx_len, .rx = op->rx + at};
		enum trouble_kind kind;

		part.rx_len = op->rx_len - at < room ? op->rx_len - at : room;
		for (size_t i = 0; i < bytes; i++)
			tx[1 + i] = (uint8_t)((address + at) >> 8 * (bytes - 1 - i));
		kind = run_whole(bus, &part, 1);
		if (kind)
			return kind;
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
		at += part.rx_len;
	}
	return TROUBLE_NONE;
}

/* The first op, which the adapter cannot take together with others. *done: how many ops it did. */
static enum trouble_kind run_apart(struct spi_bus *bus, struct spi_op *ops, size_t count,
				   size_t *done)
{
	*done = 1;
	switch (ops[0].kind) {
	case SPI_WAIT_READY:
		return wait_on_host(bus, ops, count);
	case SPI_DELAY:
		spi_sleep_us(bus, ops[0].expect_us);
		return spi_cancelled(bus) ? TROUBLE_INTERRUPTED : TROUBLE_NONE;
	case SPI_DUPLEX:
		return run_halves(bus, ops, count, done);
	case SPI_CEN:
		if (bus->cen)
			return bus->cen->ops->set(bus->cen, ops[0].level);
		return bus->caps.cen == SPI_CEN_NONE ? TROUBLE_CEN_UNWIRED : run_whole(bus, ops, 1);
	case SPI_XFER:
		break;
	}
	return address_of_read(&ops[0]) ? run_long_read(bus, &ops[0]) : TROUBLE_BUG;
}

/* Waits that expected the same as the missed one would be missed, too. */
static void expect_longer(const struct spi_op *missed, struct spi_op *behind, size_t count)
{
	uint32_t expected = missed->expect_us, longer = spi_longer_us(missed);

	for (size_t i = 0; i < count; i++)
		if (behind[i].kind == SPI_WAIT_READY && behind[i].expect_us == expected)
			behind[i].expect_us = longer < behind[i].max_us ? longer : behind[i].max_us;
}

static enum trouble_kind run_all(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	while (count > 0) {
		size_t done, piece = fitting(bus, ops, count);
		enum trouble_kind kind;

		if (piece > 0)
			kind = bus->ops->run(bus, ops, piece, &done);
		else
			kind = run_apart(bus, ops, count, &done);
		if (kind)
			return kind;
		/* A stream that ended early ended at a wait that needs the host. */
		if (done < piece && ops[done].kind == SPI_WAIT_READY) {
			kind = wait_on_host(bus, &ops[done], count - done);
			if (kind)
				return kind;
			if (ops[done].missed)
				expect_longer(&ops[done], &ops[done + 1], count - done - 1);
			done++;
		}
		if (done == 0 || done > count)
			return TROUBLE_BUG;
		ops += done;
		count -= done;
	}
	return TROUBLE_NONE;
}

static bool may_repeat(const struct spi_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ops[i].once)
			return false;
	return true;
}

static void forget_answers(struct spi_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ops[i].missed = ops[i].enabled = false;
}

/*
 * Once more from the start. An op that was accepted before the fault may keep the die busy, and a
 * busy die would ignore the first ones.
 */
static enum trouble_kind repeat(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	uint64_t limit = all_waits(ops, count), passed;
	enum trouble_kind kind = TROUBLE_NONE;
	uint8_t status = SR_WIP;
	bool at_once;

	if (limit > 0)
		kind = poll_ready(bus, spi_now_us(bus), 0, limit + limit / 8 + GRACE_US, &passed,
				  &at_once, &status);
	forget_answers(ops, count);
	return kind ? kind : run_all(bus, ops, count);
}

static bool is_fault(enum trouble_kind kind)
{
	return kind == TROUBLE_ADAPTER_FAULT || kind == TROUBLE_ADAPTER_SILENT;
}

enum trouble_kind spi_transfer(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	enum trouble_kind kind, settled;

	forget_answers(ops, count);
	kind = run_all(bus, ops, count);
	if (!is_fault(kind))
		return kind;
	settled = bus->ops->recover(bus);
	if (settled)
		return settled == TROUBLE_ADAPTER_GONE ? settled : kind;
	if (!may_repeat(ops, count))
		return kind;
	observer_note(bus->observer, NOTE_WARN, TROUBLE_NONE, "a transfer failed (%s); repeating",
		      trouble_text(kind));
	kind = repeat(bus, ops, count);
	if (is_fault(kind))
		bus->ops->recover(bus);
	return kind;
}

enum trouble_kind spi_transfer_whole(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	bool whole = bus->whole;
	enum trouble_kind kind;

	bus->whole = true;
	kind = spi_transfer(bus, ops, count);
	bus->whole = whole;
	return kind;
}

enum trouble_kind spi_steps(struct spi_bus *bus, struct spi_step *steps, size_t count)
{
	enum trouble_kind kind = bus->ops->steps(bus, steps, count);

	/* Steps by hand may be repeated. */
	if (is_fault(kind) && !bus->ops->recover(bus))
		kind = bus->ops->steps(bus, steps, count);
	return kind;
}

/* Drives all lines again, and puts the adapter into its normal state. */
enum trouble_kind spi_steps_end(struct spi_bus *bus)
{
	struct spi_op op = {.kind = SPI_CEN, .level = true};
	enum trouble_kind kind = bus->ops->recover(bus);

	return kind ? kind : spi_transfer(bus, &op, 1);
}
