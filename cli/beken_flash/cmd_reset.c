/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash reset: let the chip run. */
#include <stdio.h>

#include "engine/device.h"
#include "cli/beken_flash/intent.h"

enum { OPTION_PARAMS, OPTION_JSON, OPTION_DRY_RUN };

static const struct command_option options[] = {
	[OPTION_PARAMS] = {"params", "NAME=VALUE,...",
			   "parameters of the programmer: usb= and reset_ms= count", false},
	[OPTION_JSON] = {"json", NULL, "events and the result as JSON, one object a line", false},
	[OPTION_DRY_RUN] = INTENT_OPTION,
	{NULL, NULL, NULL, false},
};

static int run(const struct command_line *line)
{
	struct report report;
	struct link_intent will;
	const struct beken_options beken = {
		.parameters = line->option[OPTION_PARAMS],
		.observer = &report.observer,
		.pins = &report.pins,
	};
	int status = COMMAND_USAGE;

	report_begin(&report, "reset", line->option[OPTION_JSON] != NULL);
	if (beken_check(&beken, &will)) {
		if (line->option[OPTION_DRY_RUN]) {
			struct intent intent = {.action_count = 0};

			intent_action(&intent, "pull CEN low for %u ms and let it go",
				      will.reset_ms);
			return intent_tell(&intent, &report);
		}
		status = beken_reset(&beken) ? COMMAND_FAILED : COMMAND_DONE;
	}
	if (!report_result(&report, status) && status == COMMAND_DONE)
		printf("The chip was reset and runs.\n");
	report_result_end(&report);
	return status;
}

const struct command command_reset = {
	.name = "reset",
	.words = "",
	.summary = "Reset the chip, so that its firmware runs",
	.about = "Pulls CEN low for a moment, whatever the chip does, and sends nothing to\n"
		 "it. That ends the SPI mode in which detect --hold left it.\n",
	.options = options,
	.run = run,
};
