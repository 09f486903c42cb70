/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observer.h - whoever watches a job: is told what is done and how far it is, and may end it.
 *
 * One object for messages, progress and cancelling. Libraries print nothing; front ends turn what
 * they are told into words, lines or JSON. All callbacks may be NULL; a NULL observer means
 * silence. They are called in the thread that does the work; texts and troubles are valid only
 * during the call. A callback must not call back into the library.
 */
#ifndef BASE_OBSERVER_H
#define BASE_OBSERVER_H

#include "base/trouble.h"
#include "base/work.h"

enum note_level {
	NOTE_WARN,  /* work continues, but the user should know */
	NOTE_INFO,  /* what is being done */
	NOTE_DEBUG, /* for finding a fault */
};

struct observer {
	/* A trouble, raised once, by the code that found it. */
	void (*trouble)(void *data, const struct trouble *trouble);
	/* @kind: TROUBLE_NONE, or what it might become. */
	void (*note)(void *data, enum note_level level, enum trouble_kind kind, const char *text);
	/*
	 * A phase begins ("read", "write" ...), and the one before ends; @work is what it has to
	 * do. The name is static. A NULL @name: nothing long is in progress any more, and @work is
	 * NULL, too.
	 */
	void (*phase)(void *data, const char *name, const struct work *work);
	/* This range of the die was just read, programmed, erased. */
	void (*progress)(void *data, enum activity activity, struct range range);
	/*
	 * Asked from time to time; true ends whatever can be interrupted, with TROUBLE_INTERRUPTED.
	 */
	bool (*cancelled)(void *data);
	void *data;
};

/* Raises a trouble; returns its kind. */
enum trouble_kind observer_tell(const struct observer *observer, const struct trouble *trouble);

/* The same for one without values and with the kind's next step. */
enum trouble_kind observer_raise(const struct observer *observer, enum trouble_kind kind,
				 struct range range, const char *seen, ...)
	__attribute__((format(printf, 4, 5)));

/* Texts longer than 1 KiB are cut. */
void observer_note(const struct observer *observer, enum note_level level, enum trouble_kind kind,
		   const char *text, ...) __attribute__((format(printf, 4, 5)));

void observer_phase(const struct observer *observer, const char *name, const struct work *work);
void observer_phase_end(const struct observer *observer);
void observer_progress(const struct observer *observer, enum activity activity, struct range range);
bool observer_cancelled(const struct observer *observer);

#endif
