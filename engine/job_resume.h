/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_resume.h - continues a write or a restore that was stopped.
 *
 * If the chip seems to be a module other than the journal's, the session's ask() is called:
 * OTHER_MODULE.
 */
#ifndef ENGINE_JOB_RESUME_H
#define ENGINE_JOB_RESUME_H

#include "engine/job.h"
#include "engine/unfinished.h"

struct resume_job {
	struct session *session;
	struct plan plan;
	struct job job; /* its journal is the one that was read */

	/* Kept by job_resume.c. */
	uint8_t *wanted, *present;
	struct unfinished unfinished;
};

/*
 * Finds the journal, opens the chip, and compares. @number: of the journal; 0: the only one, or
 * that of the module. @dry: it is only to be planned. False after a trouble; then, as at the end,
 * resume_free_job().
 */
bool resume_plan_job(struct resume_job *resume, struct session *session,
		     const struct session_options *options, unsigned number, bool dry);
bool resume_do_job(struct resume_job *resume);

/*
 * Remove the journal of this number, or with 0 the only one, without a chip. @was_there:
 * resume->job.journal is what it was.
 */
bool resume_forget(struct resume_job *resume, struct session *session, unsigned number,
		   bool *was_there);
void resume_free_job(struct resume_job *resume);

#endif
