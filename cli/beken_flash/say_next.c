/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/say_next.h"

#include <stdio.h>
#include <string.h>

#define CANDIDATES_ROOM 200 /* for IDENTITY_FEW names */

/* Better than the kind's own, which knows no options. */
static const struct {
	enum trouble_kind kind;
	const char *next;
} steps[] = {
	{TROUBLE_JOURNAL_DAMAGED,
	 "beken-flash restore BACKUP brings the old content back; beken-flash resume --forget "
	 "removes the journal, and then write again"},
	{TROUBLE_KEPT, "Say --with-rf if it has to go"},
	{TROUBLE_NO_MANIFEST,
	 "--no-manifest takes it as it is; beken-flash write FILE looks into it first"},
	{TROUBLE_NOT_CONFIRMED, "Say --yes, or --dry-run to see what would be done"},
	{TROUBLE_REGISTER_REFUSED, "Name only those with --registers=HEX"},
	{TROUBLE_REGISTER_UNKNOWN, "Say it with --registers=HEX"},
	{TROUBLE_SOC_CONTRADICTED, "Leave --soc away"},
	{TROUBLE_SOC_UNKNOWN, "Say which it is with --soc"},
	{TROUBLE_UNFINISHED,
	 "beken-flash resume goes on with it; beken-flash restore BACKUP brings the old content "
	 "back; beken-flash resume --forget forgets it"},
	{TROUBLE_STALE_BACKUP, "Leave --backup away, or name a new file there"},
	{TROUBLE_WRONG_PLACE, "Say where it goes with --at=ADDRESS"},
};

/* Those that it may be, and no other as an example. */
static const char *name_candidates(const struct identity *module, char text[CANDIDATES_ROOM])
{
	int length = snprintf(text, CANDIDATES_ROOM, "Say which it is");

	for (size_t i = 0; i < module->soc_count; i++)
		length += snprintf(text + length, CANDIDATES_ROOM - (size_t)length, "%s--soc=%s",
				   i ? " or " : ": ", module->socs[i]->name);
	return text;
}

const char *say_next(const struct trouble *trouble, const struct identity *module,
		     char next[SAY_TROUBLE_ROOM])
{
	char candidates[CANDIDATES_ROOM];
	const struct trouble_value *refusal = trouble_value(trouble, "refusal");
	const struct trouble_value *consent = trouble_value(trouble, "consent");
	const char *text = trouble_next(trouble->kind);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i].kind == trouble->kind)
			text = steps[i].next;
	if (trouble->kind == TROUBLE_UNFINISHED && trouble_value(trouble, "which"))
		text = "Say which with its number: beken-flash resume --journal=N goes on with it, "
		       "and with --forget it is forgotten";
	if (trouble->kind == TROUBLE_SOC_UNKNOWN && module && module->soc_count > 1)
		text = name_candidates(module, candidates);
	if (trouble->next[0])
		text = trouble->next;
	/* A loss can be agreed to only where it was asked for, and by its name. */
	if (consent && trouble->kind != TROUBLE_NOT_CONFIRMED)
		snprintf(next, SAY_TROUBLE_ROOM, "If that is what you want, say --yes=%s",
			 consent->text);
	else if (refusal)
		snprintf(next, SAY_TROUBLE_ROOM, "%s%s--force=%s overrules this", text,
			 text[0] ? "; " : "", refusal->text);
	else
		snprintf(next, SAY_TROUBLE_ROOM, "%s%s", text, say_doctor(trouble));
	return next;
}
