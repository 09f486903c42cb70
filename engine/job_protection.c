/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_protection.h"

#define TRIES 3

/* False if it is not known which bits protect the part. */
static bool find_wanted(struct protection_job *job, const struct protection_wish *wish)
{
	const struct session *session = job->session;
	const struct chipdb_part *part = session->part;
	const uint32_t mask = protection_mask(part);
	uint32_t registers = wish->told ? wish->registers : part->firmware_sr & mask;

	if (registers & ~mask) {
		observer_raise(session->observer, TROUBLE_REGISTER_REFUSED, NO_RANGE,
			       "0x%04x: on %s only the bits 0x%04x protect, and no others are set "
			       "here",
			       (unsigned)registers, part->name, (unsigned)mask);
		return false;
	}
	if (!wish->told && !protection_active(part, registers)) {
		observer_raise(session->observer, TROUBLE_REGISTER_UNKNOWN, NO_RANGE,
			       "how Beken's firmware protects %s is not known; its bits are 0x%04x",
			       part->name, (unsigned)mask);
		return false;
	}
	protection_state_of(part, (job->before.registers & ~mask) | registers, &job->wanted);
	return true;
}

bool protection_plan_job(struct protection_job *job, struct session *session,
			 const struct session_options *options, const struct protection_wish *wish)
{
	struct session_options how = *options;

	*job = (struct protection_job){.session = session, .protect = wish->protect};
	how.writes = !wish->dry;
	if (!session_open(session, &how))
		return false;
	if (!flash_has_registers(session->flash)) {
		observer_raise(session->observer, TROUBLE_NO_REGISTERS, NO_RANGE,
			       "the protection is out of reach: %s",
			       trouble_text(TROUBLE_NO_REGISTERS));
		return false;
	}
	if (!session_look_at_protection(session))
		return false;
	job->before = session->protection;
	if (wish->protect)
		return find_wanted(job, wish);
	/* Bits that select nothing do no harm, and are not changed. */
	job->wanted = job->before;
	if (job->before.active && !job->before.by_blocks)
		protection_state_of(session->part,
				    job->before.registers & ~protection_mask(session->part),
				    &job->wanted);
	return true;
}

static bool lift(struct protection *protection)
{
	/* It was asked to be lifted for good. */
	if (protection->policy == UNPROTECT_RESTORE)
		protection->policy = UNPROTECT_AUTO;
	return protection_lift(protection) == TROUBLE_NONE;
}

static bool change(struct protection_job *job)
{
	struct protection *protection = flash_protection(job->session->flash);

	return job->protect ? protection_set(protection, job->wanted.registers) == TROUBLE_NONE
			    : lift(protection);
}

/* By what the flash reports afterwards. */
static bool is_done(const struct protection_job *job)
{
	uint32_t mask = protection_mask(job->session->part);

	return job->protect ? !((job->after.registers ^ job->wanted.registers) & mask)
			    : !job->after.active;
}

static bool raise_undone(const struct protection_job *job)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_STAYS_PROTECTED,
		"the status registers became 0x%04x again and again, instead of 0x%04x",
		(unsigned)job->after.registers, (unsigned)job->wanted.registers);

	trouble_add_number(&trouble, "registers", job->after.registers);
	observer_tell(job->session->observer, &trouble);
	return false;
}

bool protection_do_job(struct protection_job *job)
{
	struct session *session = job->session;
	bool opens = !job->protect && job->before.active && job->before.by_blocks;
	bool wanted = opens || job->before.registers != job->wanted.registers, done = false;

	/* The firmware or a brown-out may restore the old value right after the change. */
	for (unsigned i = 0; !done && i < TRIES; i++) {
		if (wanted && !change(job))
			return false;
		if (!session_look_at_protection(session))
			return false;
		job->after = session->protection;
		done = is_done(job);
		wanted = true;
	}
	return done ? session_close(session) : raise_undone(job);
}
