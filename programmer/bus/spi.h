/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi.h - the one interface between what talks to a flash die and the adapter.
 *
 * A bus runs batches of ops. A batch may travel to the adapter as a whole, so
 * nothing in it costs a round trip to the host; that is where all the speed of
 * this project comes from. Put into one batch whatever can be known beforehand.
 *
 * Order: ops run one after the other. Answers are in their buffers when
 * spi_transfer() returns, and only then.
 *
 * Waiting: SPI_WAIT_READY reads the status register (05h) until WIP is clear.
 * The adapter can not decide anything by itself, so the wait is streamed: room
 * for the expected time, then status samples. When the die was still busy at the
 * last sample, the ops behind the wait came too early and a busy die ignored
 * them; the bus waits until the die is ready and sends them again. Therefore:
 *
 *   - an op behind a wait in the same batch must be one that may be sent twice
 *     (reads, programs of the same data, erases; not status register writes);
 *   - a batch may be repeated as a whole after a USB fault, unless one of its
 *     ops is marked .once.
 *
 * Errors: functions return 0 or a kind of trouble, and raise nothing. After an error the
 * content of answer buffers is undefined and it is not known which ops ran.
 *
 * Ownership: ops and buffers belong to the caller and must live until the call
 * returns. Threads: one bus, one thread at a time.
 */
#ifndef SPI_H
#define SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/observer.h"

enum spi_kind {
	SPI_XFER,	/* one CS window: @tx out, then @rx in */
	SPI_DUPLEX,	/* one CS window: @tx out while @rx, of the same length, comes in */
	SPI_WAIT_READY, /* until the die's WIP bit is clear */
	SPI_DELAY,	/* nothing for expect_us, timed by the adapter */
	SPI_CEN,	/* drive CEN to .level */
};

struct spi_op {
	enum spi_kind kind;
	const uint8_t *tx;
	size_t tx_len;
	uint8_t *rx;
	size_t rx_len;
	bool level; /* SPI_CEN: true is high, the SoC runs */
	bool once;  /* never to be sent twice, see above */

	uint32_t expect_us; /* SPI_WAIT_READY: probably so long; SPI_DELAY: exactly so long */
	uint32_t max_us;    /* SPI_WAIT_READY: when to give up (TROUBLE_STAYS_BUSY) */
	uint32_t took_us;   /* SPI_WAIT_READY, answer: when it was first seen ready */
	bool missed;	    /* SPI_WAIT_READY, answer: not ready by then; took_us was too short */
	bool early; /* SPI_WAIT_READY, answer: ready at the first look, perhaps long since */
};

struct spi_bus;

struct spi_bus_ops {
	int (*transfer)(struct spi_bus *bus, struct spi_op *ops, size_t count);
	void (*sleep_us)(struct spi_bus *bus, uint64_t us);
	uint64_t (*now_us)(struct spi_bus *bus);
};

/* An adapter embeds this as its first member. */
struct spi_bus {
	const struct spi_bus_ops *ops;
	/* Asked from time to time during long work whether to end it, with TROUBLE_INTERRUPTED. */
	const struct observer *observer;
	bool whole; /* what is under way must not be ended: do not ask */
};

static inline int spi_transfer(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	return bus->ops->transfer(bus, ops, count);
}

/*
 * The same, but not given up when somebody says so: for what must not end in the middle. It
 * has to be short.
 */
static inline int spi_transfer_whole(struct spi_bus *bus, struct spi_op *ops, size_t count)
{
	bool whole = bus->whole;
	int ret;

	bus->whole = true;
	ret = spi_transfer(bus, ops, count);
	bus->whole = whole;
	return ret;
}

/* Wait on the host; for pauses that need no precision. */
static inline void spi_sleep_us(struct spi_bus *bus, uint64_t us)
{
	bus->ops->sleep_us(bus, us);
}

/* Microseconds of a clock that never goes back, from an arbitrary start. */
static inline uint64_t spi_now_us(struct spi_bus *bus)
{
	return bus->ops->now_us(bus);
}

static inline bool spi_cancelled(const struct spi_bus *bus)
{
	return !bus->whole && observer_cancelled(bus->observer);
}

#endif
