/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_protection.h - lifts or sets the die's write protection for good. */
#ifndef ENGINE_JOB_PROTECTION_H
#define ENGINE_JOB_PROTECTION_H

#include "engine/session.h"

struct protection_wish {
	bool protect; /* else it is lifted */
	bool told;    /* to .registers; else as Beken's firmware does it */
	uint32_t registers;
	bool dry; /* it is only to be planned */
};

struct protection_job {
	struct session *session;
	bool protect;
	struct protection_state before, wanted, after;
};

/* Opens the chip, too. False after a trouble. */
bool protection_plan_job(struct protection_job *job, struct session *session,
			 const struct session_options *options, const struct protection_wish *wish);

/* Registers that have the value already are not written. The session is closed. */
bool protection_do_job(struct protection_job *job);

#endif
