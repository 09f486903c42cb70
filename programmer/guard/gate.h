/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate.h - what every reading and every change of a die goes through, by addresses and bytes.
 * Who speaks in frames of a flash is the proxy's concern (proxy.h), which is its one user.
 *
 * Before the first change the die is looked at (identify_check()) and its protection is
 * lifted (protection.h). A change that touches what the die has closed is refused before
 * anything is sent; so is an erase of the whole chip, behind which a flashrom would write.
 *
 * What was read is looked at once more by samples, before the first change and in the end; that of
 * a long reading of nothing but 00 or FF at once, and if it is not so it is read again. Of what is
 * compared by who reads (proxy_is_compared()) only the latter is looked at. A die that
 * was away meanwhile and was brought back (die.h) is no failure if the samples say that all that
 * was read is so.
 *
 * A failure is kept: whatever is asked behind it gets the same kind. What is only refused
 * since the run is a reading one is not.
 *
 * Addresses and lengths are inside of the part; who asks has checked that. Errors:
 * TROUBLE_NONE, or a kind that has been raised. Threads: one.
 */
#ifndef GATE_H
#define GATE_H

#include "programmer/guard/changes.h"
#include "programmer/guard/protection.h"
#include "programmer/guard/samples.h"

struct gate_options {
	bool read_only;
	bool size_told; /* see identify_check() */
	bool compared;	/* see proxy_is_compared() */
	enum protection_policy unprotect;
	const struct observer *observer;
};

struct gate {
	/* For the proxy to read. */
	struct beken_die *die;
	struct gate_options options;
	struct protection protection;
	struct changes changes;
	enum trouble_kind error; /* the first failure; everything is refused from then on */

	/* Kept by gate.c. */
	struct writeback *writeback;
	struct samples samples; /* of what was read before the first change */
	bool unsampled;		/* there is none of something that was read */
	unsigned revived;	/* the die's, when that was last looked at */
	bool writable;		/* the die was looked at, and protection is off */
	bool told_read_only;
};

/* The die knows its part and outlives it. False when memory is short. */
bool gate_init(struct gate *gate, struct beken_die *die, const struct gate_options *options);

/* At most WRITEBACK_READ_MOST bytes. */
enum trouble_kind gate_read(struct gate *gate, uint32_t address, uint8_t *rx, size_t len);

/*
 * Several places in one run, each read once; CHANGES_READS_MOST at the most. The die is asked for
 * its ID behind them, so that nothing is taken from a chip that was away meanwhile: it is read
 * again then, and after the third time the link is lost.
 */
enum trouble_kind gate_read_all(struct gate *gate, const struct die_op *reads, size_t count);

/* Over any number of pages; copied. */
enum trouble_kind gate_program(struct gate *gate, uint32_t address, const uint8_t *data,
			       size_t len);

/* By the part's erase of this index, somewhere in what it erases. */
enum trouble_kind gate_erase(struct gate *gate, unsigned erase, uint32_t address);

/* 256 bytes, somewhere in them; the rest of the sector is kept. As writeback_erase_page(). */
enum trouble_kind gate_erase_page(struct gate *gate, uint32_t address);

/* Whole sectors of the smallest erase; nothing is erased if one of them is closed. */
enum trouble_kind gate_erase_range(struct gate *gate, struct range range);

/* For a reading run, which is told so once; TROUBLE_READ_ONLY. */
enum trouble_kind gate_refuse_change(struct gate *gate);

/* Makes @kind the error, unless there is one; returns @kind. */
enum trouble_kind gate_keep(struct gate *gate, enum trouble_kind kind);

/* Whether something was sent that changes the die, or will be at the end. */
bool gate_changes(const struct gate *gate);

/* As proxy_finish() and proxy_close(), but for the memory of the gate itself. */
enum trouble_kind gate_finish(struct gate *gate);
enum trouble_kind gate_close(struct gate *gate, bool interrupted);

#endif
