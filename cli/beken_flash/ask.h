/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - the one question, and the one consent.
 *
 * A job that would lose something asks first, by the kind of trouble. On a terminal the user is
 * asked; --yes=KIND,... answers beforehand. --yes alone agrees to what was named on the command
 * line (an erase), and never to the loss of what is unique to the module: that has to be named.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/observer.h"

#define ASK_IDLE_MS 20

struct ask {
	bool yes[TROUBLE_KINDS];
	bool dry, on_terminal, can_see;
	const struct observer *observer;
	/* Called while the user thinks, every ASK_IDLE_MS (see flash_idle()); or NULL. */
	void (*idle)(void *data);
	void *data;
};

/*
 * @yes: the option's argument, or NULL. @by_program: no person can answer, though there may be a
 * terminal. False after a trouble, if @yes is not the name of a consent.
 */
bool ask_begin(struct ask *ask, const char *yes, bool dry, bool by_program,
	       const struct observer *observer);

/* Whether @kind can be agreed to at all here: by --yes, by the user, or since nothing happens. */
bool ask_is_possible(const struct ask *ask, enum trouble_kind kind);

/* As struct session has it; @data: a struct ask. */
bool ask_user(void *data, enum trouble_kind kind, const char *question);

#endif
