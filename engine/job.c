/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/module.h"
#include "engine/unread.h"

/*
 * Without its first page what is in the block does not start. That stays blank until the others
 * are written and verified.
 */
static bool write_page_last(struct job *job, struct range block)
{
	struct flash *flash = job->session->flash;
	const struct chipdb_part *part = job->session->part;
	const struct range sector = {block.start, plan_sector(part)};
	uint8_t *begun = malloc(part->size);
	bool good;

	if (!begun)
		return session_no_memory(job->session);
	memcpy(begun, job->plan->wanted, part->size);
	memset(begun + block.start, 0xff, part->page);
	good = flash_write(flash, &block, 1, begun, job->present) &&
	       flash_write(flash, &sector, 1, job->plan->wanted, begun);
	free(begun);
	return good;
}

/* A single sector is done at once. */
static bool write_last(struct job *job, struct range last)
{
	if (last.length > plan_sector(job->session->part))
		return write_page_last(job, last);
	return flash_write(job->session->flash, &last, 1, job->plan->wanted, job->present);
}

static bool write_plan(struct job *job)
{
	struct plan *plan = job->plan;
	struct flash *flash = job->session->flash;
	struct range begin;
	struct plan_order order;
	bool good;

	if (plan->range_count == 0)
		return true;
	observer_phase(job->session->observer, "write and verify", &plan->time.work);
	begin = plan->ranges[0];
	order = plan_order(plan);
	good = flash_write(flash, order.first, order.first_count, plan->wanted, job->present) &&
	       write_last(job, order.last);
	observer_phase_end(job->session->observer);
	plan->ranges[0] = begin;
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
