/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_write.h - a file into the flash, where it belongs; the rest of the flash stays.
 *
 *	write_plan_job()	examines the file and the chip, and decides; changes nothing
 *	write_do_job()		backup, journal, write, verify; the session is closed
 *
 * Before something would be lost the session's ask() is called: IDENTITY_LOST.
 */
#ifndef ENGINE_JOB_WRITE_H
#define ENGINE_JOB_WRITE_H

#include "engine/job.h"
#include "engine/keep.h"
#include "engine/present.h"
#include "engine/source.h"
#include "engine/unfinished.h"

struct write_wish {
	const char *path;
	struct source_wish source; /* what it is, where it goes, what is overridden */
	const char *region;	   /* of the SoC, where it goes; or NULL */
	const char *backup;	   /* made there, or used if it exists; NULL: its name is made */
	bool no_backup;
	struct keep_not with; /* of the module's own: not kept */
	bool protect;	      /* put write protection back as it was found */
	bool dry;	      /* it is only to be planned */
};

struct write_job {
	struct session *session;
	struct write_wish wish;
	struct source source;
	struct present present;
	struct plan plan;
	struct plan_kept kept[PLAN_KEPT];
	size_t kept_count;

	/* Kept by job_write.c. */
	const struct chipdb_region *region; /* that is named */
	bool contradicts;		    /* what would be kept for one SoC is code of another */
	struct job job;
	struct unfinished unfinished; /* a place for its journal */
};

/*
 * Opens the chip, too. @wish points to what outlives the job. False after a trouble; then, as at
 * the end, write_free_job().
 */
bool write_plan_job(struct write_job *write, struct session *session,
		    const struct session_options *options, const struct write_wish *wish);

/* Whether the plan changes anything; if not, write_do_job() makes the backup that was named. */
bool write_changes(const struct write_job *write);

/* Whether the file has something else where the module's own stays. */
bool write_leaves(const struct write_job *write);

bool write_do_job(struct write_job *write);
void write_free_job(struct write_job *write);

#endif
