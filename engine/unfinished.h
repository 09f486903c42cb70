/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unfinished.h - which of the stopped jobs is that of the module in hand.
 *
 * A job that was stopped belongs to the module it was on: another board can be worked on at once,
 * and `resume` finds the right one again. A journal is passed over only where something tells
 * that it is about another module: its flash, or a MAC address or calibration that is there and
 * is neither the one of before nor on its way. What tells nothing may be this module.
 */
#ifndef ENGINE_UNFINISHED_H
#define ENGINE_UNFINISHED_H

#include "engine/journal.h"
#include "engine/session.h"

struct unfinished {
	enum journal_result found;
	struct journal journal; /* the job's; without one its number is free, and the rest empty */
	int lock;		/* -1: none */
};

/*
 * After the session was opened and looked at. @present: what the die holds, all of it; NULL: what
 * is needed is read, but only where there is a journal. @dry: nothing is locked. What was
 * passed over is noted. False after a trouble, also where several may be this module's. In the
 * end unfinished_let_go().
 */
bool unfinished_find(struct unfinished *unfinished, struct session *session, const uint8_t *present,
		     bool dry);
void unfinished_let_go(struct unfinished *unfinished);

/*
 * The same for a job that must not begin while one of this module is stopped: that there is one is
 * a trouble, too.
 */
bool unfinished_none(struct unfinished *unfinished, struct session *session);

/*
 * Without a chip: the one of this number, or with 0 the only one. *@several: there are more, and
 * a chip has to tell which. @dry as above. False after a trouble; a damaged one is none.
 */
bool unfinished_take(struct unfinished *unfinished, unsigned number, bool dry, bool *several,
		     const struct observer *observer);

/*
 * What of the die tells whether it is the journal's: all of it, or what is known and the
 * calibration; @wanted elsewhere. Of the size of the part, to be freed; NULL after a trouble.
 */
uint8_t *unfinished_read(struct session *session, const struct journal *journal,
			 const uint8_t *wanted);

/* Raises that one of several has to be named; @why is the begin of the sentence. */
void unfinished_raise_several(const char *why, const struct observer *observer);

/* "1: the write of a.bin; 2: the restore of b.bin". Returns @text. */
#define UNFINISHED_TEXT 400
const char *unfinished_list(char text[UNFINISHED_TEXT]);

#endif
