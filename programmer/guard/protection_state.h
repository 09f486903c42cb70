/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protection_state.h - what status registers say: which bytes of the die are protected, and
 * whether the registers themselves are locked. In words, too.
 *
 * Which range the bits choose is known of the parts whose database entry says so
 * (bp_ranges, chipdb.h); of others only whether anything is protected.
 *
 * SRP0 and SRP1 as in the datasheets of GD25Q16 and W25Q32: SRP0 alone locks the registers
 * while the die's WP# is low, unless QE makes a data line of it; SRP1 until power is cut; both
 * for good on parts that were ordered so, else also until power is cut.
 *
 * Pure functions of their arguments; nothing is raised, nothing is read.
 */
#ifndef PROTECTION_STATE_H
#define PROTECTION_STATE_H

#include "base/range.h"
#include "chipdb/chipdb.h"

enum protection_lock {
	LOCK_NONE,
	LOCK_PIN,   /* while WP# is low, which nobody can see from here */
	LOCK_POWER, /* until power is cut */
	LOCK_GOOD,  /* for good, or until power is cut: that depends on the part */
};

struct protection_state {
	uint32_t registers;
	bool active; /* something is protected */
	bool known;  /* what: .ranges; none if not active */
	struct ranges ranges;
	enum protection_lock lock;
};

/* By the registers alone. */
void protection_state_of(const struct chipdb_part *part, uint32_t sr,
			 struct protection_state *state);

/* "none", "wp-pin", "power-cycle", "permanent": for programs. */
const char *protection_lock_name(enum protection_lock lock);

/* What it means that they are locked, as a sentence without a full stop; "" if they are not. */
const char *protection_lock_text(enum protection_lock lock);

#define PROTECTION_TEXT 400

/*
 * "on; it is lifted before a write (status registers 0x001c)", or what stands in the way of
 * that. Returns @text.
 */
const char *protection_say(const struct protection_state *state, char text[PROTECTION_TEXT]);

/* "0x000000-0x1effff (1984 KiB)", "nothing", or that it is not known. Returns @text. */
const char *protection_say_ranges(const struct protection_state *state, char text[PROTECTION_TEXT]);

#endif
