/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_seen.h - what can be seen of the wires from the adapter's end, without a judgement.
 *
 * Lines are masks of enum spi_line (spi.h). The chip is "off" while CEN is low: its pads drive
 * nothing then, and the adapter's pull-ups make every good wire high.
 */
#ifndef WIRE_SEEN_H
#define WIRE_SEEN_H

#include "programmer/link/spi_handshake.h"

/* Levels over a period: lines that were low, or high, in every sample; the others moved. */
struct wire_levels {
	uint8_t low, high;
};

/* D2 that was clocked by hand, and on which lines. */
struct wire_echo {
	bool found;
	uint8_t cen, clock, in; /* the lines on which CEN, P20 and P23 are */
	uint8_t also;		/* other lines that showed the same */
	uint32_t bits, wrong;	/* that were read, and those that do not match D2 */
};

/* The chip took D2 with these lines as P21 and P22. */
struct wire_taken {
	bool found;
	uint8_t select, out;
	uint8_t id[3]; /* that was read by hand afterwards; 0 if none */
};

struct wire_seen {
	bool by_hand; /* the adapter can do steps by hand; else all that needs them is zero */

	bool cen_undriven; /* neither the adapter nor anything else can move CEN */

	unsigned unasked_echo; /* D2 bytes before anything was reset */

	/* CEN high, all other lines released. */
	struct wire_levels rest;
	bool cen_low; /* the line of CEN is low when it is released */

	struct link_report link; /* how the handshake ended */

	/* Only if it did not come to a link: */
	struct wire_levels off;		   /* CEN low, all other lines released */
	struct wire_levels off_clocked;	   /* the same while the clock's line is toggled */
	uint8_t lifted;			   /* of off.low: high as soon as others are driven high */
	uint8_t pulled_by[SPI_LINE_COUNT]; /* off, by line: which others pull it down with them */

	/* Only if it did not come to a link: */
	struct wire_levels start;		  /* the first 10 ms after CEN rose */
	struct wire_levels clock_high, clock_low; /* a period with the clock's line at that level */
	struct wire_echo echo;
	struct wire_taken taken;

	/* Only if it did: */
	unsigned entries, entered; /* resets, and how many of them linked at the first try */
	bool answers_off;	   /* the flash answers while CEN is low */
	uint32_t bits, wrong;	   /* read several times, and those that were not always the same */
	uint32_t slow_bits, slow_wrong; /* the same by hand, at a tenth of the clock; if wrong */
	uint8_t status;			/* the answer to 05h */
};

#endif
