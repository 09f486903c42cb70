/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_resume.h"

#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/module.h"
#include "engine/since.h"

/* Content that was only read must not be written. */
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
	char why[MODULE_WHY], id[PART_ID];

	if (part->size != journal->size) {
		observer_raise(resume->session->observer, TROUBLE_OTHER_MODULE, NO_RANGE,
			       "the %s was to a flash of %u bytes, and this has %u",
			       journal->command, (unsigned)journal->size, (unsigned)part->size);
		return false;
	}
	session_id_text(resume->session, id);
	return !module_has_other_flash(journal, part, id, why) || goes_on_anyway(resume, why);
}

/* *@other: it is another module, and the user agrees. */
static bool check_module(struct resume_job *resume, bool *other)
{
	char why[MODULE_WHY];

	*other = module_is_other(&resume->job.journal, resume->present, resume->wanted, why);
	return !*other || (content_rf_is_steady(resume->session, resume->present) &&
			   goes_on_anyway(resume, why));
}

/* Content that another program has written since is newer than what the job was to write. */
static bool check_since(struct resume_job *resume)
{
	const struct journal *journal = &resume->job.journal;
	const struct session *session = resume->session;
	struct since since;

	since_look(&since, journal, resume->present, resume->wanted);
	if (journal->unread_bytes)
		observer_note(session->observer, NOTE_INFO, TROUBLE_NONE,
			      "%u KiB were not read before the %s began, so it cannot be told "
			      "whether they were written since; they get the content that was "
			      "planned for them",
			      (unsigned)(journal->unread_bytes / 1024), journal->command);
	if (since.left)
		observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
			      "%zu KiB that the %s was not to change were written since: they are "
			      "left as they are",
			      since.left * JOURNAL_SECTOR / 1024, journal->command);
	return since.newer == 0 ||
	       session_ask(session, TROUBLE_NEWER_CONTENT,
			   "This flash is another module's, or was written by another program "
			   "since the %s of %s was stopped (it began %s): %zu sectors, the first "
			   "at 0x%x, hold neither the old content nor a part of the new. "
			   "Continuing would put older "
			   "content over them.",
			   journal->command, journal->file, journal->date, since.newer,
			   (unsigned)since.first);
}

static bool prepare(struct resume_job *resume)
{
	struct session *session = resume->session;
	bool other;

	if (!check_flash(resume))
		return false;
	resume->present = unfinished_read(session, &resume->job.journal, resume->wanted);
	if (!resume->present || !check_module(resume, &other))
		return false;
	forget_outside(resume);
	/* On another module everything is different from before. */
	if (!other && !check_since(resume))
		return false;
	if (!plan_make_whole(&resume->plan, session->part, &session->cost, resume->present,
			     resume->wanted))
		return session_no_memory(session);
	return flash_can_change(session->flash, resume->plan.ranges, resume->plan.range_count);
}

bool resume_do_job(struct resume_job *resume)
{
	resume->job.session = resume->session;
	resume->job.plan = &resume->plan;
	resume->job.present = resume->present;
	resume->job.sums =
		resume->job.journal.sums ? resume->wanted + resume->job.journal.size : NULL;
	resume->job.unfinished = resume->job.goes_on = true;
	return job_run(&resume->job);
}

static bool raise_none(const struct observer *observer)
{
	observer_raise(observer, TROUBLE_NOTHING_TO_RESUME, NO_RANGE,
		       "there is nothing to resume: no write was stopped after it had begun to "
		       "change a flash");
	return false;
}

/* Finds the one of several that belongs to this module. */
static bool choose(struct resume_job *resume, bool dry)
{
	const struct observer *observer = resume->session->observer;
	char list[UNFINISHED_TEXT];

	if (!unfinished_find(&resume->unfinished, resume->session, NULL, dry))
		return false;
	if (resume->unfinished.found != JOURNAL_NONE)
		return true;
	observer_raise(observer, TROUBLE_NOTHING_TO_RESUME, NO_RANGE,
		       "no job of this module was stopped. Not finished: %s",
		       unfinished_list(list));
	return false;
}

/* The journal, and the content that it is about. */
static bool take(struct resume_job *resume)
{
	const struct observer *observer = resume->session->observer;

	if (resume->unfinished.found == JOURNAL_NONE)
		return raise_none(observer);
	/* A damaged one says so. */
	if (journal_read(&resume->job.journal, resume->unfinished.journal.number, observer) !=
	    JOURNAL_THERE)
		return false;
	resume->wanted = journal_wanted(&resume->job.journal, observer);
	return resume->wanted != NULL;
}

static void begin(struct resume_job *resume, struct session *session)
{
	*resume = (struct resume_job){.session = session, .unfinished.lock = -1};
}

bool resume_plan_job(struct resume_job *resume, struct session *session,
		     const struct session_options *options, unsigned number, bool dry)
{
	struct session_options how = *options;
	bool several;

	begin(resume, session);
	how.writes = !dry;
	if (!unfinished_take(&resume->unfinished, number, dry, &several, session->observer))
		return false;
	if (!several)
		return take(resume) && session_open(session, &how) && prepare(resume);
	return session_open(session, &how) && choose(resume, dry) && take(resume) &&
	       prepare(resume);
}

bool resume_forget(struct resume_job *resume, struct session *session, unsigned number,
		   bool *was_there)
{
	const struct observer silent = {.data = NULL};
	bool several;

	begin(resume, session);
	/* A damaged one can be forgotten, too. */
	if (!unfinished_take(&resume->unfinished, number, false, &several, session->observer))
		return false;
	if (several) {
		unfinished_raise_several("several jobs were stopped", session->observer);
		return false;
	}
	number = resume->unfinished.journal.number;
	*was_there = journal_read(&resume->job.journal, number, &silent) == JOURNAL_THERE;
	return journal_remove(number, session->observer);
}

void resume_free_job(struct resume_job *resume)
{
	unfinished_let_go(&resume->unfinished);
	plan_free(&resume->plan);
	free(resume->wanted);
	free(resume->present);
	resume->wanted = resume->present = NULL;
}
