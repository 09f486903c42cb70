/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/report.h"
#include "cli/beken_flash/say_next.h"
#include "cli/say_trouble.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NAME "beken-flash"
#define SHOW_EVERY_MS 200

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void begin_event(struct json *json, const char *event)
{
	*json = (struct json){.out = stdout};
	json_begin(json, NULL, '{');
	json_number(json, "schema", REPORT_SCHEMA);
	json_text(json, "event", event);
}

static void end_event(struct json *json)
{
	json_end(json, '}');
	putchar('\n');
	fflush(stdout);
}

/* A line of progress must not stand in front of a message. */
static void wipe_line(const struct report *report)
{
	if (report->on_terminal && report->phase && report->shown_ms)
		fputs("\r\033[K", stderr);
}

static void json_trouble(const struct trouble *trouble, const char *next)
{
	struct json json;

	begin_event(&json, "trouble");
	json_text(&json, "kind", trouble_name(trouble->kind));
	json_text(&json, "seen", trouble->seen);
	json_text(&json, "next", next);
	json_begin(&json, "values", '{');
	for (size_t i = 0; i < trouble->value_count; i++) {
		const struct trouble_value *value = &trouble->values[i];

		if (value->is_number)
			json_number(&json, value->name, value->number);
		else
			json_text(&json, value->name, value->text);
	}
	json_end(&json, '}');
	if (trouble->range.length) {
		json_begin(&json, "range", '{');
		json_range(&json, trouble->range.start, trouble->range.length);
		json_end(&json, '}');
	} else {
		json_no_value(&json, "range");
	}
	end_event(&json);
}

static void on_trouble(void *data, const struct trouble *trouble)
{
	struct report *report = data;
	char next[SAY_TROUBLE_ROOM], words[SAY_TROUBLE_ROOM], text[SAY_TROUBLE_ROOM];

	wipe_line(report);
	spi_pins_put(&report->pins, say_next(trouble, report->module, next), words, sizeof(words));
	if (report->as_json)
		json_trouble(trouble, words);
	/* What was asked for is no error. */
	fprintf(stderr, NAME ": %s: %s\n",
		trouble->kind == TROUBLE_INTERRUPTED ? "warning" : "error",
		say_trouble(trouble, words, NULL, text));
}

static void on_note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	struct report *report = data;

	(void)kind;
	if (level == NOTE_DEBUG)
		return;
	wipe_line(report);
	if (report->as_json) {
		struct json json;

		begin_event(&json, "log");
		json_text(&json, "level", level == NOTE_WARN ? "warning" : "info");
		json_text(&json, "text", text);
		end_event(&json);
	} else {
		fprintf(stderr, NAME ": %s%s\n", level == NOTE_WARN ? "warning: " : "", text);
	}
}

static void on_phase(void *data, const char *name, uint64_t total)
{
	if (name)
		report_phase(data, name, total);
	else
		report_phase_end(data);
}

static void on_progress(void *data, enum activity activity, struct range range)
{
	(void)activity;
	report_advance(data, range.length);
}

void report_begin(struct report *report, const char *command, bool as_json)
{
	*report = (struct report){
		.command = command, .as_json = as_json, .on_terminal = isatty(STDERR_FILENO)};
	report->observer = (struct observer){.trouble = on_trouble,
					     .note = on_note,
					     .phase = on_phase,
					     .progress = on_progress,
					     .data = report};
}

static void show(struct report *report)
{
	uint64_t ms = report->shown_ms - report->began_ms;
	uint64_t rate = ms ? report->done * 1000 / ms : 0;

	if (report->as_json) {
		struct json json;

		begin_event(&json, "progress");
		json_text(&json, "name", report->phase);
		json_number(&json, "bytes", report->done);
		json_number(&json, "of", report->total);
		end_event(&json);
		return;
	}
	if (report->on_terminal)
		fputc('\r', stderr);
	fprintf(stderr, NAME ": %s %3u%%, %u of %u KiB", report->phase,
		(unsigned)(report->total ? report->done * 100 / report->total : 0),
		(unsigned)(report->done / 1024), (unsigned)(report->total / 1024));
	if (rate)
		fprintf(stderr, ", %u KiB/s, %u s left", (unsigned)(rate / 1024),
			(unsigned)((report->total - report->done + rate - 1) / rate));
	fputs(report->on_terminal ? "\033[K" : "\n", stderr);
}

void report_phase(struct report *report, const char *name, uint64_t total)
{
	report_phase_end(report);
	report->phase = name;
	report->done = 0;
	report->total = total;
	report->began_ms = now_ms();
	report->shown_ms = 0;
	if (report->as_json) {
		struct json json;

		begin_event(&json, "phase");
		json_text(&json, "name", name);
		json_number(&json, "bytes", total);
		end_event(&json);
	}
}

void report_advance(struct report *report, uint64_t bytes)
{
	uint64_t tenth = report->total / 10, before = report->done, now = now_ms();

	if (!report->phase || !report->total)
		return;
	report->done += bytes;
	if (report->done > report->total)
		report->done = report->total;
	if (report->on_terminal && !report->as_json
		    ? now - report->shown_ms < SHOW_EVERY_MS
		    : !tenth || before / tenth == report->done / tenth)
		return;
	report->shown_ms = now;
	show(report);
}

void report_phase_end(struct report *report)
{
	if (!report->as_json)
		wipe_line(report);
	report->phase = NULL;
}

struct json *report_event(struct report *report, const char *event)
{
	begin_event(&report->json, event);
	return &report->json;
}

void report_event_end(struct report *report)
{
	end_event(&report->json);
}

struct json *report_result_as(struct report *report, int status, const struct trouble *trouble)
{
	report_phase_end(report);
	if (!report->as_json)
		return NULL;
	begin_event(&report->json, "result");
	json_text(&report->json, "command", report->command);
	json_number(&report->json, "status", (uint64_t)status);
	json_text(&report->json, "kind", trouble_name(trouble->kind));
	json_text(&report->json, "flash", die_state_name(trouble->die));
	return &report->json;
}

struct json *report_result(struct report *report, const struct trouble *trouble)
{
	return report_result_as(report, trouble_status(trouble), trouble);
}

void report_result_end(struct report *report)
{
	if (report->as_json)
		end_event(&report->json);
}
