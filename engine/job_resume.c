/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_resume.h"

#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/module.h"

/* The whole die if that is known; else what the file covered, and the calibration to look at. */
static bool read_present(struct resume_job *resume)
{
	struct session *session = resume->session;
	const struct range *known = &resume->job.journal.known;

	resume->present = malloc(session->part->size);
	if (!resume->present) {
		session_no_memory(session);
		return false;
	}
	memcpy(resume->present, resume->wanted, session->part->size);
	observer_phase(session->observer, "read", known->length);
	if (!flash_read(session->flash, known, 1, resume->present))
		return false;
	/* Of what the file did not cover only the calibration was kept, to know the module by. */
	return known->length == session->part->size ||
	       content_peek_rf(session, *known, RF_ALIGNMENT, resume->present);
}

/* What was only looked at must not be written. */
static void forget_outside(struct resume_job *resume)
{
	const struct range known = resume->job.journal.known;
	uint32_t end = known.start + known.length;

	memcpy(resume->present, resume->wanted, known.start);
	memcpy(resume->present + end, resume->wanted + end, resume->session->part->size - end);
}

static bool goes_on_anyway(const struct resume_job *resume, const char *why)
{
	const struct journal *journal = &resume->job.journal;

	return session_ask(resume->session, TROUBLE_OTHER_MODULE,
			   "The %s of %s was to another module: %s.", journal->command,
			   journal->file, why);
}

static bool check_flash(struct resume_job *resume)
{
	const struct journal *journal = &resume->job.journal;
	const struct chipdb_part *part = resume->session->part;
	char why[MODULE_WHY];

	if (part->size != journal->size) {
		observer_raise(resume->session->observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			       "the %s was to a flash of %u bytes, and this has %u",
			       journal->command, (unsigned)journal->size, (unsigned)part->size);
		return false;
	}
	return !module_has_other_flash(journal, part, why) || goes_on_anyway(resume, why);
}

static bool check_module(struct resume_job *resume)
{
	char why[MODULE_WHY];

	return !module_is_other(&resume->job.journal, resume->present, resume->wanted, why) ||
	       (content_rf_is_steady(resume->session, resume->present) &&
		goes_on_anyway(resume, why));
}

static bool prepare(struct resume_job *resume)
{
	struct session *session = resume->session;

	if (!check_flash(resume) || !read_present(resume) || !check_module(resume))
		return false;
	forget_outside(resume);
	return plan_make_whole(&resume->plan, session->part, resume->present, resume->wanted) ||
	       session_no_memory(session);
}

bool resume_do_job(struct resume_job *resume)
{
	resume->job.session = resume->session;
	resume->job.plan = &resume->plan;
	resume->job.present = resume->present;
	resume->job.unfinished = resume->job.goes_on = true;
	return job_run(&resume->job);
}

/* The journal, and the content that it is about; without a chip. */
static bool find_journal(struct resume_job *resume)
{
	const struct observer *observer = resume->session->observer;

	switch (journal_read(&resume->job.journal, observer)) {
	case JOURNAL_THERE:
		resume->wanted = journal_wanted(&resume->job.journal, observer);
		return resume->wanted != NULL;
	case JOURNAL_NONE:
		observer_raise(observer, TROUBLE_NOTHING_TO_RESUME, NO_RANGE,
			       "there is nothing to resume: no write was stopped after it had "
			       "begun to change a flash");
		break;
	case JOURNAL_BAD:
		break;
	}
	return false;
}

static void begin(struct resume_job *resume, struct session *session)
{
	*resume = (struct resume_job){.session = session, .lock = -1};
}

bool resume_plan_job(struct resume_job *resume, struct session *session,
		     const struct session_options *options, bool dry)
{
	struct session_options how = *options;

	begin(resume, session);
	how.writes = !dry;
	if (!dry) {
		resume->lock = journal_lock(session->observer);
		if (resume->lock < 0)
			return false;
	}
	return find_journal(resume) && session_open(session, &how) && prepare(resume);
}

bool resume_forget(struct resume_job *resume, struct session *session, bool *was_there)
{
	const struct observer silent = {.data = NULL};

	begin(resume, session);
	resume->lock = journal_lock(session->observer);
	if (resume->lock < 0)
		return false;
	*was_there = journal_read(&resume->job.journal, &silent) == JOURNAL_THERE;
	return journal_remove(session->observer);
}

void resume_free_job(struct resume_job *resume)
{
	journal_unlock(resume->lock);
	resume->lock = -1;
	plan_free(&resume->plan);
	free(resume->wanted);
	free(resume->present);
	resume->wanted = resume->present = NULL;
}
