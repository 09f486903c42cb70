/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi.h - the one interface between what talks to a flash die and the adapter.
 *
 * A bus runs batches of ops. A batch may travel to the adapter as a whole, so nothing in it costs a
 * round trip to the host; that is where all the speed of this project comes from. Put everything
 * that is known beforehand into one batch.
 *
 * Order: ops run one after the other. Answers are in their buffers when
 * spi_transfer() returns, and only then.
 *
 * Waiting: SPI_WAIT_READY reads the status register (05h) until WIP is clear. The adapter cannot
 * decide anything by itself, so the wait is streamed: room for the expected time, then status
 * samples. When the die was still busy at the last sample, the ops after the wait came too early
 * and a busy die ignored them; the bus waits until the die is ready and sends them again, with
 * longer waits where the same time was expected. Therefore:
 *
 *   - an op after a wait in the same batch must be one that may be sent twice
 *     (reads, programs of the same data, erases; not status register writes);
 *   - a batch may be repeated as a whole after a fault of the adapter, unless one of
 *     its ops is marked .once.
 *
 * Adapters differ, and what one can do is data (struct spi_caps). Users of a bus need not check it:
 * what the adapter cannot do by itself, the bus does by other means (bus.c), only slower.
 *
 * Errors: functions return TROUBLE_NONE or a kind, and raise nothing. After an error the content of
 * answer buffers is undefined and it is not known which ops ran. A bus repeats by itself what may
 * be repeated; a fault that it returns persisted.
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
	SPI_DELAY,	/* nothing for expect_us, or some more where the adapter has no clock */
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

	uint32_t expect_us; /* SPI_WAIT_READY: the expected time; SPI_DELAY: the exact time */
	uint32_t max_us;    /* SPI_WAIT_READY: when to give up (TROUBLE_STAYS_BUSY) */
	uint32_t took_us;   /* SPI_WAIT_READY, answer: when it was first seen ready */
	bool missed;	    /* SPI_WAIT_READY, answer: not ready by then; took_us was too short */
	bool early; /* SPI_WAIT_READY, answer: ready at the first sample, perhaps long before */
	/*
	 * SPI_WAIT_READY, answer: not missed, and the ready die still shows WEL (write enabled). So
	 * the command before it was not carried out.
	 */
	bool enabled;
};

/* What to expect after a missed wait: it is not known how much longer the die took. */
static inline uint32_t spi_longer_us(const struct spi_op *missed)
{
	return missed->took_us + missed->took_us / 8;
}

#define SPI_PIN_ROOM 40

/*
 * What messages say of the adapter: the names of its pins, as they are printed on it. They outlive
 * the bus, except that of CEN, which may be a line of this computer and is stored here; "": there
 * is none.
 */
struct spi_pins {
	const char *clock;	/* "D3" */
	const char *select;	/* "D0" */
	const char *out;	/* "D5": data into the chip */
	const char *in;		/* "D7": data out of the chip */
	char cen[SPI_PIN_ROOM]; /* "D2" */
	/* What to beware of with the levels of its pins, " (in brackets)". NULL: nothing. */
	const char *levels;
	/* A sentence: what to do when it no longer answers. NULL: plug it in again. */
	const char *again;
};

/* The lines of an adapter, as bits: those of the bus, CEN, and the pin next to that of CEN. */
enum spi_line {
	SPI_LINE_CLOCK = 0x01,
	SPI_LINE_SELECT = 0x02,
	SPI_LINE_OUT = 0x04,
	SPI_LINE_IN = 0x08, /* never driven */
	SPI_LINE_CEN = 0x10,
	SPI_LINE_BESIDE_CEN = 0x20,
};

#define SPI_LINE_COUNT 6
#define SPI_LINES_ALL 0x3f

/*
 * One step by hand, to find a wiring fault: drive the lines @drive to @level, release all others,
 * and read the levels @hold_us later. The level of a driven line is not reliable.
 */
struct spi_step {
	uint8_t drive, level;
	uint8_t hold_us; /* at most SPI_STEP_HOLD_US */
	uint8_t seen;	 /* the answer */
};

#define SPI_STEP_HOLD_US 60

/*
 * @text with the names of the pins where it has {clock} {select} {out} {in} {cen}, and with
 * {levels} and {again}, in @words, which has @room bytes and is returned; what does not fit is cut.
 * NULL: the adapter is not known.
 */
const char *spi_pins_put(const struct spi_pins *pins, const char *text, char *words, size_t room);

enum spi_cen {
	SPI_CEN_NONE,	   /* no pin for it: SPI_CEN fails with TROUBLE_CEN_UNWIRED */
	SPI_CEN_IN_STREAM, /* SPI_CEN is an op like others, timed with them */
	SPI_CEN_APART,	   /* it ends the stream: from 100 us to some ms of the host's time */
};

/* The smallest window_most that an adapter may have: a page program with four address bytes. */
#define SPI_WINDOW_LEAST 261

/* What an adapter can do, and what it costs. Filled once, by its open(). */
struct spi_caps {
	const char *kind;  /* what it is called, for people and programs */
	const char *place; /* the parameter whose value spi_bus.port is: "usb", "spidev" */
	struct spi_pins pins;
	uint32_t clock_hz; /* as it is now */
	/*
	 * Bytes of one CS window; 0: any number, else SPI_WINDOW_LEAST or more. The bus cuts
	 * reads (03h, 13h); any other window that is longer is the caller's mistake.
	 */
	uint32_t window_most;
	uint32_t ops_most; /* ops of one round trip; 0: any number */
	/*
	 * SPI_DUPLEX works as described. Else the bus makes two windows of one, and returns what
	 * the chip sends in the second, which is not the answer to what was sent; windows of the
	 * adapter may have a tx_len of 0 then.
	 */
	bool duplex;
	bool waits_in_stream;	/* status samples can follow a command without the host */
	uint32_t delay_most_us; /* SPI_DELAY within a stream; 0: none, the host waits */
	/*
	 * The bus may be one with this computer's own flash on it: what answers without a reset,
	 * or while CEN is low, must not be taken for the chip's.
	 */
	bool may_be_own;
	enum spi_cen cen;
	const char *beside_cen; /* SPI_LINE_BESIDE_CEN: "D1"; NULL if there are no steps by hand */

	/*
	 * Costs, for estimates (die_cost) and for pace (pace.h). Where they depend on the host
	 * they are guesses, until spi_calibrate().
	 */
	bool costs_guessed;
	uint32_t sample_us;   /* from one status sample of a wait to the next */
	uint32_t ns_per_byte; /* of a long window */
	uint32_t us_per_op, us_per_batch;
};

struct cen;
struct spi_bus;

/* What an adapter has to implement. Calls come from one thread, one at a time. */
struct spi_adapter_ops {
	/*
	 * Run ops from the first on, as many as fit in one round trip; *done says how many. They
	 * are within the adapter's caps. It may stop before a wait that is too long to stream. A
	 * wait that was too short gets .missed, and *done is its index: all ops after it count as
	 * not done, even if they were sent.
	 */
	enum trouble_kind (*run)(struct spi_bus *bus, struct spi_op *ops, size_t count,
				 size_t *done);
	/*
	 * After TROUBLE_ADAPTER_FAULT or TROUBLE_ADAPTER_SILENT: nothing old is left in the
	 * adapter, CS is high, and CEN is as the last SPI_CEN left it.
	 */
	enum trouble_kind (*recover)(struct spi_bus *bus);
	/*
	 * Steps by hand, all of them in one round trip. NULL: it cannot. The pins stay as the last
	 * one leaves them until the next call of any function.
	 */
	enum trouble_kind (*steps)(struct spi_bus *bus, struct spi_step *steps, size_t count);
	/*
	 * From now on the clock is @hz, or the next slower one that it has, and not below its
	 * slowest; the caps follow. CS and CEN stay. NULL: it has one clock.
	 */
	enum trouble_kind (*set_speed)(struct spi_bus *bus, uint32_t hz);
	/* CEN high, then pins released, and everything freed. */
	void (*close)(struct spi_bus *bus);

	/* The clock and the sleep of a bus in virtual time. NULL: those of the machine. */
	uint64_t (*now_us)(struct spi_bus *bus);
	void (*sleep_us)(struct spi_bus *bus, uint64_t us); /* at most 50 ms at a time */
};

/* An adapter embeds this as its first member. */
struct spi_bus {
	const struct spi_adapter_ops *ops;
	/* Asked from time to time during long work whether to end it, with TROUBLE_INTERRUPTED. */
	const struct observer *observer;
	struct spi_caps caps;
	struct cen *cen; /* drives CEN in place of the adapter, see cen.h; or NULL */
	char port[48];	 /* where it is plugged in: "1-4.2" */
	bool whole;	 /* the present work must not be interrupted: do not ask */
};

/*
 * Measures what this bus costs on this host, with a linked die at its other end, of which it reads
 * 5 KiB in small pieces and a large one. The caps are as they were when it fails.
 */
enum trouble_kind spi_calibrate(struct spi_bus *bus);

enum trouble_kind spi_transfer(struct spi_bus *bus, struct spi_op *ops, size_t count);

/*
 * The same, but not cancelled on request: for what must not end in the middle. It has to be short.
 */
enum trouble_kind spi_transfer_whole(struct spi_bus *bus, struct spi_op *ops, size_t count);

/*
 * Steps by hand; not with an adapter whose caps name no beside_cen. The pins stay as the last step
 * leaves them; spi_steps_end() makes them a bus again, CEN high.
 */
enum trouble_kind spi_steps(struct spi_bus *bus, struct spi_step *steps, size_t count);
enum trouble_kind spi_steps_end(struct spi_bus *bus);

/* Wait on the host; for pauses that need no precision. Ends early when cancelled. */
void spi_sleep_us(struct spi_bus *bus, uint64_t us);

/* Microseconds of a monotonic clock, from an arbitrary start. */
uint64_t spi_now_us(struct spi_bus *bus);

static inline bool spi_cancelled(const struct spi_bus *bus)
{
	return !bus->whole && observer_cancelled(bus->observer);
}

#endif
