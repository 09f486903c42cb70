/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * intent.h - what a command is going to do, for --dry-run.
 *
 *	struct intent intent = {0};
 *	intent_action(&intent, "erase %s", ...);
 *	estimate_erase(&intent.time, ...);
 *	intent_risk(&intent, "...");
 *	return intent_result(&intent, &device);
 */
#ifndef CLI_INTENT_H
#define CLI_INTENT_H

#include "engine/device.h"
#include "engine/estimate.h"

#define INTENT_LINES (2 * CHIPDB_REGIONS)
#define INTENT_TEXT 200

#define INTENT_OPTION                                                                              \
	{                                                                                          \
		"dry-run", NULL,                                                                   \
			"change nothing: say what would be done, how long, what is at "            \
			"risk",                                                                    \
			false                                                                      \
	}

struct intent {
	char actions[INTENT_LINES][INTENT_TEXT], risks[INTENT_LINES][INTENT_TEXT];
	size_t action_count, risk_count;
	struct estimate time;
};

/* A sentence without its full stop. What goes beyond the room is left away. */
void intent_action(struct intent *intent, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void intent_risk(struct intent *intent, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says it. Returns the exit status. */
int intent_tell(const struct intent *intent, struct report *report);

/* The same for a command that has opened the device, which is closed. */
int intent_result(const struct intent *intent, struct device *device);

#endif
