/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_erase.h - erases ranges of the die, but not what has to stay (spare.h).
 *
 * There is no journal: a range that was to be erased is erased again after a stop.
 */
#ifndef ENGINE_JOB_ERASE_H
#define ENGINE_JOB_ERASE_H

#include "engine/area.h"
#include "engine/session.h"
#include "engine/spare.h"

struct erase_wish {
	struct area_wish area; /* nothing: the whole die */
	struct keep_not with;  /* of the module's own: goes, too */
	bool dry;	       /* it is only to be planned */
};

struct erase_job {
	struct session *session;
	struct ranges area; /* what goes */
	struct spare spare; /* what stays of what was wished; whether calibration goes */
};

/* Opens the chip, too. False after a trouble. */
bool erase_plan_job(struct erase_job *erase, struct session *session,
		    const struct session_options *options, const struct erase_wish *wish);

/* Erases, and reads that it is blank; the session is closed. */
bool erase_do_job(struct erase_job *erase);

#endif
