/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wiring.h - which pad of the module is on which pin of the adapter, and what is wrong there.
 *
 * The level of a node is that of the first of these on it:
 *   a short to ground or to 3.3 V, and any other chip that drives the pad
 *   an output, of the adapter or of the SoC; of two that fight, the low one wins
 *   CEN's pull-up on the module
 *   the pull-ups of the CH341A's inputs (70 uA, WCH CH341DS1)
 *
 * A pad without a wire: CEN is pulled up by the module, chip select and data in float high, the
 * clock stands still.
 *
 * A module without power clamps each wire to its supply rail by the diodes of its pads: the
 * rail is at 0 V until some wire is driven high and feeds it, which the pull-ups are too weak for.
 *
 * A pad that has changed places with ground lies at the adapter's ground, and the pin that
 * should have it has the module's ground on it, which the diodes of that pad keep at 0.6 V, a low
 * level; the module's ground gets to the adapter through them.
 *
 * Without any ground the current returns through the diodes of the signals, and the ground of the
 * module moves with all of them: levels at both ends are often misread.
 *
 * Assumptions, where nobody has published a measurement: which of two outputs wins; that one of
 * eight levels is misread without ground; that a chip on a weak supply restarts 60 ms after its
 * firmware began, when the radio starts.
 */
#ifndef SIM_WIRING_H
#define SIM_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pad { PAD_P20, PAD_P21, PAD_P22, PAD_P23, PAD_CEN, PAD_GND, PADS };

#define PIN_GROUND 8 /* the adapter's, after its pins D0 to D7 */
#define PIN_OPEN 9

enum held { HELD_NOT, HELD_LOW, HELD_HIGH, HELD_MOVING };
enum supply { SUPPLY_GOOD, SUPPLY_NONE, SUPPLY_WEAK };

/* With correct wiring all but `goes` is zero. */
struct wiring {
	bool given;	      /* else the wiring is correct */
	uint8_t goes[PADS];   /* the pin of the adapter, PIN_GROUND or PIN_OPEN */
	enum held held[PADS]; /* by a short, or by another chip that drives the pad */
	bool bridged;	      /* P22 and P23 touch */
	uint32_t noise;	      /* about one level of P23 in this many is misread (0: none) */
	bool slow;	      /* P23 changes too late for the clock of the adapter */
	enum supply supply;
};

/* The correct one. */
extern const struct wiring wiring_right;

/*
 * Changes @wiring by one item of an option: "P20=D3" or "P20=open", "P22:low" (high, moving),
 * "swap=P22/P23", "bridge", "noise=200", "slow", "supply=none" (weak, good). False: invalid. */
bool wiring_change(struct wiring *wiring, const char *item);

/* The same for a list of them, separated by commas. */
bool wiring_parse(struct wiring *wiring, const char *text);

#endif
