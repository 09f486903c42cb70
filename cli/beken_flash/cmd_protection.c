/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash protect and unprotect: the status registers, by the part's own method. */
#include <stdio.h>

#include "base/number.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_protection.h"
#include "programmer/guard/protection_json.h"

static const struct command_example protect_examples[] = {
	{"As Beken's firmware leaves it:", "beken-flash protect"},
	{"CMP and BP0, as registers:", "beken-flash protect --registers=0x4004"},
	{NULL, NULL},
};

static int say_dry(struct device *device, const struct protection_job *job)
{
	char before[PROTECTION_TEXT], wanted[PROTECTION_TEXT];
	struct say_plan plan = {.action_count = 0};

	protection_say_short(&job->before, before);
	if (job->before.registers == job->wanted.registers) {
		say_action(&plan, "do nothing: the status registers are %s already", before);
	} else {
		say_action(&plan, "set the status registers from %s", before);
		say_action(&plan, "... to %s", protection_say_short(&job->wanted, wanted));
		estimate_register_write(&plan.time, device->session.part);
		say_risk(&plan, "the protection bits, if the power fails at that moment; the "
				"content of the flash is not touched");
	}
	return say_plan(&plan, device);
}

static int say_done(struct device *device, const struct protection_job *job)
{
	struct json *json = device_result(device);
	bool changed = job->after.registers != job->before.registers;
	char text[PROTECTION_TEXT];

	if (json) {
		json_bool(json, "dry_run", false);
		json_number(json, "before", job->before.registers);
		json_number(json, "after", job->after.registers);
		json_bool(json, "changed", changed);
		protection_state_json(json, &job->after);
	} else {
		say("before: status registers %s\n", protection_say_short(&job->before, text));
		say("after:  status registers %s%s\n", protection_say_short(&job->after, text),
		    changed ? "" : "; nothing was done");
	}
	return device_result_end(device);
}

static int execute(struct device *device, const struct protection_wish *wish)
{
	struct protection_job job;

	if (!protection_plan_job(&job, &device->session, &device->options, wish))
		return device_failed(device);
	if (wish->dry)
		return say_dry(device, &job);
	return protection_do_job(&job) ? say_done(device, &job) : device_failed(device);
}

static int run_unprotect(const struct command_line *line)
{
	const struct protection_wish wish = {.dry = line->option[OPTION_DRY_RUN]};
	struct device device;

	device_begin(&device, &command_unprotect, line);
	return execute(&device, &wish);
}

static int run_protect(const struct command_line *line)
{
	struct protection_wish wish = {.protect = true, .dry = line->option[OPTION_DRY_RUN]};
	const char *text = line->option[OPTION_REGISTERS];
	struct device device;

	device_begin(&device, &command_protect, line);
	if (text && !number_hexadecimal(text, 0xffffff, &wish.registers)) {
		observer_raise(device.session.observer, TROUBLE_USAGE, NO_RANGE,
			       "--registers=%s is not a value of three registers, as in "
			       "--registers=0x4004",
			       text);
		return device_failed(&device);
	}
	wish.told = text != NULL;
	return execute(&device, &wish);
}

const struct command command_unprotect = {
	.name = "unprotect",
	.words = "",
	.summary = "Lift the write protection of the flash, and leave it lifted",
	.about = "No other command needs this: those that write lift it themselves. The\n"
		 "registers are not written if nothing is protected.\n",
	.takes = TAKES_DEVICE | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run_unprotect),
};

const struct command command_protect = {
	.name = "protect",
	.words = "",
	.summary = "Protect the flash against writes, as Beken's firmware does",
	.about = "Sets BP, TB, SEC and CMP, and no other bits: nothing that cannot be undone.\n"
		 "The registers are not written if they have these values already.\n",
	.examples = protect_examples,
	.takes = TAKES_DEVICE | TAKES(REGISTERS) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run_protect),
};
