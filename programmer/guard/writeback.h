/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writeback.h - joins the small erases that flashrom asks for into large ones.
 *
 * flashrom 1.3.0 erases everything in the smallest steps that a part has, and reads each one back:
 * 512 times 4 KiB for 2 MiB, although one command can erase 64 KiB in little more time. So erases
 * within one block (the largest erase of up to 64 KiB) are held back, together with what is
 * programmed into them, until flashrom does something else. Then the block is done by the largest
 * commands that fit into what was asked to be erased: never a byte more.
 *
 * While something is held, a read of an erased sector by flashrom is answered from memory. That is
 * a promise, and it is kept:
 *
 *   - a sector that stays blank is read from the die as soon as it was erased, before
 *     anything else is acknowledged;
 *   - a sector that was programmed is due: it counts as done when later its right
 *     content passes by on the way to flashrom (which verifies), and what is still due
 *     in the end is read by writeback_finish(). A difference is an error there;
 *   - flashrom's look at the last sector of a block, of which it has programmed others, sends the
 *     block. Then a sample of that sector is seen to be blank, and it is due, too.
 *
 * Erases of a block or more go straight to the die; reading them back is a promise of its own
 * (promises.h), and what flashrom then programs into them is held like the rest, and due.
 *
 * In any case, a sector that was erased and is not blank when flashrom reads it is an error here:
 * flashrom 1.3.0 would go on to larger erases, up to the whole chip. That is refused in any case
 * once something smaller was erased.
 *
 * Errors: TROUBLE_NONE, or a kind that has been raised.
 */
#ifndef WRITEBACK_H
#define WRITEBACK_H

#include "programmer/guard/changes.h"

#define WRITEBACK_BLOCK_MOST 65536
#define WRITEBACK_READ_MOST 65536 /* bytes of one writeback_read() */
#define WRITEBACK_PAGE 256u	  /* what writeback_erase_page() erases */

struct writeback;

/*
 * @changes outlives it. @careful: the die is going to be changed, and readings of less than a
 * sector, which flashrom writes back after an erase, are made twice. NULL when memory runs out.
 */
struct writeback *writeback_new(struct changes *changes, bool careful);
void writeback_free(struct writeback *writeback);

/* @erase is the index of one of the part's; @address may be anywhere in the range that it erases.
 */
enum trouble_kind writeback_erase(struct writeback *writeback, unsigned erase, uint32_t address);

/* One page, anywhere in it. TROUBLE_REFUSED_COMMAND, not raised, if the sectors are too large. */
enum trouble_kind writeback_erase_page(struct writeback *writeback, uint32_t address);

/* @len bytes, which do not cross the end of a page. */
enum trouble_kind writeback_program(struct writeback *writeback, uint32_t address,
				    const uint8_t *data, size_t len);

enum trouble_kind writeback_read(struct writeback *writeback, uint32_t address, uint8_t *rx,
				 size_t len);

/*
 * As changes_read_all(), for callers that compare the bytes themselves: each is read once. What is
 * held is done before.
 */
enum trouble_kind writeback_read_all(struct writeback *writeback, const struct die_op *reads,
				     size_t count, bool *there);

/* Whether anything is held or queued. */
bool writeback_is_pending(const struct writeback *writeback);

/* Do what is held and send what is queued. */
enum trouble_kind writeback_flush(struct writeback *writeback);

/* The same, and check everything that is still due. */
enum trouble_kind writeback_finish(struct writeback *writeback);

#endif
