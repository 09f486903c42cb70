/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/module.h"
#include "engine/unread.h"
#include "image/crc_blocks.h"

#define AT_ONCE 4096u /* bytes that are not worth a second look for their first page */

/* The least that is programmed without more being sent again. */
static uint32_t first_page(const struct session *session)
{
	uint32_t page = session->part->page, unit = session->cost.program_unit;

	return unit > page ? unit : page;
}

/*
 * Without its first page what is there does not start. That stays blank until the others are
 * written and verified.
 */
static bool write_page_last(struct job *job, const struct range *ranges, size_t count)
{
	struct flash *flash = job->session->flash;
	uint32_t size = job->session->part->size, start = ranges[0].start;
	const struct range sector = {start, plan_sector(job->session->part)};
	uint8_t *begun = malloc(size);
	bool good;

	if (!begun)
		return session_no_memory(job->session);
	memcpy(begun, job->plan->wanted, size);
	memset(begun + start, 0xff, first_page(job->session));
	good = flash_write(flash, ranges, count, begun, job->present) &&
	       flash_write(flash, &sector, 1, job->plan->wanted, begun);
	free(begun);
	return good;
}

static bool write_begin(struct job *job, const struct range *ranges, size_t count)
{
	const struct plan *plan = job->plan;
	struct flash *flash = job->session->flash;
	bool few = count == 1 && ranges[0].length <= AT_ONCE;

	if (few || crc_blocks_blank(plan->wanted + ranges[0].start, first_page(job->session)))
		return flash_write(flash, ranges, count, plan->wanted, job->present);
	return write_page_last(job, ranges, count);
}

static bool write_plan(struct job *job)
{
	const struct plan *plan = job->plan;
	struct range *ranges;
	uint32_t end;
	size_t count;
	bool good;

	if (plan->range_count == 0)
		return true;
	ranges = malloc(plan->range_count * sizeof(*ranges));
	if (!ranges)
		return session_no_memory(job->session);
	observer_phase(job->session->observer, "write and verify", &plan->time.work);
	end = plan_begin_end(plan);
	count = plan_between(plan, end, plan->part->size, ranges);
	good = flash_write(job->session->flash, ranges, count, plan->wanted, job->present);
	count = plan_between(plan, 0, end, ranges);
	good = good && write_begin(job, ranges, count);
	observer_phase_end(job->session->observer);
	free(ranges);
	return good;
}

/* The findings of the stopped program, if this job resumes it. */
static bool find_protection(struct job *job)
{
	struct journal *journal = &job->journal;

	return !journal->protect || job->goes_on ||
	       session_registers(job->session, &journal->registers);
}

static bool begin_journal(struct job *job)
{
	const struct observer *observer = job->session->observer;
	struct journal *journal = &job->journal;
	uint8_t *own = NULL;
	bool good;

	if (job->unread)
		journal->unread_bytes = job->unread->bytes;
	/* A job that resumes has none to give. */
	if (!job->sums && !job->goes_on) {
		own = journal_sums(job->present, journal->size, job->unread);
		if (!own)
			return session_no_memory(job->session);
	}
	good = journal_write(journal, job->plan->wanted, own ? own : job->sums, observer);
	free(own);
	return good;
}

/*
 * Otherwise the driver restores what it found (session_options.restores); but this time it would
 * find the protection that the stopped job has lifted.
 */
static bool finish_protection(struct job *job)
{
	struct protection *protection = flash_protection(job->session->flash);
	uint32_t registers, wanted, mask = protection_mask(job->session->part);

	if (!job->journal.protect || !job->goes_on)
		return true;
	if (protection_read(protection, &registers))
		return false;
	wanted = (registers & ~mask) | (job->journal.registers & mask);
	return wanted == registers || protection_set(protection, wanted) == 0;
}

/* The state of the die, now that the session is closed. */
static enum die_state judge(const struct job *job, bool written, enum proxy_done done)
{
	if (written)
		return DIE_UNSURE;
	return done == PROXY_CHANGED || job->unfinished ? DIE_HALF : DIE_UNTOUCHED;
}

bool job_run(struct job *job)
{
	struct session *session = job->session;
	const struct observer *observer = session->observer;
	struct journal *journal = &job->journal;
	enum proxy_done done;
	enum die_state die;
	bool written, good;

	snprintf(journal->part, sizeof(journal->part), "%s", session->part->name);
	session_id_text(session, journal->id);
	journal->size = session->part->size;
	session_set_die(session, job->unfinished ? DIE_HALF : DIE_UNTOUCHED);
	session_set_unfinished(session, job->unfinished ? journal->backup : NULL);
	if (!job->goes_on)
		module_remember(journal, job->present, job->plan->wanted);
	if (!find_protection(job) || !begin_journal(job)) {
		session_close(session);
		return false;
	}
	session_set_unfinished(session, journal->backup);
	written = write_plan(job);
	good = written && finish_protection(job);
	done = flash_done(session->flash);
	/* What is queued is sent here, and may fail. */
	good = session_close(session) && good;
	die = good ? DIE_CHANGED : judge(job, written, done);
	session_set_die(session, die);
	if (die == DIE_CHANGED || die == DIE_UNTOUCHED) {
		if (!journal_remove(journal->number, observer))
			return false;
		session_set_unfinished(session, NULL);
	}
	return good;
}
