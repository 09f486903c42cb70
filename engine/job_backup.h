/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_backup.h - the whole die as a file, read twice; where the readings differ, until the content
 * is clear.
 */
#ifndef ENGINE_JOB_BACKUP_H
#define ENGINE_JOB_BACKUP_H

#include "engine/backup.h"
#include "engine/content.h"
#include "engine/session.h"

struct backup_job {
	struct session *session;
	const char *wish;	   /* the name; NULL: made of SoC, MAC and date */
	struct backup_file backup; /* .path and .manifest: once it is there */
	struct content content;
};

/* Opens the chip, and the file. False after a trouble; then, as at the end, free the job. */
bool backup_plan_job(struct backup_job *job, struct session *session,
		     const struct session_options *options, const char *wish);

/* Reads and saves; the session is closed. */
bool backup_do_job(struct backup_job *job);
void backup_free_job(struct backup_job *job);

#endif
