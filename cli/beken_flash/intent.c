/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/intent.h"

#include <stdarg.h>
#include <stdio.h>

static void add(char lines[INTENT_LINES][INTENT_TEXT], size_t *count, const char *format,
		va_list arguments)
{
	if (*count < INTENT_LINES)
		vsnprintf(lines[(*count)++], INTENT_TEXT, format, arguments);
}

void intent_action(struct intent *intent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(intent->actions, &intent->action_count, format, arguments);
	va_end(arguments);
}

void intent_risk(struct intent *intent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(intent->risks, &intent->risk_count, format, arguments);
	va_end(arguments);
}

static void print(const struct intent *intent)
{
	for (size_t i = 0; i < intent->action_count; i++)
		printf("would %s\n", intent->actions[i]);
	if (intent->time.typical_us > 0)
		printf("time:    %.1f s, %.1f s at most, by the datasheet\n",
		       (double)intent->time.typical_us / 1e6, (double)intent->time.most_us / 1e6);
	for (size_t i = 0; i < intent->risk_count; i++)
		printf("at risk: %s\n", intent->risks[i]);
	if (intent->risk_count == 0)
		printf("at risk: nothing; the flash is not changed\n");
}

static void write_json(struct json *json, const struct intent *intent)
{
	json_bool(json, "dry_run", true);
	json_begin(json, "actions", '[');
	for (size_t i = 0; i < intent->action_count; i++)
		json_text(json, NULL, intent->actions[i]);
	json_end(json, ']');
	json_number(json, "typical_ms", intent->time.typical_us / 1000);
	json_number(json, "most_ms", intent->time.most_us / 1000);
	json_begin(json, "risks", '[');
	for (size_t i = 0; i < intent->risk_count; i++)
		json_text(json, NULL, intent->risks[i]);
	json_end(json, ']');
}

int intent_tell(const struct intent *intent, struct report *report)
{
	struct json *json = report_result(report, COMMAND_DONE);

	if (json)
		write_json(json, intent);
	else
		print(intent);
	report_result_end(report);
	return COMMAND_DONE;
}

int intent_result(const struct intent *intent, struct device *device)
{
	return device_close(device) ? intent_tell(intent, &device->report) : device_failed(device);
}
