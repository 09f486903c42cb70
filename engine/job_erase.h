/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_erase.h - erases ranges of the die, but not what has to stay (spare.h).
 *
 *	erase_plan_job()	looks at the chip, reads what it holds, and decides; changes nothing
 *	erase_do_job()		backup, erase, check that it is blank; the session is closed
 *
 * There is no journal: a range that was to be erased is erased again after a stop.
 *
 * For a range that is not a whole number of sectors the session's ask() is called: PARTIAL_SECTOR.
 * The rest of such a sector has to be erased with it, and is written back; if it is blank, there is
 * no question.
 */
#ifndef ENGINE_JOB_ERASE_H
#define ENGINE_JOB_ERASE_H

#include "engine/area.h"
#include "engine/present.h"
#include "engine/session.h"
#include "engine/spare.h"
#include "engine/unfinished.h"

struct erase_wish {
	struct area_wish area; /* nothing: the whole die */
	struct keep_not with;  /* what is unique to the module: erased, too */
	const char *backup;    /* as of a write (job_write.h) */
	bool no_backup;
	bool dry; /* it is only to be planned */
};

struct erase_job {
	struct session *session;
	struct erase_wish wish;
	struct present present; /* .backup.path: once it is there; without a backup empty */
	struct ranges area;	/* what goes */
	struct ranges around;	/* the rest of sectors of which only a part goes */
	struct spare spare;	/* what stays of what was asked for; whether calibration goes */
	/* Which code is in it, for any of the SoCs that it may be. */
	bool boot_goes, app_goes;
	struct unfinished unfinished; /* nothing: or it would not begin */
};

/*
 * Opens the chip, too. @wish points to what outlives the job. False after a trouble; then, as at
 * the end, erase_free_job().
 */
bool erase_plan_job(struct erase_job *erase, struct session *session,
		    const struct session_options *options, const struct erase_wish *wish);

/* Adds how long the erase takes, without what is read before it. */
void erase_estimate(const struct erase_job *erase, struct estimate *time);

/* Of the flash: for the backup, and for the sectors that are erased only in part. */
uint64_t erase_read_bytes(const struct erase_job *erase);

bool erase_do_job(struct erase_job *erase);
void erase_free_job(struct erase_job *erase);

#endif
