/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash list: all adapters, and what is on them. */
#include <string.h>

#include "cli/show/show_device.h"
#include "cli/beken_flash/device.h"
#include "cli/say.h"
#include "cli/show/show_identity.h"
#include "engine/job_list.h"

static const struct command_example examples[] = {
	{"Which adapter is which?", "beken-flash list"},
	{NULL, NULL},
};

static void print(const struct list_entry *entry)
{
	const struct beken_place *place = entry->place;
	const struct session *session = entry->session;
	const struct trouble *trouble = session_trouble(entry->session);
	char names[120];

	say("%s at %s=%s: ", place->kind, place->parameter, place->value);
	if (place->only_named) {
		say("%s, %s%s=%s\n", trouble->seen,
		    strcmp(place->parameter, "spidev") == 0 ? "--params=" : "--", place->parameter,
		    place->value);
		return;
	}
	if (trouble->kind) {
		say("%s [%s]\n", trouble->seen, trouble_name(trouble->kind));
		return;
	}
	identity_text(&session->target.identity, names, sizeof(names));
	say("%s, %s%s%s, %u KiB, MAC %s\n", names[0] ? names : "unknown SoC", session->part->maker,
	    session->part->maker[0] ? " " : "", session->part->name,
	    (unsigned)(session->part->size / 1024), session->mac[0] ? session->mac : "unknown");
}

static void on_entry(void *data, const struct list_entry *entry)
{
	const struct trouble *trouble = session_trouble(entry->session);
	struct device *device = data;
	struct json *json;

	if (!device->report.as_json) {
		print(entry);
		return;
	}
	json = report_event(&device->report, "adapter");
	show_adapter_json(json, entry->place->kind, entry->place->parameter, entry->place->value);
	json_text(json, "kind", trouble_name(trouble->kind));
	json_text_or_none(json, "seen", trouble->seen);
	show_identity_json(json, &entry->session->target.identity);
	if (entry->session->part)
		show_part_json(json, entry->session);
	else
		json_no_value(json, "part");
	json_text_or_none(json, "mac", entry->session->mac);
	json_text_or_none(json, "calibration", entry->session->calibration);
	report_event_end(&device->report);
}

static int run(const struct command_line *line)
{
	struct device device;

	device_begin(&device, &command_list, line);
	if (!list_do_job(&device.options, device.session.observer, on_entry, &device))
		return device_failed(&device);
	device_result(&device);
	return device_result_end(&device);
}

const struct command command_list = {
	.name = "list",
	.words = "",
	.summary = "List all adapters, each with its port and what is on it",
	.about = "Each chip is reset, examined as by detect, and runs again. The port is for\n"
		 "--usb: with it several adapters can be used side by side. What may be used\n"
		 "for something else, such as an FT232H or a serial port, is named but not\n"
		 "examined.\n",
	.examples = examples,
	.takes = TAKES(PARAMS) | TAKES(SOC) | TAKES(JSON),
	.run = COMMAND_RUN(run),
};
