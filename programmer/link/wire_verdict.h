/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_verdict.h - what is wrong with the wires, from what was seen of them (wire_seen.h).
 *
 * A function of its arguments only. What cannot be told apart from the adapter's end is named
 * together, the likelier first, and each has the measurement that decides.
 *
 * A wire is named by the line of the adapter on which it should be: SPI_LINE_CLOCK is P20,
 * SPI_LINE_SELECT P21, SPI_LINE_OUT P22, SPI_LINE_IN P23, SPI_LINE_CEN CEN.
 */
#ifndef WIRE_VERDICT_H
#define WIRE_VERDICT_H

#include "programmer/link/wire_seen.h"

/* X(id, name): names are in JSON and never change their meaning. */
#define WIRE_CAUSES(X)                                                                             \
	X(OPEN, "open")		    /* @a is not connected */                                      \
	X(SWAPPED, "swapped")	    /* @a and @b */                                                \
	X(MISPLACED, "misplaced")   /* @a is on the line of @b; more than two are wrong */         \
	X(CEN_BESIDE, "cen-beside") /* CEN is on the pin next to its own */                        \
	X(CEN_AT_CLOCK,                                                                            \
	  "cen-at-clock") /* CEN is on the clock's pin, which is the other neighbour */            \
	X(GROUND_SWAPPED, "ground-swapped") /* @a and ground */                                    \
	X(HELD_LOW, "held-low")		    /* @a, by a short or by another chip */                \
	X(HELD_HIGH, "held-high")                                                                  \
	X(BRIDGED, "bridged")		/* @a and @b touch */                                      \
	X(OTHER_DRIVER, "other-driver") /* another chip sends on @a */                             \
	X(NO_WIRES, "no-wires")                                                                    \
	X(NO_POWER, "no-power")                                                                    \
	X(WEAK_SUPPLY, "weak-supply")                                                              \
	X(NO_GROUND, "no-ground")                                                                  \
	X(NOISE, "noise")                                                                          \
	X(SLOW_WIRE, "slow-wire")                                                                  \
	X(IN_RESET, "in-reset") /* the board holds CEN low */                                      \
	X(BARE_DIE, "bare-die") /* a flash without a SoC, or one that is linked for good */        \
	X(ENTERS_RARELY, "enters-rarely")                                                          \
	X(MODE_CLOSED, "mode-closed")                                                              \
	X(NO_FLASH, "no-flash")                                                                    \
	X(NOT_RESET, "not-reset")	/* a reset was forbidden by enter=never */                 \
	X(CEN_UNDRIVEN, "cen-undriven") /* the adapter has no pin for CEN, and cen= is not given   \
					 */

enum wire_cause {
#define X(id, name) WIRE_##id,
	WIRE_CAUSES(X)
#undef X
		WIRE_CAUSE_COUNT
};

struct wire_suspect {
	enum wire_cause cause;
	uint8_t a, b;
};

#define WIRE_SUSPECTS 8

struct wire_verdict {
	bool linked;  /* a flash answers; there may still be suspects */
	bool certain; /* there is one suspect, and nothing else looks like that */
	struct wire_suspect suspects[WIRE_SUSPECTS];
	size_t count;
};

void wire_judge(const struct wire_seen *seen, struct wire_verdict *verdict);

/* "swapped" */
const char *wire_cause_name(enum wire_cause cause);

/* The pad of a line: "P22". */
const char *wire_pad(uint8_t line);

#define WIRE_TEXT_ROOM 240

/*
 * As a clause: "P22 and P23 are swapped (D5 and D7)", and what to do or to measure: "Let P22 go to
 * D5 ...". The names of pins are from @caps. Both return @text.
 */
const char *wire_suspect_text(const struct wire_suspect *suspect, const struct spi_caps *caps,
			      char text[WIRE_TEXT_ROOM]);
const char *wire_suspect_next(const struct wire_suspect *suspect, const struct spi_caps *caps,
			      char text[WIRE_TEXT_ROOM]);

#endif
