/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/show_suspect.h"

#include <stdio.h>

const char *show_suspect_next(const struct doctor_suspect *suspect, char text[SUSPECT_NEXT_ROOM])
{
	char none[1] = "";

	snprintf(text, SUSPECT_NEXT_ROOM, "%s", suspect->next);
	own_params(text, SUSPECT_NEXT_ROOM, none, sizeof(none));
	return text;
}

void show_suspect_json(struct report *report, const struct doctor_suspect *suspect)
{
	struct json *json = report_event(report, "suspect");
	char next[SUSPECT_NEXT_ROOM];

	json_text(json, "cause", suspect->cause);
	json_bool(json, "certain", suspect->certain);
	json_text(json, "seen", suspect->seen);
	json_text(json, "next", show_suspect_next(suspect, next));
	report_event_end(report);
}

static void ignore_step(void *data, const struct doctor_step *step)
{
	(void)data;
	(void)step;
}

static void on_suspect(void *data, const struct doctor_suspect *suspect)
{
	struct report *report = data;
	char next[SUSPECT_NEXT_ROOM];

	if (report->as_json)
		show_suspect_json(report, suspect);
	else
		observer_note(&report->observer, NOTE_WARN, TROUBLE_NONE, "%s: %s; %s",
			      suspect->certain ? "it is" : "maybe", suspect->seen,
			      show_suspect_next(suspect, next));
}

void show_suspects(struct report *report, const struct session_options *options)
{
	const struct doctor_listener listener = {ignore_step, on_suspect, report};

	doctor_suspects(options, &report->observer, &listener);
}
