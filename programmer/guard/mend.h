/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mend.h - what the die must hold after what was sent to it, and repairing what it does not.
 *
 * Now and then a bit flips on the wires, a write enable gets lost, or a weak page takes only half
 * of its bits. flashrom finds that when it reads back, and gives up. So what it reads is compared
 * on the way with what was sent, and where that differs:
 *
 *   - it is read again; two readings out of three that are right count, and flashrom gets these.
 *     Readings that differ from each other are the wires' fault: then more are made, perhaps at a
 *     slower clock (die_differed()), before anything is said about the die;
 *   - else the pages that only lack cleared bits are programmed again, or the sector, if all of
 *     it was erased here, is erased and programmed again: up to MEND_TRIES times;
 *   - a change that is not where it belongs may have gone elsewhere, since a command's address
 *     has no checksum. Then all that is known about the die, also from readings before it was
 *     changed, is read once more at the end. What was hit is restored if two earlier readings
 *     agreed on it; else it is left as it is, and is a failure with its address: the earlier
 *     reading may be what was wrong.
 *
 * All of it is noted, with the address. Before a repair the write protection, which a brown-out or
 * a firmware may have brought back, is checked and lifted again. A die that does not take a repair
 * gets no more of them: it may be locked, and the caller gets the bytes that are there. The same
 * holds for a die that no longer answers with its ID, not even after it was brought back (die.h).
 *
 * A die that was away (beken_die.revived) may have been hit meanwhile as by a misdirected change,
 * and is checked at the end.
 *
 * Without a fault this sends nothing extra. It uses as much memory as was read from and written to
 * the die.
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
 * The die knows its part and outlives it, as does @protection, which is NULL where none is lifted.
 * NULL when memory runs out.
 */
struct mend *mend_new(struct beken_die *die, struct protection *protection,
		      const struct observer *observer);
void mend_free(struct mend *mend);

/* Before it is sent to the die. */
void mend_erased(struct mend *mend, struct range range);
void mend_programmed(struct mend *mend, uint32_t address, const uint8_t *data, size_t len);

/*
 * What a range held according to another source: a backup. Nothing is restored from it alone, since
 * later changes are newer; but what looks like a misdirected change there is reported.
 */
void mend_expect(struct mend *mend, struct range range, const uint8_t *data);

/* These bytes as such a source has them; NULL if some were read or changed since, or it has none.
 */
const uint8_t *mend_told(const struct mend *mend, uint32_t address, size_t len);

/* Whether all of it was blank when it was read, and nothing was sent to it since. */
bool mend_is_blank(const struct mend *mend, struct range range);

/* What was just read. It may be read again and the die be changed; then @rx is what it holds. */
enum trouble_kind mend_look(struct mend *mend, uint32_t address, uint8_t *rx, size_t len);

/*
 * At the end: if a change was not where it belongs, look for where it went. What could not be put
 * back is raised, as is any failure, and the kind returned.
 */
enum trouble_kind mend_finish(struct mend *mend);

/* After that: for how many bytes it is not known whether such a change has hit them. */
uint32_t mend_unknown(const struct mend *mend);

#endif
