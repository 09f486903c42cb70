/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.h - carries out a plan: the journal, the write in its order, and the end.
 *
 * libflashrom erases, programs and verifies. The order is ours, because libflashrom has none. What
 * differs in the first 64 KiB comes last, so that the bootloader that is there stays as it was until
 * then, and of that, unless it is one small sector, the first page (over UART the first sector) after
 * all others. If nothing differs there, the first sector that does is the last one. So an interrupted
 * write does not look complete.
 */
#ifndef ENGINE_JOB_H
#define ENGINE_JOB_H

#include "engine/journal.h"
#include "engine/plan.h"
#include "engine/session.h"

struct job {
	struct session *session;
	struct plan *plan;
	const uint8_t *present;	     /* what the die holds in the ranges of the plan */
	const struct unread *unread; /* of .present; or NULL */
	const uint8_t *sums;	     /* of what it held before (journal.h); NULL: of @present */
	bool goes_on;		     /* with the journal of a program that was stopped */
	bool unfinished;	     /* there is a journal: the die is half written already */
	struct journal journal;	     /* of the caller: command, file, backup, MACs, known */
};

/*
 * Make the die equal to plan->wanted, and verify it. False after a trouble; the session knows what
 * became of the die. It is closed in both cases.
 */
bool job_run(struct job *job);

#endif
