/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Beken SoC between the adapter's wires and the die: CEN, the window in which it
 * listens for 0xD2, and the SPI mode in which it passes everything through.
 *
 *   OFF -> POWERUP -> WINDOW -> SWITCH -> FLASH
 *                        |
 *                        +--> BOOT, when no D2 came in time
 *
 * POWERUP begins when CEN rises after it was low for at least the variant's time; a shorter pulse
 * resets nothing, and the SoC comes back in BOOT. In WINDOW it drives D2 on MISO whatever CS is.
 * When CEN falls, the link is lost at once. The SoC starts in BOOT, as it had power before the
 * simulation began.
 *
 * A byte belongs to the state that the SoC is in when the byte begins. When the SoC enters FLASH
 * inside a CS window, the die sees CS fall there and takes the next byte for a command.
 *
 * Assumptions: D2 bytes need not be consecutive; CEN does not cut the die's power;
 * half of the attempts that a flaky SoC misses show no D2 at all.
 */
#ifndef SIM_SOC_H
#define SIM_SOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/jitter.h"
#include "sim/model/nor.h"
#include "sim/model/prng.h"
#include "sim/model/soc_variants.h"

enum soc_state { SOC_OFF, SOC_POWERUP, SOC_WINDOW, SOC_SWITCH, SOC_FLASH, SOC_BOOT };

struct soc {
	const struct soc_variant *variant;
	struct nor *nor;
	struct board_stats *stats;
	struct prng prng;
	uint64_t seed;

	/* Drawn from the variant's ranges. */
	uint64_t reset_ns, open_ns, window_ns, switch_ns;
	uint32_t d2_needed;

	enum soc_state state;
	uint64_t fell_ns;	/* OFF: when CEN fell */
	uint64_t state_ends_ns; /* POWERUP, WINDOW, SWITCH by time */
	uint32_t attempts;
	bool deaf; /* this window shows D2 but takes none */
	uint32_t d2_seen, d2_run;
	bool first_byte_shown;
	uint32_t zeros_seen;
	uint8_t residue_left;
	uint64_t bytes;	  /* for noise */
	uint64_t wire_ns; /* of a byte; a faster clock reads MISO late, see board_options.h */
	uint8_t late;	  /* the last byte that was late */
	struct jitter jitter;

	/* The wires, as the SoC sees them. */
	bool cen, cs_low, sck;
	bool cen_low, cen_pulled; /* by the adapter, and by something else */
	uint32_t window_bytes;	  /* since CS fell */
	uint8_t last_byte;
	bool op_counted;

	/* A byte that is clocked bit by bit. */
	unsigned bits;
	uint8_t shift_in, shift_out;
	bool miso_held;
	bool holds; /* while the clock is high MISO keeps miso_held */
};

void soc_init(struct soc *soc, const struct soc_variant *variant, uint64_t seed, struct nor *nor,
	      struct board_stats *stats);

/* The wires change; calls must come in the order of their time. */
void soc_set_cen(struct soc *soc, bool high, uint64_t ns);
void soc_pull_cen(struct soc *soc, bool low, uint64_t ns);
void soc_set_cs(struct soc *soc, bool low, uint64_t ns);
void soc_set_clock(struct soc *soc, bool high, bool mosi, uint64_t ns);

/* The level of MISO, and whether the SoC drives it. */
bool soc_miso(struct soc *soc, uint64_t ns);
bool soc_drives_miso(const struct soc *soc);

/* The supply breaks down for a moment, and the SoC begins as after a reset. */
void soc_lose_power(struct soc *soc, uint64_t ns);

/* @count bytes, most significant bit first, the first at @ns, the others @step_ns apart. */
void soc_shift(struct soc *soc, const uint8_t *mosi, uint8_t *miso, size_t count, uint64_t ns,
	       uint64_t step_ns);

#endif
