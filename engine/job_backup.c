/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_backup.h"

#include <stdlib.h>

#include "engine/doubt.h"
#include "engine/reading.h"
#include "engine/look.h"

bool backup_plan_job(struct backup_job *job, struct session *session,
		     const struct session_options *options, const char *wish)
{
	*job = (struct backup_job){.session = session, .wish = wish, .backup.output.fd = -1};
	return session_open(session, options) && look_at_module(session) &&
	       backup_open(&job->backup, session, wish);
}

bool backup_do_job(struct backup_job *job)
{
	struct session *session = job->session;
	uint8_t *die = reading_confirmed(session, job->wish, &job->backup.manifest.steadiness);
	bool good = die && content_look(&job->content, session, die);

	if (good && !doubt_reading(session, die)) {
		backup_keep_aside(session, job->wish, die, 1);
		good = false;
	}
	good = good && backup_save(&job->backup, die, &job->content, session->part->size);

	free(die);
	backup_discard(&job->backup);
	return good && session_close(session);
}

void backup_free_job(struct backup_job *job)
{
	backup_discard(&job->backup);
}
