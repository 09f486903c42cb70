/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.h - erases and programs, sent to the die in runs.
 *
 * A change is queued and goes out together with others, up to 16 of them in one run. What is
 * asked of the die after the queue (a read) travels in the same run. Where a die programs
 * larger units at once (die_cost.program_unit), the queue is sent early rather than cut one.
 *
 * Errors: TROUBLE_NONE, or a kind that has been raised. What was queued is then forgotten;
 * whether it was done is not known.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "base/observer.h"
#include "programmer/die/die.h"
#include "programmer/guard/mend.h"

/* About 40 ms of page programs on SPI, so that progress stays smooth. */
#define CHANGES_MOST 16

#define CHANGES_READS_MOST (DIE_RUN_MOST - CHANGES_MOST - 1)

/*
 * Progress is told of what is done: of what a die has under way when the run that took it has
 * returned, behind the next one. Of what is read that which was known before counts as
 * ACTIVITY_COMPARE (die_known()).
 */
struct change {
	enum activity activity;
	struct range range; /* of the die, what it changes */
	unsigned erase;	    /* which of the part's */
	uint8_t data[DIE_PROGRAM_MOST];
};

struct changes {
	/* To be set by the user. The die knows its part, and outlives this. */
	struct beken_die *die;
	const struct observer *observer;
	struct mend *mend; /* sees all that is sent and read; or NULL */

	/* Kept by changes.c. */
	struct change queue[CHANGES_MOST];
	size_t queued;
	struct range late[CHANGES_MOST]; /* programs that the die had under way */
	size_t late_count;
	uint32_t known[CHANGES_READS_MOST]; /* bytes, of the reads that were sent last */
	bool read, sent;		    /* anything was read; a change was sent */
	bool unchecked;			    /* something was read; for the user to reset */
};

/* @len bytes, which do not cross the end of a page; they are copied. */
enum trouble_kind changes_program(struct changes *changes, uint32_t address, const uint8_t *data,
				  size_t len);

/*
 * @erase is the index of one of the part's; @address is aligned to its size. What is known to be
 * blank (mend_is_blank()) is not erased again.
 */
enum trouble_kind changes_erase(struct changes *changes, unsigned erase, uint32_t address);

/* Send what is queued. */
enum trouble_kind changes_flush(struct changes *changes);

/* Send what is queued and then read @len bytes. */
enum trouble_kind changes_read(struct changes *changes, uint32_t address, uint8_t *rx, size_t len);

/*
 * For what is read, erased and written back, since nothing would ever reveal what a bad contact did
 * to it in between: reads @rx again, into @again, until two readings in a row agree.
 */
enum trouble_kind changes_read_again(struct changes *changes, uint32_t address, uint8_t *rx,
				     uint8_t *again, size_t len);

/*
 * As changes_read() for several places, in one run: @reads are DIE_READ, CHANGES_READS_MOST at the
 * most.
 * *@there: after them the die answered with its ID; else none of it is to be believed.
 */
enum trouble_kind changes_read_all(struct changes *changes, const struct die_op *reads,
				   size_t count, bool *there);

/*
 * What a trouble that was found now leaves behind, as far as is known here: nothing was sent,
 * or what was begun may be half done.
 */
enum die_state changes_state(const struct changes *changes);

#endif
