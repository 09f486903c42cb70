/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How Beken SoCs, and the wires around them, have been seen to behave when asked to enter SPI mode:
 * one row per variant. soc_variants.c gives the evidence for each value.
 */
#ifndef SIM_SOC_VARIANTS_H
#define SIM_SOC_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

/* What D2 bytes must look like to be counted. */
enum soc_accepts {
	SOC_ACCEPTS_ANY,    /* whole bytes, aligned to the falling edge of CS */
	SOC_ACCEPTS_SINGLE, /* CS windows of exactly one byte */
	SOC_ACCEPTS_LONG,   /* a run of SOC_LONG_RUN of them in one CS window */
};

#define SOC_LONG_RUN 25

/* What MISO reads while the SoC runs its own firmware. */
enum soc_boot_miso { SOC_BOOT_00, SOC_BOOT_FF, SOC_BOOT_NOISE };

enum soc_wire {
	SOC_WIRED,
	SOC_STUCK_00, /* MISO reads 00 whatever happens */
	SOC_STUCK_FF, /* ... or FF */
	SOC_SWAPPED,  /* MOSI and MISO are swapped */
	SOC_NO_CS,    /* CS is not connected; the SoC's pin stays high */
};

struct soc_range {
	uint32_t low, high; /* drawn from the seed, once per board */
};

struct soc_variant {
	const char *name;
	struct soc_range reset_us;  /* CEN must be low for this long */
	struct soc_range open_us;   /* from CEN high to the window */
	struct soc_range window_us; /* how long the window stays open */
	struct soc_range switch_us; /* from the last D2 needed to the flash */
	struct soc_range d2;	    /* D2 bytes needed */
	uint32_t switch_zeros;	    /* not 0: this many 00 bytes make it switch, not time */
	uint8_t undriven;	    /* what MISO reads when nothing drives it */
	uint8_t residue;    /* bytes of each CS window that still read D2 while it switches */
	uint8_t first_byte; /* not 0: what the window's first byte reads instead of D2 */
	uint8_t misses;	    /* attempts after power-up that fail */
	uint8_t one_in;	    /* not 0: one attempt in this many succeeds */
	enum soc_accepts accepts;
	enum soc_boot_miso boot;
	enum soc_wire wire;
	bool linked;	 /* in SPI mode at power-up */
	bool no_cen;	 /* CEN is not connected */
	bool closed;	 /* the download interface is disabled for good */
	bool reprotects; /* the firmware sets the part's usual protection when it boots */
};

/* NULL if there is no variant of this name. */
const struct soc_variant *soc_variant_by_name(const char *name);

/* NULL past the last one. */
const struct soc_variant *soc_variant_at(unsigned index);

#endif
