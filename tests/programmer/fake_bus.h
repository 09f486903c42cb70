/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_bus.h - a bus with nothing on it: it records what is sent, and in which batch, and answers
 * what it was told to.
 */
#ifndef TESTS_FAKE_BUS_H
#define TESTS_FAKE_BUS_H

#include "programmer/bus/spi.h"

#define FAKE_OPS 1024
#define FAKE_BYTES 264

struct fake_op {
	enum spi_kind kind;
	uint8_t tx[FAKE_BYTES];
	size_t tx_len, rx_len;
	unsigned batch; /* counted from 1 */
	uint32_t expect_us, max_us;
	bool once;
};

struct fake_bus {
	struct spi_bus bus; /* first: the code under test gets this */
	struct fake_op ops[FAKE_OPS];
	size_t count;
	unsigned batches;
	uint64_t us;
	enum trouble_kind error; /* the result of every transfer */
	bool enabled;		 /* the result of its waits */
	bool short_memory;	 /* forgets the ops of older batches, for long runs */

	/* Fills in what a window reads; NULL: zeros. */
	void (*answer)(struct fake_bus *fake, const struct spi_op *op);
	unsigned asked; /* for use by the answer function */
	uint8_t values[8];
};

void fake_bus_begin(struct fake_bus *fake);

#endif
