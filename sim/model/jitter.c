/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/jitter.h"

#include <math.h>

#define BITS 8

/* How many of 2^32 bytes have a bit that is late. */
static uint64_t late_ones(uint32_t jitter_ns, uint64_t byte_ns)
{
	double half = (double)byte_ns / BITS / 2;
	double bit = erfc(half / jitter_ns / sqrt(2)) / 2;

	return (uint64_t)((1 - pow(1 - bit, BITS)) * 4294967296.0);
}

void jitter_on(struct jitter *jitter, uint8_t *bytes, size_t count, uint64_t byte_ns,
	       struct prng *prng)
{
	if (byte_ns != jitter->byte_ns) {
		jitter->byte_ns = byte_ns;
		jitter->late = late_ones(jitter->ns, byte_ns);
	}
	for (size_t i = 0; i < count && jitter->late; i++) {
		uint64_t random = prng_next(prng);
		unsigned sent = (unsigned)(jitter->before << BITS | bytes[i]);
		unsigned bit = (unsigned)(random >> 61);

		jitter->before = bytes[i];
		if ((uint32_t)random < jitter->late && ((sent >> 1 ^ sent) >> bit & 1))
			bytes[i] = (uint8_t)(bytes[i] ^ 1u << bit);
	}
}
