/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small seeded random numbers (splitmix64): the same seed gives the same board.
 */
#ifndef SIM_PRNG_H
#define SIM_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t state;
};

static inline uint64_t prng_mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
	return value ^ (value >> 31);
}

static inline uint64_t prng_next(struct prng *prng)
{
	prng->state += UINT64_C(0x9E3779B97F4A7C15);
	return prng_mix(prng->state);
}

/* A number from @low to @high, both included. */
static inline uint64_t prng_between(struct prng *prng, uint64_t low, uint64_t high)
{
	return high <= low ? low : low + prng_next(prng) % (high - low + 1);
}

#endif
