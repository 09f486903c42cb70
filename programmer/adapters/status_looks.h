/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_looks.h - how an adapter that clocks bytes evenly streams a wait: a pause, and then a
 * number of status reads, one a byte, around the time at which the die is expected to be ready.
 *
 * They last about 60 us, more than three samples to each side: pace.h keeps that distance.
 */
#ifndef STATUS_LOOKS_H
#define STATUS_LOOKS_H

#include "programmer/bus/spi.h"

#define STATUS_LOOKS_MOST 256

/* Of the caps' sample_us: pace.h needs three of them in half of the looks. */
#define STATUS_SAMPLE_LEAST_US 6

struct status_looks {
	unsigned count; /* bytes to read, at most STATUS_LOOKS_MOST */
	uint32_t clock_hz;
};

/* For that clock, with the values that belong in the caps. */
void status_looks_fill(struct status_looks *looks, struct spi_caps *caps, uint32_t clock_hz);

/* The pause between the command and the first look. */
uint32_t status_looks_pause_us(const struct status_looks *looks, const struct spi_op *wait);

/* Fills the answer of @wait, from looks->count bytes. */
void status_looks_answer(const struct status_looks *looks, struct spi_op *wait,
			 const uint8_t *samples);

/* The same for all waits among @count ops; *done: up to the first that was missed. */
void status_looks_answer_all(const struct status_looks *looks, struct spi_op *ops, size_t count,
			     const uint8_t (*samples)[STATUS_LOOKS_MOST], size_t *done);

#endif
