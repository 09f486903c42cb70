/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate.h - what every reading and every change of a die goes through, by addresses and bytes.
 * Clients that speak in frames of a flash are served by the proxy (proxy.h), the only user of this.
 *
 * Before the first change the die is checked (identify_check(), unless told.h knows the answer
 * already) and its protection is lifted (protection.h). A change that touches a closed range of the
 * die is refused before anything is sent; so is an erase of the whole chip, after which a flashrom
 * would write.
 *
 * What was read is checked again by samples, before the first change and at the end; a long reading
 * of nothing but 00 or FF is checked at once, and read again if it was wrong. For readings that the
 * caller compares itself (proxy_is_compared()) only the latter is done. A die that was away
 * meanwhile and was brought back (die.h) is not a failure if the samples confirm all that was read.
 *
 * A failure is kept: every later call returns the same kind. A change refused only because the run
 * must not write is not kept.
 *
 * Addresses and lengths are inside the part; the caller has checked that. Errors: TROUBLE_NONE, or
 * a kind that has been raised. Threads: one.
 */
#ifndef GATE_H
#define GATE_H

#include "programmer/guard/changes.h"
#include "programmer/guard/protection.h"
#include "programmer/guard/samples.h"
#include "programmer/guard/told.h"

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
	struct told told;
	bool unsampled;	  /* there is no sample of something that was read */
	unsigned revived; /* the die's, when it was last checked */
	bool writable;	  /* the die was checked, and protection is off */
	bool told_read_only;
};

/* The die knows its part and outlives it. False when memory runs out. */
bool gate_init(struct gate *gate, struct beken_die *die, const struct gate_options *options);

/* At most WRITEBACK_READ_MOST bytes. */
enum trouble_kind gate_read(struct gate *gate, uint32_t address, uint8_t *rx, size_t len);

/*
 * Several places in one run, each read once; CHANGES_READS_MOST at the most. The die is asked for
 * its ID after them, so that nothing is taken from a chip that was away meanwhile: then all is read
 * again, and after the third time the link is lost.
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

/* Whether @range may be changed over this link: NONE or CLOSED_RANGE, which is raised. */
enum trouble_kind gate_check_open(struct gate *gate, struct range range);

/* For a run that only reads: notes it once; returns TROUBLE_READ_ONLY. */
enum trouble_kind gate_refuse_change(struct gate *gate);

/* Makes @kind the error, unless there is one; returns @kind. */
enum trouble_kind gate_keep(struct gate *gate, enum trouble_kind kind);

/* Whether something was sent that changes the die, or will be at the end. */
bool gate_changes(const struct gate *gate);

/* As proxy_finish() and proxy_close(), except that the memory of the gate itself is not freed. */
enum trouble_kind gate_finish(struct gate *gate);
enum trouble_kind gate_close(struct gate *gate, bool interrupted);

#endif
