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

/* A step that was made. Of one that says nothing there is none. */
struct doctor_step {
	const char *name; /* "adapter", "permission", "mode", "driver", "pins", "cen", "link", "id",
			     "status", "content" */
	enum doctor_state state;
	char seen[DOCTOR_ROOM];
};

/* One of the reasons that it may have, the likelier first. */
struct doctor_suspect {
	const char *cause; /* wire_cause_name() */
	bool certain;
	char seen[WIRE_TEXT_ROOM]; /* "P22 and P23 are swapped" */
	char next[WIRE_TEXT_ROOM]; /* "let P22 go to D5 ..." */
};

/* Who hears of it, as it goes on; texts live for the call. */
struct doctor_listener {
	void (*step)(void *data, const struct doctor_step *step);
	void (*suspect)(void *data, const struct doctor_suspect *suspect);
	void *data;
};

/*
 * After session_begin(). Opens the chip, looks, and closes it: it runs afterwards, unless the
 * parameters say otherwise. False after a trouble, which was raised: also what is wrong with the
 * wires is one. True with suspects: it works, but not as it should.
 */
bool doctor_examine(struct session *session, const struct session_options *options,
		    const struct doctor_listener *listener);

/*
 * After a link that failed, and was told of: what may be wrong with the wires, the likelier first.
 * They are looked at anew, and the chip is reset a few times more; what goes wrong with that is
 * no trouble.
 */
void doctor_suspects(const struct session_options *options, const struct observer *observer,
		     const struct doctor_listener *listener);

/*
 * The steps up to the link alone, in a second, for who looks again and again. Wires that are wrong
 * are no trouble here: *@linked tells. False after another trouble.
 */
bool doctor_glance(struct session *session, const struct session_options *options,
		   const struct doctor_listener *listener, bool *linked);

#endif
