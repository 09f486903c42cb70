/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_read.h"

#include <stdlib.h>

#include "engine/output_file.h"
#include "engine/look.h"

bool read_plan_job(struct read_job *read, struct session *session,
		   const struct session_options *options, const struct area_wish *wish)
{
	struct ranges area;

	*read = (struct read_job){.session = session};
	if (!session_open(session, options) || !look_at_module(session) ||
	    !area_find(wish, session_soc(session), session->part->size, session->observer, &area))
		return false;
	read->range = area.range[0];
	return true;
}

static bool save(const struct read_job *read, struct output_file *file, const char *path)
{
	enum output_result result;

	if (!output_write(file, read->die + read->range.start, read->range.length))
		return false;
	result = output_commit(file, path, OUTPUT_NEW);
	if (result == OUTPUT_EXISTS)
		observer_raise(read->session->observer, TROUBLE_FILE_EXISTS, NO_RANGE,
			       "%s has appeared meanwhile, and is never overwritten", path);
	return result == OUTPUT_DONE;
}

bool read_do_job(struct read_job *read, const char *path)
{
	struct session *session = read->session;
	struct output_file file = {.fd = -1};
	bool good;

	/* Opened before anything is read, so that no time is wasted. */
	if (path && !output_open(&file, path, read->range.length, session->observer))
		return false;
	read->die = malloc(session->part->size);
	if (!read->die)
		session_no_memory(session);
	observer_phase(session->observer, "read", read->range.length);
	good = read->die && flash_read(session->flash, &read->range, 1, read->die) &&
	       session_close(session) && (!path || save(read, &file, path));
	observer_phase_end(session->observer);
	output_discard(&file);
	return good;
}

void read_free_job(struct read_job *read)
{
	free(read->die);
	read->die = NULL;
}
