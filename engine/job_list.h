/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_list.h - which adapters are plugged in, and what is on each of them. */
#ifndef ENGINE_JOB_LIST_H
#define ENGINE_JOB_LIST_H

#include "engine/session.h"
#include "programmer/programmer.h"

struct list_entry {
	const struct beken_place *place;
	/* The chip on it, closed again; session_trouble() says why there is none. */
	struct session *session;
};

/*
 * Examines each adapter in turn, as detect does: the chip runs again afterwards, unless the
 * parameters say otherwise. One that may be used for something else is only named. @entry is called
 * for each, and everything is valid only during that call. A failure of one of them is not raised
 * to @observer; that there is no adapter at all is. Returns false then, or if it was interrupted.
 */
bool list_do_job(const struct session_options *options, const struct observer *observer,
		 void (*entry)(void *data, const struct list_entry *entry), void *data);

#endif
