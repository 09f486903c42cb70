/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say_plan.h - what a command is going to do, for --dry-run: the same form for all of them.
 *
 *	struct say_plan plan = {0};
 *	say_action(&plan, "erase %s", ...);
 *	estimate_erase(&plan.time, &session->cost, ...);
 *	say_risk(&plan, "...");
 *	return say_plan(&plan, &device);
 */
#ifndef CLI_SAY_PLAN_H
#define CLI_SAY_PLAN_H

#include "cli/beken_flash/device.h"
#include "engine/estimate.h"
#include "engine/plan.h"

#define SAY_PLAN_LINES (2 * PLAN_KEPT)
#define SAY_PLAN_TEXT 200

struct say_plan {
	char actions[SAY_PLAN_LINES][SAY_PLAN_TEXT], risks[SAY_PLAN_LINES][SAY_PLAN_TEXT];
	size_t action_count, risk_count;
	struct estimate time;
};

/* A sentence without its full stop. What does not fit is left out. */
void say_action(struct say_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void say_risk(struct say_plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* That the protection would be lifted, and what prevents it; as the session has seen. */
void say_protection(struct say_plan *plan, const struct session *session);

/* What a change of the die does: its ranges, what stays, the time, the bytes at risk. */
void say_change(struct say_plan *plan, const struct session *session, const struct plan *change,
		const struct plan_kept *kept, size_t kept_count, uint64_t read_bytes);

/* Of a change that is planned or was done: ranges, what stays, how long. */
void say_change_members(struct json *json, const struct session *session, const struct plan *change,
			const struct plan_kept *kept, size_t kept_count, uint64_t read_bytes);

/*
 * Prints it, and makes the result: for programs between the members that the caller adds to @json,
 * which is of device_result(), and device_result_end().
 */
void say_plan_members(struct json *json, const struct say_plan *plan);
void say_plan_lines(const struct say_plan *plan);

/* The same for a command whose result has nothing else; closes the session. */
int say_plan(const struct say_plan *plan, struct device *device);

const char *keep_option(enum chipdb_region_kind kind); /* "--with-rf" */

#endif
