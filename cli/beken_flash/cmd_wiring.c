/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash wiring: where the wires go on a module. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "chipdb/chipdb.h"
#include "cli/beken_flash/commands.h"
#include "cli/beken_flash/report.h"
#include "cli/dialect/nearest.h"
#include "cli/say.h"
#include "cli/show/show_wiring.h"

#define LONGEST_NAME 32

static const struct command_example examples[] = {
	{"Where do the wires go on a CB2S?", "beken-flash wiring CB2S"},
	{"Which modules are known?", "beken-flash wiring"},
	{NULL, NULL},
};

static const struct chipdb_wiring *find(const char *name, const struct observer *observer)
{
	const struct chipdb_wiring *wiring = chipdb_wiring_by_name(name);
	char capitals[LONGEST_NAME] = "";
	struct trouble trouble;
	struct nearest nearest = {.word = capitals};

	if (wiring)
		return wiring;
	for (size_t i = 0; name[i] && i + 1 < sizeof(capitals); i++)
		capitals[i] = (char)toupper((unsigned char)name[i]);
	for (size_t i = 0; i < chipdb_wiring_count; i++)
		nearest_try(&nearest, chipdb_wirings[i].name);
	trouble = trouble_seen(TROUBLE_USAGE, "no known module is called %s%s%s%s", name,
			       nearest.name ? "; did you mean " : "",
			       nearest.name ? nearest.name : "", nearest.name ? "?" : "");
	trouble_set_next(&trouble, "beken-flash wiring lists those that are known");
	observer_tell(observer, &trouble);
	return NULL;
}

static void list(struct report *report)
{
	struct json *json = report_result(report, &(struct trouble){.kind = TROUBLE_NONE});

	if (json)
		json_begin(json, "names", '[');
	for (size_t i = 0; i < chipdb_wiring_count; i++) {
		if (json)
			json_text(json, NULL, chipdb_wirings[i].name);
		else
			say("%-14s %s\n", chipdb_wirings[i].name, chipdb_wirings[i].soc);
	}
	if (json)
		json_end(json, ']');
	report_result_end(report);
}

static int run(const struct command_line *line)
{
	const struct chipdb_wiring *wiring;
	struct trouble end = {.kind = TROUBLE_NONE};
	struct report report;
	struct json *json;

	report_begin(&report, "wiring", line);
	if (!line->word_count) {
		list(&report);
		return COMMAND_DONE;
	}
	wiring = find(line->words[0], &report.observer);
	end.kind = wiring ? TROUBLE_NONE : TROUBLE_USAGE;
	json = report_result(&report, &end);
	if (json && wiring)
		show_wiring_json(json, wiring);
	else if (wiring)
		show_wiring(wiring);
	report_result_end(&report);
	return trouble_status(&end);
}

const struct command command_wiring = {
	.name = "wiring",
	.words = "[MODULE]",
	.words_most = 1,
	.summary = "Show where the wires go on a module, or on the package of a SoC",
	.about = "Needs no hardware. Without MODULE it lists all that are known. A signal that\n"
		 "has no pad on the module goes to the pin of the chip itself: pin 1 has the\n"
		 "dot, and pins are counted counterclockwise. docs/adapters.md has pictures of\n"
		 "the adapters, docs/uart.md says how to use a USB-serial adapter instead.\n",
	.examples = examples,
	.takes = TAKES(JSON),
	.run = COMMAND_RUN(run),
};
