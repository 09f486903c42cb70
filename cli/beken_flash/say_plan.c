/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/say_plan.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/say.h"

static void add(char lines[SAY_PLAN_LINES][SAY_PLAN_TEXT], size_t *count, const char *format,
		va_list arguments)
{
	if (*count < SAY_PLAN_LINES)
		vsnprintf(lines[(*count)++], SAY_PLAN_TEXT, format, arguments);
}

void say_action(struct say_plan *plan, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(plan->actions, &plan->action_count, format, arguments);
	va_end(arguments);
}

void say_risk(struct say_plan *plan, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(plan->risks, &plan->risk_count, format, arguments);
	va_end(arguments);
}

void say_protection(struct say_plan *plan, const struct session *session)
{
	char text[PROTECTION_TEXT];

	for (unsigned i = 0; protection_foresee(&session->protection, i, text); i++)
		say_action(plan, "%s", text);
}

const char *keep_option(enum chipdb_region_kind kind)
{
	switch (kind) {
	case CHIPDB_REGION_RF:
		return "--with-rf";
	case CHIPDB_REGION_NET:
		return "--with-net";
	default:
		return "--with-data";
	}
}

void say_change(struct say_plan *plan, const struct session *session, const struct plan *change,
		const struct plan_kept *kept, size_t kept_count, uint64_t read_bytes)
{
	char text[RANGE_TEXT];

	if (change->range_count)
		say_protection(plan, session);
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].differs)
			say_action(plan, "keep %s, %s; %s takes it from the file",
				   range_text(kept[i].range, text), kept[i].name,
				   keep_option(kept[i].kind));
	for (size_t i = 0; i < change->range_count; i++)
		say_action(plan, "write %s", range_text(change->ranges[i], text));
	if (change->range_count == 0)
		say_action(plan, "write nothing: the flash has this content already");
	plan->time = change->time;
	estimate_read(&plan->time, &change->cost, read_bytes);
	if (change->changed)
		say_risk(plan, "%u bytes until they are written%s", (unsigned)change->changed,
			 change->ranges[0].start == 0
				 ? ", the bootloader among them: without it the module does not "
				   "start until it is written again with this adapter"
				 : "");
}

void say_change_members(struct json *json, const struct session *session, const struct plan *change,
			const struct plan_kept *kept, size_t kept_count, uint64_t read_bytes)
{
	struct estimate time = change->time;

	estimate_read(&time, &change->cost, read_bytes);
	json_number(json, "changed_bytes", change->changed);
	json_ranges(json, "ranges", change->ranges, change->range_count);
	json_begin(json, "kept", '[');
	for (size_t i = 0; i < kept_count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "region", kept[i].name);
		json_range(json, kept[i].range.start, kept[i].range.length);
		json_bool(json, "differs", kept[i].differs);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_number(json, "unknown_bytes", session->unknown_bytes);
	json_number(json, "typical_ms", time.typical_us / 1000);
	json_number(json, "most_ms", time.most_us / 1000);
}

void say_plan_lines(const struct say_plan *plan)
{
	for (size_t i = 0; i < plan->action_count; i++)
		say("would %s\n", plan->actions[i]);
	if (plan->time.typical_us > 0)
		say("time:    %.1f s; %.1f s by the datasheet's longest times\n",
		    (double)plan->time.typical_us / 1e6, (double)plan->time.most_us / 1e6);
	for (size_t i = 0; i < plan->risk_count; i++)
		say("at risk: %s\n", plan->risks[i]);
	if (plan->risk_count == 0)
		say("at risk: nothing; the flash is not changed\n");
}

void say_plan_members(struct json *json, const struct say_plan *plan)
{
	json_begin(json, "actions", '[');
	for (size_t i = 0; i < plan->action_count; i++)
		json_text(json, NULL, plan->actions[i]);
	json_end(json, ']');
	json_begin(json, "risks", '[');
	for (size_t i = 0; i < plan->risk_count; i++)
		json_text(json, NULL, plan->risks[i]);
	json_end(json, ']');
}

int say_plan(const struct say_plan *plan, struct device *device)
{
	struct json *json;

	if (!session_close(&device->session))
		return device_failed(device);
	json = device_result(device);
	if (json) {
		json_bool(json, "dry_run", true);
		say_plan_members(json, plan);
		json_number(json, "typical_ms", plan->time.typical_us / 1000);
		json_number(json, "most_ms", plan->time.most_us / 1000);
	} else {
		say_plan_lines(plan);
	}
	return device_result_end(device);
}
