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

#define LONGEST_NAME 32

static const struct command_example examples[] = {
	{"Where do the wires go on a CB2S?", "beken-flash wiring CB2S"},
	{"Which modules are known?", "beken-flash wiring"},
	{NULL, NULL},
};

/* The pin of the SoC on a module, or NULL. */
static const char *pin_of(const struct chipdb_wiring *wiring, enum chipdb_wire wire)
{
	const struct chipdb_wiring *package =
		wiring->package ? chipdb_wiring_by_name(wiring->package) : wiring;

	return package ? package->pads[wire] : NULL;
}

static void print(const struct chipdb_wiring *wiring)
{
	say("%s, with a %s%s%s\n\n", wiring->name, wiring->soc, wiring->package ? " in a " : "",
	    wiring->package ? wiring->package : "");
	say("wire  ");
	for (size_t i = 0; i < chipdb_adapter_count; i++)
		say("%-8s ", chipdb_adapters[i].name);
	say("%-18s pin of the chip\n", wiring->package ? "pad" : "");
	for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++) {
		const char *pin = pin_of(wiring, wire), *pad = wiring->pads[wire];

		say("%-5s ", chipdb_wire_name(wire));
		for (size_t i = 0; i < chipdb_adapter_count; i++)
			say("%-8s ", chipdb_adapters[i].pins[wire]);
		say("%-18s %s\n",
		    !wiring->package ? ""
		    : pad	     ? pad
		    : pin	     ? "none: to the pin"
				     : "not known",
		    pin ? pin : "-");
	}
	say("\nLevels of the signals; the chip is a 3.3 V part:\n");
	for (size_t i = 0; i < chipdb_adapter_count; i++)
		say("%-8s %s\n", chipdb_adapters[i].name, chipdb_adapters[i].levels);
	/* The same on all of these chips, see docs/uart.md. */
	say("\nFor --port, the way through the chip's bootloader, a USB-serial adapter with 3.3 V\n"
	    "levels: TX to RX1 (P10), RX to TX1 (P11), RTS or DTR to CEN, GND.\n");
	say("\nFrom: %s. Measure before you solder; beken-flash doctor --watch shows when\n"
	    "each wire makes contact.\n",
	    wiring->sources);
}

static void write_json(struct json *json, const struct chipdb_wiring *wiring)
{
	json_text(json, "name", wiring->name);
	json_text(json, "soc", wiring->soc);
	json_text_or_none(json, "package", wiring->package);
	json_begin(json, "wires", '[');
	for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++) {
		json_begin(json, NULL, '{');
		json_text(json, "wire", chipdb_wire_name(wire));
		json_text_or_none(json, "pad", wiring->package ? wiring->pads[wire] : NULL);
		json_text_or_none(json, "pin", pin_of(wiring, wire));
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "adapters", '[');
	for (size_t i = 0; i < chipdb_adapter_count; i++) {
		const struct chipdb_adapter *adapter = &chipdb_adapters[i];

		json_begin(json, NULL, '{');
		json_text(json, "adapter", adapter->name);
		for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++)
			json_text(json, chipdb_wire_name(wire), adapter->pins[wire]);
		json_text(json, "levels", adapter->levels);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_text(json, "sources", wiring->sources);
}

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
		write_json(json, wiring);
	else if (wiring)
		print(wiring);
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
