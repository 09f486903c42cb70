/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash reset: let the chip run. */
#include <stdio.h>

#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"

static int run(const struct command_line *line)
{
	struct beken_options beken = {.programmer = NULL};
	struct link_intent will;
	struct device device;

	device_begin(&device, &command_reset, line);
	beken.programmer = device.options.programmer;
	beken.parameters = device.options.parameters;
	beken.observer = device.session.observer;
	beken.pins = &device.report.pins;
	if (!beken_check(&beken, &will))
		return device_failed(&device);
	if (line->option[OPTION_DRY_RUN]) {
		struct say_plan plan = {.action_count = 0};

		say_action(&plan, "pull CEN low for %u ms and release it", will.reset_ms);
		return say_plan(&plan, &device);
	}
	if (beken_reset(&beken))
		return device_failed(&device);
	if (!device_result(&device))
		say("CEN was pulled low and released.\n");
	return device_result_end(&device);
}

const struct command command_reset = {
	.name = "reset",
	.words = "",
	.summary = "Reset the chip, so that its firmware runs",
	.about = "Pulls CEN low for a moment, whatever the chip does, and reads no more than\n"
		 "an ID, which shows whether CEN reaches it. This ends the SPI mode in which\n"
		 "detect --hold left it. Of the parameters, usb=, cen= and reset_ms=\n"
		 "count.\n",
	.takes = TAKES_ADAPTER | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
