/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jitter.h - edges on the way from the chip to the adapter that are not on time.
 *
 * The adapter takes a bit half a period of its clock after the edge that made the chip send it.
 * Noise on the slopes moves each edge by a random time, with the bell curve of Gauss; one that is
 * moved by more than that half period comes too late, and the bit before it is taken once more. So
 * at a clock at which one of thousands of bits is wrong, at half that clock none is.
 *
 * What goes to the chip is launched together with the clock and runs beside it, so it is not moved
 * against it.
 */
#ifndef SIM_JITTER_H
#define SIM_JITTER_H

#include <stddef.h>
#include <stdint.h>

#include "sim/model/prng.h"

/* A zeroed one has none. */
struct jitter {
	uint32_t ns; /* root mean square */
	/* Kept by jitter.c: of bytes that last so long, this part of 2^32 has a bit that is late.
	 */
	uint64_t byte_ns, late;
	uint8_t before; /* the byte before */
};

/* What becomes of @count bytes of @byte_ns each, most significant bit first. */
void jitter_on(struct jitter *jitter, uint8_t *bytes, size_t count, uint64_t byte_ns,
	       struct prng *prng);

#endif
