/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wires.h - the levels on the wires between the adapter and the SoC, as wiring.h says.
 *
 * The adapter reports what its pins drive; the SoC sees the resulting levels, and the adapter reads
 * them.
 */
#ifndef SIM_WIRES_H
#define SIM_WIRES_H

#include "sim/model/soc.h"
#include "sim/model/wiring.h"

struct wires {
	struct wiring wiring;
	struct soc *soc;
	struct prng prng;
	uint8_t touching[PADS];	   /* the pads on the node of each */
	uint8_t pads_on[PIN_OPEN]; /* the pads on each pin */
	uint8_t latch, direction;  /* of the adapter's pins D0 to D5 */
	/* Levels of the pads that are inputs, by latch and direction, where nothing else counts. */
	bool constant;
	uint8_t known[64 * 64]; /* 0: not yet */
	bool settled_in;	/* the level of P23 that a slow wire still shows */
	uint64_t booted_ns;	/* a weak supply: since when the firmware runs; 0: it does not */
};

void wires_init(struct wires *wires, const struct wiring *wiring, struct soc *soc, uint64_t seed);

/* The adapter's pins change. */
void wires_drive(struct wires *wires, uint8_t latch, uint8_t direction, uint64_t ns);

/* The levels of D0 to D7. */
uint8_t wires_levels(struct wires *wires, uint64_t ns);

/*
 * @count bytes at the clock of the adapter's SPI, most significant bit first; D3 and D5 are
 * outputs. Chip select stays as it is.
 */
void wires_shift(struct wires *wires, const uint8_t *mosi, uint8_t *miso, size_t count, uint64_t ns,
		 uint64_t step_ns);

#endif
