/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace.h - how long to expect that a die stays busy.
 *
 * The datasheet's typical time is only the start: the status samples show how long the die really
 * takes. Too long costs the difference once a page; too short costs a page sent again. So an
 * expectation follows a slower die at once and a faster one little by little.
 *
 * Samples lie around the expected time. It is a margin longer than what was seen, and those behind
 * it are a margin more. Where all pages of several runs took the same time, the latter is enough.
 * A page that then takes longer all the same makes it be believed later the next time.
 */
#ifndef PACE_H
#define PACE_H

#include "programmer/bus/spi.h"

#define PACE_MARGIN_SAMPLES 3

#define PACE_LONG_US 5000

/* All waits of a run, if there are so many, took the same time, within these samples: */
#define PACE_RUN_LEAST 8
#define PACE_ALIKE_SAMPLES 2
/* in so many runs in a row; twice as many after each miss. */
#define PACE_ALIKE_RUNS 4
#define PACE_WARY_MOST 10

struct pace {
	uint32_t expect_us;	    /* what to put into the next SPI_WAIT_READY */
	uint32_t max_us;	    /* the datasheet's maximum */
	uint32_t busy_us;	    /* the die was recently seen busy until here */
	uint32_t margin_us;	    /* PACE_MARGIN_SAMPLES of the adapter's status samples */
	const struct spi_op *learn; /* of the waits in a batch, until it is learnt */

	/* The same of how much they differ. */
	uint32_t least_us, most_us;
	unsigned waits;
	bool odd; /* one was missed, or came too late to tell */

	unsigned alike; /* runs in a row */
	unsigned wary;	/* how often the number of these was doubled */
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

static inline uint32_t pace_samples_us(const struct pace *pace, unsigned samples)
{
	return pace->margin_us / PACE_MARGIN_SAMPLES * samples;
}

static inline bool pace_is_steady(const struct pace *pace)
{
	return pace->alike >> pace->wary >= PACE_ALIKE_RUNS;
}

static inline uint32_t pace_behind_busy(const struct pace *pace)
{
	uint32_t sooner = pace_samples_us(pace, PACE_ALIKE_SAMPLES);

	if (!pace_is_steady(pace))
		return pace->busy_us + pace->margin_us;
	return pace->busy_us > sooner ? pace->busy_us - sooner : 0;
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
		pace->expect_us = pace_behind_busy(pace);
		if (pace->expect_us < shorter)
			pace->expect_us = shorter;
	} else {
		pace->busy_us = wait->missed ? spi_longer_us(wait) : wait->took_us;
		pace->expect_us = pace_behind_busy(pace);
	}
	if (pace->expect_us > pace->max_us)
		pace->expect_us = pace->max_us;
}

/* One of the waits of a run. */
static inline void pace_note(struct pace *pace, const struct spi_op *wait)
{
	pace->learn = pace_better(pace->learn, wait);
	pace->odd |= wait->early || wait->missed;
	if (!pace->waits || wait->took_us < pace->least_us)
		pace->least_us = wait->took_us;
	if (!pace->waits || wait->took_us > pace->most_us)
		pace->most_us = wait->took_us;
	pace->waits++;
}

/* After all of its waits were noted. Nothing happens without any. */
static inline void pace_learn_run(struct pace *pace)
{
	uint32_t spread = pace_samples_us(pace, PACE_ALIKE_SAMPLES);

	if (!pace->learn)
		return;
	if (pace->odd || pace->most_us - pace->least_us > spread) {
		pace->wary +=
			pace->learn->missed && pace_is_steady(pace) && pace->wary < PACE_WARY_MOST;
		pace->alike = 0;
	} else if (pace->waits >= PACE_RUN_LEAST && !pace_is_steady(pace)) {
		pace->alike++;
	}
	pace_learn(pace, pace->learn);
	pace->learn = NULL;
	pace->waits = 0;
	pace->odd = false;
}

#endif
