/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace.h - how long to expect that a die stays busy.
 *
 * The datasheet's typical time is only the start: the status samples show how long the die really
 * takes. Too long costs the difference once a page; too short costs a page sent again. So an
 * expectation follows a slower die at once and a faster one little by little.
 */
#ifndef PACE_H
#define PACE_H

#include "programmer/bus/spi.h"

#define PACE_MARGIN_SAMPLES 3

#define PACE_LONG_US 5000

struct pace {
	uint32_t expect_us;	    /* what to put into the next SPI_WAIT_READY */
	uint32_t max_us;	    /* the datasheet's maximum */
	uint32_t busy_us;	    /* the die was recently seen busy until here */
	uint32_t margin_us;	    /* PACE_MARGIN_SAMPLES of the adapter's status samples */
	const struct spi_op *learn; /* of the waits in a batch, until it is learnt */
};

static inline struct spi_op pace_wait(const struct pace *pace)
{
	return (struct spi_op){
		.kind = SPI_WAIT_READY,
		.expect_us = pace->expect_us,
		.max_us = pace->max_us,
	};
}

/*
 * Which of two waits of a batch is more informative, NULL being none: one that saw the die become
 * ready, or not, before one that came too late for it; then the longer.
 */
static inline const struct spi_op *pace_better(const struct spi_op *one, const struct spi_op *other)
{
	if (!one || one->early > other->early)
		return other;
	return one->early == other->early && other->took_us > one->took_us ? other : one;
}

/* Learn from a wait that has been answered; of several in one batch, from the better. */
static inline void pace_learn(struct pace *pace, const struct spi_op *wait)
{
	/* After a long wait more has to be sent again when it was too short. */
	uint32_t step =
		pace->expect_us < PACE_LONG_US ? pace->expect_us / 16 : pace->expect_us / 64;
	uint32_t shorter = pace->expect_us - step;

	if (wait->early) {
		/* Ready before the first sample: try shorter, but not too soon. */
		pace->busy_us -= pace->busy_us / 256;
		pace->expect_us = pace->busy_us + pace->margin_us;
		if (pace->expect_us < shorter)
			pace->expect_us = shorter;
	} else {
		pace->busy_us = wait->missed ? spi_longer_us(wait) : wait->took_us;
		pace->expect_us = pace->busy_us + pace->margin_us;
	}
	if (pace->expect_us > pace->max_us)
		pace->expect_us = pace->max_us;
}

#endif
