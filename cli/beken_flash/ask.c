/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/ask.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/say.h"

static const enum trouble_kind askable[] = {
	TROUBLE_NOT_CONFIRMED,	  TROUBLE_IDENTITY_LOST,  TROUBLE_OTHER_MODULE,
	TROUBLE_DOUBTFUL_CONTENT, TROUBLE_PARTIAL_SECTOR, TROUBLE_NEWER_CONTENT,
};

#define ASKABLE (sizeof(askable) / sizeof(askable[0]))

static bool take(struct ask *ask, const char *name, size_t length)
{
	for (size_t i = 0; i < ASKABLE; i++) {
		const char *known = trouble_name(askable[i]);

		if (strlen(known) == length && strncmp(known, name, length) == 0) {
			ask->yes[askable[i]] = true;
			return true;
		}
	}
	return false;
}

bool ask_begin(struct ask *ask, const char *yes, bool dry, bool by_program,
	       const struct observer *observer)
{
	*ask = (struct ask){.dry = dry,
			    .observer = observer,
			    .on_terminal = !by_program && isatty(STDIN_FILENO),
			    .can_see = isatty(STDERR_FILENO)};
	/* Whoever passes any --yes knows the question. */
	ask->yes[TROUBLE_NOT_CONFIRMED] = yes != NULL;
	while (yes && *yes) {
		size_t length = strcspn(yes, ",");

		/* Two --yes options make a list with an empty word. */
		if (length > 0 && !take(ask, yes, length)) {
			observer_raise(observer, TROUBLE_USAGE, NO_RANGE,
				       "--yes=%.*s: there is nothing of that name to agree to. "
				       "Possible: not-confirmed, identity-lost, other-module, "
				       "doubtful-content, partial-sector, newer-content",
				       (int)length, yes);
			return false;
		}
		yes += length + (yes[length] == ',');
	}
	return true;
}

bool ask_is_possible(const struct ask *ask, enum trouble_kind kind)
{
	return ask->dry || ask->yes[kind] || ask->on_terminal;
}

/* A line, or the end. A signal ends it, too. */
static bool wait_for_user(const struct ask *ask)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	int ready;

	while ((ready = poll(&input, 1, ask->idle ? ASK_IDLE_MS : -1)) == 0)
		ask->idle(ask->data);
	return ready > 0;
}

bool ask_user(void *data, enum trouble_kind kind, const char *question)
{
	const struct ask *ask = data;
	char answer[16], text[TROUBLE_WORDS];

	if (ask->yes[kind])
		return true;
	if (ask->dry) {
		observer_note(ask->observer, NOTE_WARN, kind, "%s This needs --yes=%s", question,
			      trouble_name(kind));
		return true;
	}
	/* In the middle of a job nobody would notice a question that went to a file. */
	if (!ask->on_terminal || (!ask->can_see && kind != TROUBLE_NOT_CONFIRMED))
		return false;
	snprintf(text, sizeof(text), "%s Type yes: ", question);
	say_question(text);
	return wait_for_user(ask) && fgets(answer, sizeof(answer), stdin) &&
	       strcmp(answer, "yes\n") == 0;
}
