/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor.h - what is wrong between the computer and the flash: one step after the other, from
 * the adapter to the content, each with what was seen there. The die is not changed.
 */
#ifndef ENGINE_DOCTOR_H
#define ENGINE_DOCTOR_H

#include "engine/session.h"
#include "programmer/examine.h"

#define DOCTOR_ROOM 240

enum doctor_state { DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_UNSURE };

/* A step that was made. A step with nothing to say is left out. */
struct doctor_step {
	const char *name; /* "adapter", "permission", "mode", "driver", "pins", "cen", "link", "id",
			     "status", "content" */
	enum doctor_state state;
	char seen[DOCTOR_ROOM];
};

/* One of the possible causes, the likelier first. */
struct doctor_suspect {
	const char *cause; /* wire_cause_name() */
	bool certain;
	char seen[WIRE_TEXT_ROOM]; /* "P22 and P23 are swapped" */
	char next[WIRE_TEXT_ROOM]; /* "let P22 go to D5 ..." */
};

/* Receives the steps as they are made; texts are valid only during the call. */
struct doctor_listener {
	void (*step)(void *data, const struct doctor_step *step);
	void (*suspect)(void *data, const struct doctor_suspect *suspect);
	void *data;
};

/*
 * After session_begin(). Opens the chip, examines it, and closes it: it runs afterwards, unless the
 * parameters say otherwise. False after a trouble, which was raised: a fault of the wires is a
 * trouble, too. True with suspects: it works, but not as it should.
 */
bool doctor_examine(struct session *session, const struct session_options *options,
		    const struct doctor_listener *listener);

/*
 * After a link that failed and was reported: what may be wrong with the wires, the likelier first.
 * They are examined again, and the chip is reset a few times more; failures of that are not a
 * trouble.
 */
void doctor_suspects(const struct session_options *options, const struct observer *observer,
		     const struct doctor_listener *listener);

/*
 * Only the steps up to the link, in a second, for repeated checks. Wrong wires are not a trouble
 * here: see *@linked. False after another trouble.
 */
bool doctor_glance(struct session *session, const struct session_options *options,
		   const struct doctor_listener *listener, bool *linked);

#endif
