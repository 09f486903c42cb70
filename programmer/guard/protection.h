/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protection.h - block protection in the status registers of a die.
 *
 * Beken's firmware leaves most dies protected (SR = 0x4004: CMP and BP0), and CMP inverts the
 * meaning of the BP bits: clearing BP alone protects the whole die. So all registers are read
 * first; if nothing protects, nothing is written, because a needless write has locked parts for
 * good; otherwise BP and CMP are cleared together by the part's own method and everything else
 * stays as it was. docs/protocol.md has the reports behind this.
 *
 * Register values are SR1 | SR2 << 8 | SR3 << 16, as in die.h. A register that reads FF is not
 * there: it counts as 0 and is not written, nor are those after it.
 *
 * Registers are written only where a bit must change: by the part's method, if that did not help by
 * the other, and then once more by its own. QE is restored if such a write cleared it.
 *
 * While WPS is set, what protects are locks of single blocks (block_locks.h). They are opened
 * and, with UNPROTECT_RESTORE, set again; the registers stay as they are.
 *
 * Where a link does not reach the registers of the die (caps.registers), nothing is lifted, and
 * calls for them return TROUBLE_NO_REGISTERS.
 *
 * Errors: TROUBLE_NONE, or a kind that has been raised with what the registers were.
 */
#ifndef PROTECTION_H
#define PROTECTION_H

#include "chipdb/chipdb.h"
#include "base/observer.h"
#include "programmer/die/die.h"
#include "programmer/guard/block_locks.h"
#include "programmer/guard/protection_state.h"

enum protection_policy {
	UNPROTECT_AUTO,	   /* lift it and leave it lifted */
	UNPROTECT_NO,	   /* never write a status register */
	UNPROTECT_RESTORE, /* lift it, and protection_restore() puts back what was there */
};

struct protection {
	/* To be set by the user. The die knows its part; it and the observer outlive this. */
	struct beken_die *die;
	const struct observer *observer;
	enum protection_policy policy;
	/* What became of the content, for the troubles raised; whoever changes it sets it. */
	enum die_state content;

	/* Kept by protection.c. */
	unsigned registers;   /* how many the die has; 0: not read yet */
	bool lifted;	      /* registers were written that a restore has to put back */
	bool lifted_volatile; /* ... by volatile writes, which a power cycle undoes */
	uint32_t before;
	uint32_t open; /* what the registers were when the die became writable */
	bool opened;   /* locks of blocks, that a restore has to set again: */
	struct block_locks locks_before;
};

/*
 * Read all status registers. TROUBLE_UNSTEADY_READ also when they cannot be real: SR1 reads
 * FF, two readings differ, or there are more or fewer than before. Warns when there are fewer
 * than the database says.
 */
enum trouble_kind protection_read(struct protection *protection, uint32_t *sr);

/* The same with all that it tells, and what single blocks have. */
enum trouble_kind protection_look(struct protection *protection, struct protection_state *state);

/*
 * Make the whole die writable; .lifted says whether a register had to be written for that. With
 * UNPROTECT_RESTORE and a part that knows volatile writes (50h), these are used: they spare the
 * die, and when the power fails in the middle the die comes back as it was.
 *
 * TROUBLE_PROTECTED: the policy forbids it. TROUBLE_STAYS_PROTECTED: bits stay set.
 */
enum trouble_kind protection_lift(struct protection *protection);

/*
 * For a die that did not take a change after protection_lift(): sets the registers again to what
 * they were then. A firmware may have protected it meanwhile, and an erase that lost its first byte
 * writes its address to them. What was done is noted, and nothing is raised: the caller is about to
 * see whether the die takes the change now. What a restore puts back does not change.
 */
enum trouble_kind protection_lift_again(struct protection *protection);

/*
 * Put back what was there before protection_lift(). Does nothing unless the policy is
 * UNPROTECT_RESTORE and something was lifted. Afterwards nothing is left to restore.
 */
enum trouble_kind protection_restore(struct protection *protection);

/*
 * Make the registers @sr, for the user's own wish (--wp-...): BP, TB, SEC, CMP, 4KBL and SRP0.
 * A wish that needs another bit changed is refused before anything is written
 * (TROUBLE_REGISTER_REFUSED): LB, TB_OTP and SRP1 can never be undone, QE is none of
 * protection. Bits of unknown meaning stay as they are. TROUBLE_STAYS_PROTECTED when the
 * registers did not become so. What was lifted before is not put back any more.
 */
enum trouble_kind protection_set(struct protection *protection, uint32_t sr);

#endif
