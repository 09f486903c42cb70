/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.h - carries out a plan: the journal, the write in its order, and the end.
 *
 * libflashrom erases, programs and verifies. The order is ours, because it has none: the
 * first sector that differs comes last, so that what was interrupted does not look whole.
 */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include "engine/device.h"
#include "engine/journal.h"
#include "engine/plan.h"

/* The refusal of a command, which has been reported. Nothing was changed. */
#define JOB_REFUSED 3
extern const struct command_status job_statuses[];

struct job {
	struct device *device;
	struct plan *plan;
	const uint8_t *present; /* what the die holds in the ranges of the plan */
	bool goes_on;		/* with the journal of a program that was stopped */
	bool unfinished;	/* there is a journal: the die is half written already */
	struct journal journal; /* of the caller: command, file, backup, MACs, known */
};

/*
 * Bring the die to plan->wanted, and verify it. False after an error, which has been
 * reported, with what to do next. The device is closed then as it is after success.
 */
bool job_run(struct job *job);

/* Report the refusal @text, close the device, and give the result of the command. */
int job_refused(struct device *device);

/*
 * Whether the user says yes: asks on a terminal; elsewhere @option has to be there. False
 * is reported, with the option that answers it. @dry: nothing will happen, so only say it.
 */
bool job_ask(struct device *device, const char *question, const char *option, bool given, bool dry);

/* "--dry-run", and what is going to be done: for people, or into the result. */
void job_describe(const struct plan *plan, const struct plan_kept *kept, size_t kept_count,
		  uint64_t read_bytes, struct json *json);

#endif
