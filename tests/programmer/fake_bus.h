/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_bus.h - a bus without anything on it: it writes down what is sent, in which
 * batch, and answers what it was told to.
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
	unsigned batch; /* from 1 */
	uint32_t expect_us, max_us;
	bool once;
};

struct fake_bus {
	struct spi_bus bus; /* first: the code under test gets this */
	struct fake_op ops[FAKE_OPS];
	size_t count;
	unsigned batches;
	uint64_t us;
	enum trouble_kind error; /* what every transfer returns */
	bool enabled;		 /* what its waits find */
	bool short_memory;	 /* forget the ops of older batches, for long runs */

	/* Fills what a window reads; zeros when NULL. */
	void (*answer)(struct fake_bus *fake, const struct spi_op *op);
	unsigned asked; /* for the answer's use */
	uint8_t values[8];
};

void fake_bus_begin(struct fake_bus *fake);

#endif
