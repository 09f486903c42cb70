/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash detect: what is on the adapter. */
#include <stdio.h>

#include "engine/device.h"
#include "cli/beken_flash/intent.h"
#include "cli/beken_flash/show_device.h"

enum { OPTION_HOLD = DEVICE_OPTION_COUNT, OPTION_DRY_RUN };

static const struct command_option options[] = {
	DEVICE_OPTIONS,
	[OPTION_HOLD] = {"hold", NULL, "leave the chip in SPI mode, for other programs", false},
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"Is everything connected well?", "beken-flash detect"},
	{"Hand the chip over to a program that knows the adapter, and let it run afterwards:",
	 "beken-flash detect --hold && flashrom -p ch341a_spi -r dump.bin; beken-flash reset"},
	{NULL, NULL},
};

static int tell(const struct command_line *line)
{
	struct intent intent = {.action_count = 0};
	struct report report;

	report_begin(&report, "detect", line->option[DEVICE_JSON] != NULL);
	intent_action(&intent, "bring the chip into SPI mode by a reset, unless it is there");
	intent_action(&intent, "read the ID, the status registers and a few bytes of the flash");
	if (line->option[OPTION_HOLD])
		intent_action(&intent, "leave the chip in SPI mode");
	else
		intent_action(&intent, "reset the chip, so that its firmware runs");
	return intent_tell(&intent, &report);
}

static int run(const struct command_line *line)
{
	bool hold = line->option[OPTION_HOLD] != NULL;
	struct device device;
	uint32_t registers;
	struct json *json;

	if (line->option[OPTION_DRY_RUN])
		return tell(line);
	if (!device_open(&device, &command_detect, line, DEVICE_READS | (hold ? DEVICE_HOLDS : 0)))
		return device_failed(&device);
	if (!device_look(&device) ||
	    protection_read(flash_protection(device.flash), &registers) != 0) {
		observer_raise(&device.report.observer, TROUBLE_LINK_LOST, NO_RANGE,
			       "the flash could not be looked at");
		return device_failed(&device);
	}
	if (!device_close(&device))
		return device_failed(&device);
	json = report_result(&device.report, COMMAND_DONE);
	if (json) {
		show_device_json(json, &device, registers);
		json_bool(json, "held", device.stays);
	} else {
		show_device(&device, registers);
	}
	if (!json && device.stays)
		printf("The chip stays in SPI mode. Go on with\n"
		       "  beken-flash COMMAND --params=enter=never\n"
		       "  flashrom-beken -p beken_spi:enter=never ...\n"
		       "or with any program for the adapter and an SPI flash, such as\n"
		       "  flashrom -p ch341a_spi ...\n"
		       "which works without this project's care for the status registers.\n"
		       "At the end, beken-flash reset lets the chip run.\n");
	report_result_end(&device.report);
	return COMMAND_DONE;
}

const struct command command_detect = {
	.name = "detect",
	.words = "",
	.summary = "Say which chip and which flash are on the adapter",
	.about = "Nothing is changed. The SoC is told by the first bytes of its\n"
		 "bootloader; several SoCs can begin alike.\n",
	.options = options,
	.examples = examples,
	.run = run,
};
