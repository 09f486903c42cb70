/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/unfinished.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/module.h"

static const struct observer silent = {.data = NULL};

const char *unfinished_list(char text[UNFINISHED_TEXT])
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned number = 1; number <= JOURNALS_MOST && used < UNFINISHED_TEXT; number++) {
		struct journal journal;

		if (!journal_exists(number))
			continue;
		if (journal_read(&journal, number, &silent) == JOURNAL_THERE)
			used += (size_t)snprintf(text + used, UNFINISHED_TEXT - used,
						 "%s%u: the %s of %s", used ? "; " : "", number,
						 journal.command, journal.file);
		else
			used += (size_t)snprintf(text + used, UNFINISHED_TEXT - used,
						 "%s%u: damaged", used ? "; " : "", number);
	}
	return text;
}

uint8_t *unfinished_read(struct session *session, const struct journal *journal,
			 const uint8_t *wanted)
{
	const struct range *known = &journal->known;
	uint8_t *seen = malloc(session->part->size);
	bool good;

	if (!seen) {
		session_no_memory(session);
		return NULL;
	}
	memcpy(seen, wanted, session->part->size);
	session_phase_read(session, "read", known, 1);
	/* Outside the file only the calibration was recorded, to recognize the module. */
	good = flash_read(session->flash, known, 1, seen) &&
	       (known->length == session->part->size ||
		content_peek_rf(session, *known, RF_ALIGNMENT, seen));
	observer_phase_end(session->observer);
	if (good)
		return seen;
	free(seen);
	return NULL;
}

enum whose { OWN, ANOTHERS, FAILED };

/* @seen: what identifies the module. Without that, it may be this one. */
static enum whose judge(struct session *session, const struct journal *journal, const uint8_t *seen,
			const uint8_t *wanted, char why[MODULE_WHY])
{
	struct rf found[IMAGE_RFS];

	if (content_find_rf(seen, journal->size, found) == 0 ||
	    !module_is_other(journal, seen, wanted, why))
		return OWN;
	return content_rf_is_steady(session, seen) ? ANOTHERS : FAILED;
}

static enum whose whose_is(struct session *session, const struct journal *journal,
			   const uint8_t *present, char why[MODULE_WHY])
{
	uint8_t *wanted, *seen = NULL;
	enum whose whose;
	char id[PART_ID];

	session_id_text(session, id);
	if (module_has_other_flash(journal, session->part, id, why))
		return ANOTHERS;
	wanted = journal_wanted(journal, &silent);
	if (!present && !wanted)
		return OWN;
	if (!present) {
		seen = unfinished_read(session, journal, wanted);
		present = seen;
	}
	whose = present ? judge(session, journal, present, wanted, why) : FAILED;
	free(seen);
	free(wanted);
	return whose;
}

static void note_anothers(const struct session *session, const struct journal *journal,
			  const char *why)
{
	observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
		      "the %s of %s is not finished; it is another module's: %s", journal->command,
		      journal->file, why);
}

static bool raise_busy(pid_t holder, const struct observer *observer)
{
	observer_raise(observer, TROUBLE_BUSY_PROGRAM, NO_RANGE,
		       "another program is working on it (process %ld): wait until it ends",
		       (long)holder);
	return false;
}

void unfinished_raise_several(const char *why, const struct observer *observer)
{
	char list[UNFINISHED_TEXT];
	struct trouble trouble =
		trouble_seen(TROUBLE_UNFINISHED, "%s: %s", why, unfinished_list(list));

	/* The user has to name one of them. */
	trouble_add_text(&trouble, "which", "%s", "journal");
	observer_tell(observer, &trouble);
}

/* What the search has found so far. */
struct search {
	struct session *session;
	const uint8_t *present;
	bool dry;
	struct unfinished *own, place; /* the module's own; and the first free place */
};

static bool look_at(struct search *search, unsigned number)
{
	struct session *session = search->session;
	struct unfinished one = {.lock = -1};
	char why[MODULE_WHY];
	pid_t holder;

	if (!search->dry) {
		one.lock = journal_lock(number, &holder, session->observer);
		if (one.lock < 0)
			return holder != 0; /* it is working with another adapter */
	}
	one.found = journal_read(&one.journal, number, &silent);
	if (one.found == JOURNAL_NONE) {
		search->place = one;
		return true;
	}
	switch (one.found == JOURNAL_BAD ? OWN
					 : whose_is(session, &one.journal, search->present, why)) {
	case FAILED:
		unfinished_let_go(&one);
		return false;
	case ANOTHERS:
		note_anothers(session, &one.journal, why);
		unfinished_let_go(&one);
		return true;
	case OWN:
		break;
	}
	if (search->own->found != JOURNAL_NONE) {
		unfinished_let_go(&one);
		unfinished_raise_several("more than one stopped job may be of this module",
					 session->observer);
		return false;
	}
	*search->own = one;
	return true;
}

bool unfinished_find(struct unfinished *unfinished, struct session *session, const uint8_t *present,
		     bool dry)
{
	struct search search = {.session = session,
				.present = present,
				.dry = dry,
				.own = unfinished,
				.place = {.lock = -1}};
	bool good = true;

	*unfinished = (struct unfinished){.found = JOURNAL_NONE, .lock = -1};
	for (unsigned number = 1; good && number <= JOURNALS_MOST; number++)
		if (journal_exists(number) || !search.place.journal.number)
			good = look_at(&search, number);
	if (good && unfinished->found == JOURNAL_NONE && search.place.journal.number)
		*unfinished = search.place;
	else
		unfinished_let_go(&search.place);
	if (!good || unfinished->journal.number)
		return good;
	unfinished_raise_several("there are too many stopped jobs", session->observer);
	return false;
}

static bool take(struct unfinished *unfinished, unsigned number, bool dry,
		 const struct observer *observer)
{
	pid_t holder;

	if (!dry) {
		unfinished->lock = journal_lock(number, &holder, observer);
		if (unfinished->lock < 0)
			return holder && raise_busy(holder, observer);
	}
	unfinished->found = journal_read(&unfinished->journal, number, &silent);
	return true;
}

bool unfinished_take(struct unfinished *unfinished, unsigned number, bool dry, bool *several,
		     const struct observer *observer)
{
	unsigned count = 0, only = 1;

	*unfinished = (struct unfinished){.found = JOURNAL_NONE, .lock = -1};
	for (unsigned i = 1; i <= JOURNALS_MOST; i++)
		if (journal_exists(i) && count++ == 0)
			only = i;
	*several = !number && count > 1;
	return *several || take(unfinished, number ? number : only, dry, observer);
}

bool unfinished_none(struct unfinished *unfinished, struct session *session)
{
	const struct journal *old = &unfinished->journal;
	struct trouble trouble;

	if (!unfinished_find(unfinished, session, NULL, false))
		return false;
	switch (unfinished->found) {
	case JOURNAL_NONE:
		return true;
	case JOURNAL_THERE:
		trouble = trouble_seen(TROUBLE_UNFINISHED, "a %s of %s is not finished%s%s",
				       old->command, old->file, old->date[0] ? "; it began " : "",
				       old->date);
		trouble_add_text(&trouble, "job", "%s", old->command);
		observer_tell(session->observer, &trouble);
		return false;
	case JOURNAL_BAD:
		break;
	}
	journal_read(&unfinished->journal, old->number, session->observer);
	return false;
}

void unfinished_let_go(struct unfinished *unfinished)
{
	journal_unlock(unfinished->lock);
	unfinished->lock = -1;
}
