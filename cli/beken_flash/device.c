/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/device.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/shell_word.h"
#include "cli/beken_flash/record.h"
#include "cli/beken_flash/show_suspect.h"
#include "cli/signals.h"

static bool cancelled(void *data)
{
	(void)data;
	return signals_seen() != 0;
}

void device_begin(struct device *device, const struct command *command,
		  const struct command_line *line)
{
	const char *params = line->option[OPTION_PARAMS], *port = line->option[OPTION_PORT];
	const char *place = port ? port : line->option[OPTION_USB];

	*device = (struct device){
		.options = {.programmer = port ? "beken_uart" : NULL,
			    .parameters = params,
			    .soc = line->option[OPTION_SOC]},
		.record = line->option[OPTION_RECORD],
	};
	/* What is too long for this buffer is too long for a programmer, too, and refused there. */
	if (place)
		snprintf(device->parameters, sizeof(device->parameters), "%s%s%s=%s",
			 params ? params : "", params ? "," : "", port ? "port" : "usb", place);
	if (place)
		device->options.parameters = device->parameters;
	report_begin(&device->report, command->name, line);
	device->report.observer.cancelled = cancelled;
	device->options.pins = &device->report.pins;
	device->report.module = &device->session.target.identity;
	session_begin(&device->session, &device->report.observer);
	/* A command's signal settings are the user's, and ignored signals would be inherited. */
	if (command->passes_on)
		return;
	signals_catch();
	/* A file that is too large for ulimit -f is an error like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
}

static void idle(void *data)
{
	const struct device *device = data;

	if (device->session.flash)
		flash_idle(device->session.flash);
}

bool device_consents(struct device *device, const struct command_line *line)
{
	if (!ask_begin(&device->ask, line->option[OPTION_YES], line->option[OPTION_DRY_RUN],
		       device->report.as_json, device->session.observer))
		return false;
	device->ask.idle = idle;
	device->ask.data = device;
	device->session.ask = ask_user;
	device->session.ask_data = &device->ask;
	return true;
}

bool device_backup_options(const struct device *device, const struct command_line *line)
{
	bool both = line->option[OPTION_BACKUP] && line->option[OPTION_NO_BACKUP];

	if (both)
		observer_raise(device->session.observer, TROUBLE_USAGE, NO_RANGE,
			       "--backup and --no-backup contradict each other");
	return !both;
}

/* Only once, whatever follows. */
static void record(struct device *device, const struct trouble *end)
{
	if (device->record)
		record_append(device->record, device->file, &device->session, &device->report, end);
	device->record = NULL;
}

struct json *device_result(struct device *device)
{
	const struct trouble *trouble = session_trouble(&device->session);

	record(device, trouble);
	return report_result(&device->report, trouble);
}

int device_result_end(struct device *device)
{
	report_result_end(&device->report);
	return trouble_status(session_trouble(&device->session));
}

static void say_half(const struct device *device)
{
	const struct observer *observer = &device->report.observer;
	const char *backup = session_unfinished(&device->session);
	char word[PATH_MAX + 16];

	if (backup)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the flash may be half written. Keep the device unplugged from the "
			      "mains, check the wires, and run: beken-flash resume%s%s",
			      backup[0] ? "; or, for the old content: beken-flash restore " : "",
			      backup[0] ? shell_word(backup, word, sizeof(word)) : "");
	else if (device->again)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the flash may be half changed. Keep the device unplugged from the "
			      "mains, check the wires, and run the same beken-flash %s again%s",
			      device->report.command, device->again);
	else
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the flash may be half written. Keep the device unplugged from the "
			      "mains, and check the wires");
}

/* What happened to the die, and how to repair it with this program's commands. */
static void say_die(const struct device *device, enum die_state die)
{
	const struct observer *observer = &device->report.observer;

	switch (die) {
	case DIE_HALF:
		say_half(device);
		break;
	case DIE_UNSURE:
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "everything was done and verified; only a later step failed. To be "
			      "sure, cut the module's power for a second, and run: %s",
			      session_unfinished(&device->session) ? "beken-flash resume"
								   : "the same command again");
		break;
	case DIE_UNTOUCHED:
		if (device->options.writes)
			observer_note(observer, NOTE_INFO, TROUBLE_NONE,
				      "the flash was not changed");
		break;
	case DIE_CHANGED:
	case DIE_UNKNOWN:
		break;
	}
}

/* If it could not be, a trouble was raised. */
static bool is_released(const struct device *device)
{
	return device->report.pins.clock && !device->session.stuck;
}

int device_failed(struct device *device)
{
	const struct trouble *trouble;
	struct trouble end;

	session_close(&device->session);
	trouble = session_failure(&device->session);
	end = *trouble;
	if (signals_seen()) {
		end.kind = TROUBLE_INTERRUPTED;
		end.signal = signals_seen();
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_INTERRUPTED,
			      "stopped by a signal%s",
			      is_released(device) ? "; CEN was released" : "");
	} else if (say_doctor(&end)[0])
		show_suspects(&device->report, &device->options);
	say_die(device, end.die);
	record(device, &end);
	report_result(&device->report, &end);
	report_result_end(&device->report);
	return trouble_status(&end);
}
