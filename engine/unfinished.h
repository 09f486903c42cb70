/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unfinished.h - which of the stopped jobs belongs to the connected module.
 *
 * A stopped job belongs to its module: another board can be worked on at once, and `resume` finds
 * the right one again. A journal is skipped only if something shows that it is about another
 * module: its flash, or a MAC address or calibration that is present and is neither the old one nor
 * a state on the way to the new one. Without such evidence it may be this module.
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
 * is needed is read, but only where there is a journal. @dry: nothing is locked. What was skipped
 * is noted. False after a trouble, also where several may be this module's. At the end call
 * unfinished_let_go().
 */
bool unfinished_find(struct unfinished *unfinished, struct session *session, const uint8_t *present,
		     bool dry);
void unfinished_let_go(struct unfinished *unfinished);

/*
 * The same for a job that must not begin while one of this module is unfinished: finding one is a
 * trouble, too.
 */
bool unfinished_none(struct unfinished *unfinished, struct session *session);

/*
 * Without a chip: the one of this number, or with 0 the only one. *@several: there are more, and
 * only a chip shows which. @dry as above. False after a trouble; a damaged one is not a trouble.
 */
bool unfinished_take(struct unfinished *unfinished, unsigned number, bool dry, bool *several,
		     const struct observer *observer);

/*
 * The content of the die that shows whether it is the journal's: all of it, or what is known and
 * the calibration; @wanted elsewhere. Of the size of the part, to be freed; NULL after a trouble.
 */
uint8_t *unfinished_read(struct session *session, const struct journal *journal,
			 const uint8_t *wanted);

/* Raises that one of several has to be named; @why is the start of the sentence. */
void unfinished_raise_several(const char *why, const struct observer *observer);

/* "1: the write of a.bin; 2: the restore of b.bin". Returns @text. */
#define UNFINISHED_TEXT 400
const char *unfinished_list(char text[UNFINISHED_TEXT]);

#endif
