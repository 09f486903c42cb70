/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/observer.h"

#include <stdarg.h>
#include <stdio.h>

#define NOTE_ROOM 1024

enum trouble_kind observer_tell(const struct observer *observer, const struct trouble *trouble)
{
	if (observer && observer->trouble)
		observer->trouble(observer->data, trouble);
	return trouble->kind;
}

enum trouble_kind observer_raise(const struct observer *observer, enum trouble_kind kind,
				 struct range range, const char *seen, ...)
{
	struct trouble trouble = {.kind = kind, .range = range};
	va_list args;

	va_start(args, seen);
	vsnprintf(trouble.seen, sizeof(trouble.seen), seen, args);
	va_end(args);
	return observer_tell(observer, &trouble);
}

void observer_note(const struct observer *observer, enum note_level level, enum trouble_kind kind,
		   const char *text, ...)
{
	char words[NOTE_ROOM];
	va_list args;

	if (!observer || !observer->note)
		return;
	va_start(args, text);
	vsnprintf(words, sizeof(words), text, args);
	va_end(args);
	observer->note(observer->data, level, kind, words);
}

void observer_phase(const struct observer *observer, const char *name, const struct work *work)
{
	if (observer && observer->phase)
		observer->phase(observer->data, name, work);
}

void observer_phase_end(const struct observer *observer)
{
	observer_phase(observer, NULL, NULL);
}

void observer_progress(const struct observer *observer, enum activity activity, struct range range)
{
	if (observer && observer->progress)
		observer->progress(observer->data, activity, range);
}

bool observer_cancelled(const struct observer *observer)
{
	return observer && observer->cancelled && observer->cancelled(observer->data);
}
