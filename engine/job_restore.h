/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_restore.h - the die as it was in a backup, or some regions of it.
 *
 *	restore_plan_job()	reads backup and chip, and decides; changes nothing
 *	restore_do_job()	journal, write, verify; the session is closed
 *
 * For the backup of another module the session's ask() is called: OTHER_MODULE; what this one holds
 * is then saved first. This also completes a stopped job of this module.
 */
#ifndef ENGINE_JOB_RESTORE_H
#define ENGINE_JOB_RESTORE_H

#include "base/range.h"
#include "engine/backup.h"
#include "engine/content.h"
#include "engine/job.h"
#include "engine/unfinished.h"

struct restore_wish {
	const char *path;
	const char *regions; /* names separated by commas; NULL: the whole die */
	bool no_manifest;    /* the backup has none, and is used as it is */
	bool protect;	     /* put write protection back as it was found */
	bool dry;	     /* it is only to be planned */
};

struct restore_job {
	struct session *session;
	struct restore_wish wish;
	struct plan plan;
	struct backup_file backup; /* of another module's content; .path: once it is there */

	/* Kept by job_restore.c. */
	struct manifest manifest;
	bool has_manifest;
	uint8_t *saved, *present;
	struct content content;
	bool clones;
	struct unfinished unfinished; /* a job of this module, or a place for its journal */
	struct ranges taken;	      /* with wish.regions */
	unsigned takes;		      /* bits of their kinds; all bits for the whole die */
	struct job job;
};

/*
 * Opens the chip, too. @wish points to what outlives the job. False after a trouble; then, as at
 * the end, restore_free_job().
 */
bool restore_plan_job(struct restore_job *restore, struct session *session,
		      const struct session_options *options, const struct restore_wish *wish);
bool restore_do_job(struct restore_job *restore);
void restore_free_job(struct restore_job *restore);

#endif
