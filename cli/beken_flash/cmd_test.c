/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beken-flash test: whether a piece of the flash can be written, and then restored. */
#include <stdio.h>

#include "cli/beken_flash/area_options.h"
#include "cli/beken_flash/say_plan.h"
#include "cli/say.h"
#include "engine/job_test.h"

static const struct command_example examples[] = {
	{"The last sector of a 2 MiB flash:", "beken-flash test --at=0x1ff000 --size=4K"},
	{NULL, NULL},
};

static bool parse(struct device *device, const struct command_line *line, struct test_wish *wish)
{
	*wish = (struct test_wish){.save = line->option[OPTION_SAVE],
				   .dry = line->option[OPTION_DRY_RUN]};
	device->options.writes = !wish->dry;
	if (!area_parse(line, device->session.observer, &wish->area))
		return false;
	if (wish->area.has_at != wish->area.has_size)
		observer_raise(device->session.observer, TROUBLE_USAGE, NO_RANGE,
			       "--at and --size are needed together");
	return wish->area.has_at == wish->area.has_size;
}

static int say_dry(struct device *device, const struct test_job *test)
{
	const struct chipdb_part *part = device->session.part;
	struct say_plan plan = {.action_count = 0};
	char text[RANGE_TEXT];

	range_text(test->range, text);
	say_action(&plan, "save %s in %s", text, test_save_path(test));
	say_action(&plan, "write a pattern to %s, and verify it", text);
	say_action(&plan, "write back what was there, and verify that");
	/* Twice before, once after each write, and once in between. */
	estimate_read(&plan.time, &device->session.cost, 5 * (uint64_t)test->range.length);
	for (unsigned i = 0; i < 2; i++) {
		estimate_erase(&plan.time, &device->session.cost, part, &test->range, 1, NULL);
		estimate_program(&plan.time, &device->session.cost, part,
				 test->range.length / part->page);
	}
	say_risk(&plan, "the content of %s, if the power fails: it is in the file then", text);
	return say_plan(&plan, device);
}

static int say_done(struct device *device, const struct test_job *test)
{
	struct json *json = device_result(device);
	char text[RANGE_TEXT];

	if (json) {
		json_bool(json, "dry_run", false);
		json_range(json, test->range.start, test->range.length);
		json_text_or_none(json, "saved", test->wish.save);
	} else {
		say("%s: good. It was written and verified, and is as it was before.\n",
		    range_text(test->range, text));
	}
	return device_result_end(device);
}

static int run(const struct command_line *line)
{
	struct test_job test = {.old = NULL};
	struct test_wish wish;
	struct device device;
	int status;

	device_begin(&device, &command_test, line);
	if (!parse(&device, line, &wish) ||
	    !test_plan_job(&test, &device.session, &device.options, &wish))
		status = device_failed(&device);
	else if (wish.dry)
		status = say_dry(&device, &test);
	else
		status = test_do_job(&test) ? say_done(&device, &test) : device_failed(&device);
	test_free_job(&test);
	return status;
}

const struct command command_test = {
	.name = "test",
	.words = "",
	.summary = "Write a pattern to a piece of the flash, and restore what was there",
	.about = "Without --at and --size it is a piece that belongs to no region of the SoC,\n"
		 "or where updates wait to be unpacked. The content is read twice and saved in\n"
		 "a file in this directory before anything is changed. The file is removed\n"
		 "when the content is back; after a failure it stays.\n",
	.examples = examples,
	.takes = TAKES_DEVICE | TAKES(AT) | TAKES(SIZE) | TAKES(SAVE) | TAKES(DRY_RUN),
	.run = COMMAND_RUN(run),
};
