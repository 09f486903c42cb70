/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash detect: what is on the adapter. */
#include <stdio.h>
#include <string.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/show/show_device.h"
#include "cli/say.h"
#include "engine/look.h"

static const struct command_example examples[] = {
	{"Is everything connected properly?", "beken-flash detect"},
	{"Hand the chip over to a program that supports the adapter, and let it run afterwards:",
	 "beken-flash detect --hold && flashrom -p ch341a_spi -r dump.bin; beken-flash reset"},
	{NULL, NULL},
};

static int say_dry(struct device *device, bool hold)
{
	struct say_plan plan = {.action_count = 0};

	say_action(&plan, "bring the chip into SPI mode by a reset, unless it is there");
	say_action(&plan, "read the ID, the status registers and a few bytes of the flash");
	say_action(&plan, hold ? "leave the chip in SPI mode"
			       : "reset the chip, so that its firmware runs");
	return say_plan(&plan, device);
}

static void say_held(const struct report *report)
{
	char text[500 + 2 * OWN_WHERE_ROOM] =
		"The chip stays in SPI mode. Continue with\n"
		"  beken-flash COMMAND --params=enter=never\n"
		"  flashrom-beken -p beken_spi:enter=never ...\n"
		"or with any program for the adapter and an SPI flash, such as\n"
		"  flashrom -p ch341a_spi ...\n"
		"which works without this project's precautions for the status registers.\n"
		"At the end, beken-flash reset lets the chip run.\n";

	own_commands(text, sizeof(text), command_table, report->where);
	say("%s", text);
}

/* Most bootloaders that hear nothing start the firmware soon, whatever was wanted. */
static bool can_hold(const struct device *device)
{
	if (!device->options.holds || !device->options.programmer)
		return true;
	observer_raise(
		device->session.observer, TROUBLE_USAGE, NO_RANGE,
		"--hold is for SPI: over --port most chips start their firmware when nothing is "
		"asked of them any more");
	return false;
}

static int run(const struct command_line *line)
{
	struct device device;
	struct json *json;

	device_begin(&device, &command_detect, line);
	device.options.holds = line->option[OPTION_HOLD] != NULL;
	if (!can_hold(&device))
		return device_failed(&device);
	if (line->option[OPTION_DRY_RUN])
		return say_dry(&device, device.options.holds);
	if (!session_open(&device.session, &device.options) || !look_at_module(&device.session) ||
	    !session_look_at_protection(&device.session) || !session_close(&device.session))
		return device_failed(&device);
	json = device_result(&device);
	if (json) {
		show_device_json(json, &device.session);
		json_bool(json, "held", device.session.stays);
	} else {
		show_device(&device.session);
	}
	if (!json && device.session.stays && device.options.programmer)
		say("The chip was not started. Most bootloaders start the firmware when they have "
		    "heard\n"
		    "nothing for a while; else reset the chip.\n");
	else if (!json && device.session.stays && strcmp(device.session.adapter, "CH341A") != 0)
		say("The chip stays in SPI mode. Continue with the same options, and "
		    "--params=enter=never\n"
		    "(on a bus of this computer --params=own_flash=no as well).\n");
	else if (!json && device.session.stays)
		say_held(&device.report);
	return device_result_end(&device);
}

const struct command command_detect = {
	.name = "detect",
	.words = "",
	.summary = "Show which chip and which flash are connected",
	.about = "Nothing is changed. The SoC is recognized by the first bytes of its\n"
		 "bootloader; several SoCs can begin alike.\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES(HOLD) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
