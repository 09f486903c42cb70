/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/device.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/signals.h"

#define LOOK_BYTES 8
#define PARAMS_ROOM 512

static bool signals_deferred;

int device_signal(void)
{
	return signals_seen();
}

void device_defer_signals(bool deferred)
{
	signals_deferred = deferred;
}

static bool cancelled(void *data)
{
	(void)data;
	return signals_seen() && !signals_deferred;
}

static bool find_told(struct device *device, const char *name)
{
	if (!name)
		return true;
	device->told = chipdb_soc_by_name(name);
	if (!device->told)
		observer_raise(&device->report.observer, TROUBLE_USAGE, NO_RANGE,
			       "there is no SoC called %s; see docs/socs.md, or leave --soc away",
			       name);
	return device->told != NULL;
}

static bool check_params(struct device *device, const char *params)
{
	const struct beken_options options = {.parameters = params,
					      .observer = &device->report.observer};
	struct link_intent intent;

	if (params && strlen(params) >= PARAMS_ROOM / 2) {
		observer_raise(&device->report.observer, TROUBLE_USAGE, NO_RANGE,
			       "--params is too long");
		return false;
	}
	return beken_check(&options, &intent);
}

/* The flash takes its own with it when it is closed. */
static void keep_part(struct device *device)
{
	device->part_copy = *flash_part(device->flash);
	snprintf(device->part_name, sizeof(device->part_name), "%s", device->part_copy.name);
	device->part_copy.name = device->part_name;
	device->part = &device->part_copy;
	snprintf(device->adapter, sizeof(device->adapter), "%s", flash_adapter(device->flash));
	snprintf(device->port, sizeof(device->port), "%s", flash_port(device->flash));
}

/* What the command needs stands in front, so that the user's own word is the last. */
static void join_params(const char *users, unsigned use, char *params, size_t room)
{
	snprintf(params, room, "%s%s%s", use & DEVICE_HOLDS ? "leave=spi," : "",
		 use & DEVICE_RESTORES ? "unprotect=restore," : "", users ? users : "");
}

void device_begin(struct device *device, const struct command *command,
		  const struct command_line *line)
{
	*device = (struct device){.flash = NULL};
	report_begin(&device->report, command->name, line->option[DEVICE_JSON] != NULL);
	device->report.observer.cancelled = cancelled;
}

int device_usage(struct device *device)
{
	device->wrong_usage = true;
	return device_failed(device);
}

bool device_open(struct device *device, const struct command *command,
		 const struct command_line *line, unsigned use)
{
	char params[PARAMS_ROOM];
	struct link_intent intent = {.stays = false};
	const struct beken_options joined = {.parameters = params};
	const struct flash_options options = {
		.params = params,
		.observer = &device->report.observer,
		.read_only = !(use & DEVICE_WRITES),
		.pins = &device->report.pins,
	};

	device_begin(device, command, line);
	device->wrong_usage = !find_told(device, line->option[DEVICE_SOC]) ||
			      !check_params(device, line->option[DEVICE_PARAMS]);
	if (device->wrong_usage)
		return false;
	join_params(line->option[DEVICE_PARAMS], use, params, sizeof(params));
	device->stays = beken_check(&joined, &intent) && intent.stays;
	signals_catch();
	/* A file that is too large for ulimit -f is an error like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	device->flash = flash_open(&options);
	if (!device->flash)
		return false;
	keep_part(device);
	return true;
}

bool device_close(struct device *device)
{
	bool good = flash_close(device->flash);

	device->flash = NULL;
	return good;
}

int device_failed(struct device *device)
{
	int status = device_signal()	   ? 128 + device_signal()
		     : device->wrong_usage ? COMMAND_USAGE
					   : COMMAND_FAILED;

	device_close(device);
	if (device_signal())
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "stopped by a signal; CEN was released");
	report_result(&device->report, status);
	report_result_end(&device->report);
	return status;
}

static bool begins_so(const struct chipdb_soc *soc, const uint8_t *begin)
{
	for (size_t i = 0; i < CHIPDB_FINGERPRINTS && soc->bootloader[i].length; i++)
		if (memcmp(soc->bootloader[i].bytes, begin, soc->bootloader[i].length) == 0)
			return true;
	return false;
}

static void say_evidence(struct device *device, const uint8_t *begin)
{
	char hex[2 * LOOK_BYTES + 1];

	for (size_t i = 0; i < LOOK_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", begin[i]);
	snprintf(device->soc_evidence, sizeof(device->soc_evidence),
		 device->soc_count ? "the flash begins with %s, as a bootloader of it does"
				   : "the flash begins with %s, which is no bootloader known",
		 hex);
}

bool device_look(struct device *device)
{
	uint8_t begin[LOOK_BYTES];
	bool fits = false;

	if (!flash_peek(device->flash, 0, begin, sizeof(begin)))
		return false;
	for (size_t i = 0; i < chipdb_soc_count && device->soc_count < DEVICE_SOCS; i++)
		if (begins_so(&chipdb_socs[i], begin))
			device->socs[device->soc_count++] = &chipdb_socs[i];
	say_evidence(device, begin);
	if (!device->told)
		return true;
	for (size_t i = 0; i < device->soc_count; i++)
		fits |= device->socs[i] == device->told;
	device->told_otherwise = device->soc_count > 0 && !fits;
	if (device->told_otherwise)
		observer_note(&device->report.observer, NOTE_WARN, TROUBLE_NONE,
			      "--soc=%s, but %s: %s", device->told->name, device->soc_evidence,
			      device->socs[0]->name);
	device->socs[0] = device->told;
	device->soc_count = 1;
	snprintf(device->soc_evidence, sizeof(device->soc_evidence), "--soc");
	return true;
}

bool device_agrees(const struct device *device)
{
	if (device->told_otherwise)
		observer_raise(
			&device->report.observer, TROUBLE_SOC_CONTRADICTED, NO_RANGE,
			"nothing was changed: what has to stay is not known. Leave --soc away");
	return !device->told_otherwise;
}

const struct chipdb_soc *device_soc(const struct device *device)
{
	return device->soc_count == 1 ? device->socs[0] : NULL;
}
