/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mend.h - what the die must hold by what was sent to it, and putting right what it does not.
 *
 * A bit flips now and then on wires, a write enable gets lost, a weak page takes only half of
 * its bits. flashrom finds that when it reads back, and gives up. So what passes by on the way to
 * it is held against what was sent, and where it differs:
 *
 *   - it is read again; two readings out of three that are right count, and flashrom gets these;
 *   - else the pages that only lack cleared bits are programmed again, or the sector, if all of
 *     it was erased here, is erased and programmed again: up to MEND_TRIES times;
 *   - a change that was not where it belongs may have been somewhere else, since a command's
 *     address has no check sum. Then all that is known of the die, from readings before it
 *     was changed, too, is read once more in the end. What was hit is put back if two readings of
 *     before agreed on it; else it is left as it is, and a failure with its address: the reading
 *     of before may be what was wrong.
 *
 * All of it is noted, with the address. Before a repair the write protection is looked at, which a
 * brown-out or a firmware may have brought back, and lifted again. A die that does not take a
 * repair gets none any more: it may be locked, and whoever asked for the bytes gets what is there.
 * So does who asks a die that no longer answers with its ID, nor after it was brought back (die.h).
 *
 * A die that was away (beken_die.revived) may have been hit meanwhile like one with a change that
 * went astray, and is looked at in the end.
 *
 * Without a fault nothing is sent that was not sent without this. It costs as much memory as
 * the die has been read and written.
 *
 * Errors: TROUBLE_NONE, or what the die returned, which only mend_finish() raises. Threads: one.
 */
#ifndef MEND_H
#define MEND_H

#include "base/observer.h"
#include "programmer/die/die.h"

#define MEND_TRIES 3

struct mend;
struct protection;

/*
 * The die knows its part and outlives it, as does @protection, which is NULL where nobody lifts
 * any. NULL when memory is short.
 */
struct mend *mend_new(struct beken_die *die, struct protection *protection,
		      const struct observer *observer);
void mend_free(struct mend *mend);

/* Before it is sent to the die. */
void mend_erased(struct mend *mend, struct range range);
void mend_programmed(struct mend *mend, uint32_t address, const uint8_t *data, size_t len);

/*
 * What a range held by somebody else's word: a backup. Nothing is put back by it alone, since what
 * was changed since is newer; but what looks like a change that went astray there is named.
 */
void mend_expect(struct mend *mend, struct range range, const uint8_t *data);

/* Whether all of it was blank when it was read, and nothing was sent to it since. */
bool mend_is_blank(const struct mend *mend, struct range range);

/* What was just read. It may be read again and the die be changed; then @rx is what it holds. */
enum trouble_kind mend_look(struct mend *mend, uint32_t address, uint8_t *rx, size_t len);

/*
 * In the end: if anything was not where it belongs, look for where it was. What could not be put
 * back is raised, as is any failure, and the kind returned.
 */
enum trouble_kind mend_finish(struct mend *mend);

/* Behind that: of how many bytes it is not known whether such a change has hit them. */
uint32_t mend_unknown(const struct mend *mend);

#endif
