/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash doctor: what is wrong between the computer and the flash. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/beken_flash/device.h"
#include "cli/beken_flash/show_suspect.h"
#include "cli/say.h"
#include "engine/doctor.h"

static const struct command_example examples[] = {
	{"Is everything connected properly, and if not, what is wrong?", "beken-flash doctor"},
	{"See each wire make contact while you solder:", "beken-flash doctor --watch"},
	{NULL, NULL},
};

static void on_step(void *data, const struct doctor_step *step)
{
	static const char *const states[] = {"good", "BAD ", "seen"};
	static const enum say_paint paints[] = {PAINT_GOOD, PAINT_BAD, PAINT_UNSURE};
	static const char *const names[] = {"good", "bad", "unsure"};
	struct device *device = data;
	struct json *json;

	if (!device->report.as_json) {
		say("%-11s ", step->name);
		say_painted(paints[step->state], states[step->state]);
		say("  %s\n", step->seen);
		fflush(stdout); /* keeps the order with what goes to standard error */
		return;
	}
	json = report_event(&device->report, "step");
	json_text(json, "name", step->name);
	json_text(json, "state", names[step->state]);
	json_text(json, "seen", step->seen);
	report_event_end(&device->report);
}

static void on_suspect(void *data, const struct doctor_suspect *suspect)
{
	struct device *device = data;
	char next[SUSPECT_NEXT_ROOM];

	if (device->report.as_json) {
		show_suspect_json(&device->report, suspect);
		return;
	}
	say("%s: %s\n    %s\n", suspect->certain ? "it is" : "maybe", suspect->seen,
	    show_suspect_next(suspect, next));
	fflush(stdout);
}

static int good(struct device *device)
{
	char next[100 + OWN_WHERE_ROOM] = "The flash answers. Next: beken-flash backup";

	own_commands(next, sizeof(next), command_table, device->report.where);
	if (!device_result(device))
		say("%s\n", next);
	return device_result_end(device);
}

static int watch(struct device *device, const struct doctor_listener *listener)
{
	const struct timespec pause = {.tv_nsec = 500000000};
	bool linked = false;

	while (!linked && !observer_cancelled(device->session.observer)) {
		if (!doctor_glance(&device->session, &device->options, listener, &linked))
			return device_failed(device);
		if (!linked && !device->report.as_json)
			say("\n");
		fflush(stdout);
		if (!linked)
			nanosleep(&pause, NULL);
	}
	return linked ? good(device) : device_failed(device);
}

static int run(const struct command_line *line)
{
	struct device device;
	const struct doctor_listener listener = {on_step, on_suspect, &device};

	device_begin(&device, &command_doctor, line);
	if (line->option[OPTION_WATCH])
		return watch(&device, &listener);
	if (!doctor_examine(&device.session, &device.options, &listener))
		return device_failed(&device);
	return good(&device);
}

const struct command command_doctor = {
	.name = "doctor",
	.words = "",
	.summary = "Find out what is wrong between the computer and the flash",
	.about = "Goes from the adapter to the content of the flash, and shows each step with\n"
		 "what was seen. The chip is reset many times; the flash is not changed.\n"
		 "Causes that cannot be told apart from here are named together, the likelier\n"
		 "first, each with the measurement that decides.\n",
	.examples = examples,
	.takes = TAKES_ADAPTER | TAKES(WATCH),
	.run = COMMAND_RUN(run),
};
