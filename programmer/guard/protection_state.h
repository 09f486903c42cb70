/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protection_state.h - what status registers say: which bytes of the die are protected, and
 * whether the registers themselves are locked. protection_words.h has the words.
 *
 * Which range the bits select is known for the parts whose database entry says so (bp_ranges,
 * chipdb.h); for others only whether anything is protected.
 *
 * SRP0 and SRP1 as in the datasheets of GD25Q16 and W25Q32: SRP0 alone locks the registers while
 * the die's WP# is low, unless QE makes that pin a data line; SRP1 until power is cut; both for
 * good on parts that were ordered like that, else also until power is cut.
 *
 * While WPS is set BP and what belongs to it have no effect; each block has a lock of its own.
 *
 * Functions of their arguments only; nothing is raised, nothing is read.
 */
#ifndef PROTECTION_STATE_H
#define PROTECTION_STATE_H

#include "base/range.h"
#include "chipdb/chipdb.h"

/* BP alone. */
uint32_t protection_size_bits(const struct chipdb_part *part);

/* The bits that choose what is protected: BP, TB, SEC and CMP. */
uint32_t protection_mask(const struct chipdb_part *part);

/* Whether registers of this value protect anything. */
bool protection_active(const struct chipdb_part *part, uint32_t sr);

enum protection_lock {
	LOCK_NONE,
	LOCK_PIN,   /* while WP# is low, which cannot be seen from here */
	LOCK_POWER, /* until power is cut */
	LOCK_GOOD,  /* for good, or until power is cut: that depends on the part */
};

struct protection_state {
	uint32_t registers;
	bool active;	/* something is protected */
	bool by_blocks; /* by locks of single blocks, which the registers do not show */
	bool known;	/* what: .ranges; none if not active */
	struct ranges ranges;
	enum protection_lock lock;
};

/* By the registers alone; with .by_blocks it is not known what of them is locked. */
void protection_state_of(const struct chipdb_part *part, uint32_t sr,
			 struct protection_state *state);

#endif
