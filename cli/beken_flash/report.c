/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/beken_flash/say_next.h"
#include "cli/say.h"
#include "cli/say_trouble.h"

#define SHOW_EVERY_MS 200

uint64_t report_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A line is assembled before it is printed: it appears completely, or not at all. */
static struct json *begin_event(struct report *report, const char *event)
{
	report->json = (struct json){.out = open_memstream(&report->text, &report->length)};
	if (!report->json.out)
		report->json.out = stdout; /* if memory has run out, it is printed piece by piece */
	json_begin(&report->json, NULL, '{');
	json_number(&report->json, "schema", REPORT_SCHEMA);
	json_text(&report->json, "event", event);
	return &report->json;
}

static void end_event(struct report *report)
{
	json_end(&report->json, '}');
	if (report->json.out != stdout && fclose(report->json.out) == 0)
		say("%s\n", report->text);
	else
		say("\n");
	free(report->text);
	report->text = NULL;
	fflush(stdout);
}

/* The items, with commas between them. */
static void json_list(struct json *json, const char *key, const char *list)
{
	char one[NEXT_TRY_ROOM];

	json_begin(json, key, '[');
	while (*list) {
		int length = (int)strcspn(list, ",");

		snprintf(one, sizeof(one), "%.*s", length, list);
		json_text(json, NULL, one);
		list += length + (list[length] == ',');
	}
	json_end(json, ']');
}

static void json_trouble(struct report *report, const struct trouble *trouble,
			 const struct next *next, const char *words)
{
	struct json *json = begin_event(report, "trouble");

	json_text(json, "kind", trouble_name(trouble->kind));
	json_text(json, "seen", trouble->seen);
	json_text(json, "next", words);
	json_list(json, "try", next->try);
	json_begin(json, "values", '{');
	for (size_t i = 0; i < trouble->value_count; i++) {
		const struct trouble_value *value = &trouble->values[i];

		if (value->is_number)
			json_number(json, value->name, value->number);
		else
			json_text(json, value->name, value->text);
	}
	json_end(json, '}');
	if (trouble->range.length) {
		json_begin(json, "range", '{');
		json_range(json, trouble->range.start, trouble->range.length);
		json_end(json, '}');
	} else {
		json_no_value(json, "range");
	}
	end_event(report);
}

static void log_values(const struct trouble *trouble)
{
	say_log("trouble %s at 0x%x+0x%x", trouble_name(trouble->kind),
		(unsigned)trouble->range.start, (unsigned)trouble->range.length);
	for (size_t i = 0; i < trouble->value_count; i++) {
		const struct trouble_value *value = &trouble->values[i];

		if (value->is_number)
			say_log("  %s %llu", value->name, (unsigned long long)value->number);
		else
			say_log("  %s %s", value->name, value->text);
	}
}

static void on_trouble(void *data, const struct trouble *trouble)
{
	struct report *report = data;
	char words[SAY_TROUBLE_ROOM], text[SAY_TROUBLE_ROOM];
	struct next next;

	next_of(trouble, report->module, &next);
	/* In a complete command line, "a=b" may be the name of a file. */
	if (!trouble_value(trouble, "command"))
		own_params(next.text, sizeof(next.text), next.try, sizeof(next.try));
	own_commands(next.text, sizeof(next.text), command_table, report->where);
	spi_pins_put(&report->pins, next.text, words, sizeof(words));
	if (report->as_json)
		json_trouble(report, trouble, &next, words);
	log_values(trouble);
	/* The user asked for it, so it is not an error. */
	say_message(trouble->kind == TROUBLE_INTERRUPTED ? SAY_WARNING : SAY_ERROR, "%s",
		    say_trouble(trouble, words, NULL, text));
}

static void on_note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	static const enum say_level levels[] = {SAY_WARNING, SAY_INFO, SAY_DEBUG};
	struct report *report = data;
	char words[SAY_TROUBLE_ROOM];
	struct json *json;

	(void)kind;
	snprintf(words, sizeof(words), "%s", text);
	own_commands(words, sizeof(words), command_table, report->where);
	if (!report->as_json || level == NOTE_DEBUG) {
		say_message(levels[level], "%s", words);
		return;
	}
	json = begin_event(report, "log");
	json_text(json, "level", level == NOTE_WARN ? "warning" : "info");
	json_text(json, "text", words);
	end_event(report);
}

/* On a terminal a line with rate and time left; elsewhere one at each tenth. */
static void show(const struct report *report)
{
	const struct progress *progress = &report->progress;
	unsigned percent = (unsigned)(progress->done * 100 / progress->total);
	char longer[200], shorter[80], shortest[40], left[80] = "", seconds[32] = "";
	uint64_t rate, left_ms;

	if (progress_left(progress, report->shown_ms, &rate, &left_ms)) {
		snprintf(seconds, sizeof(seconds), ", %u s left",
			 (unsigned)((left_ms + 999) / 1000));
		snprintf(left, sizeof(left), ", %u KiB/s%s", (unsigned)(rate / 1024), seconds);
	}
	snprintf(longer, sizeof(longer), "%s %3u%%, %u of %u KiB%s", report->phase, percent,
		 (unsigned)(progress->done / 1024), (unsigned)(progress->total / 1024), left);
	snprintf(shorter, sizeof(shorter), "%s %3u%%%s", report->phase, percent, left);
	snprintf(shortest, sizeof(shortest), "%s %3u%%%s", report->phase, percent, seconds);
	say_progress(longer, shorter, shortest);
}

static void json_progress(struct report *report)
{
	const struct progress *progress = &report->progress;
	struct json *json = begin_event(report, "progress");
	uint64_t rate, left_ms;
	bool known = progress_left(progress, report->shown_ms, &rate, &left_ms);

	json_text(json, "name", report->phase);
	json_number(json, "bytes", progress->done);
	json_number(json, "of", progress->total);
	json_number(json, "ms", report->shown_ms - progress->began_ms);
	json_number_or_none(json, "rate", rate, known);
	json_number_or_none(json, "left_ms", left_ms, known);
	end_event(report);
}

static void end_phase(struct report *report)
{
	say_progress_end();
	if (report->phase && report->phase_count < REPORT_PHASES) {
		size_t i = report->phase_count++;

		report->phases[i].name = report->phase;
		report->phases[i].bytes = report->progress.done;
		report->phases[i].ms = report_now_ms() - report->progress.began_ms;
	}
	report->phase = NULL;
}

static void on_phase(void *data, const char *name, const struct work *work)
{
	struct report *report = data;
	struct progress *progress = &report->progress;

	end_phase(report);
	if (!name)
		return;
	report->phase = name;
	report->shown_ms = 0;
	progress_begin(progress, work, report_now_ms());
	say_log("phase %s, %llu bytes", name, (unsigned long long)progress->total);
	if (report->as_json) {
		struct json *json = begin_event(report, "phase");

		json_text(json, "name", name);
		json_number(json, "bytes", progress->total);
		end_event(report);
	}
}

static void on_progress(void *data, enum activity activity, struct range range)
{
	struct report *report = data;
	struct progress *progress = &report->progress;
	uint64_t tenth = progress->total / 10, before = progress->done, now = report_now_ms();

	if (!report->phase || !progress->total)
		return;
	progress_advance(progress, activity, range.length, now);
	if (say_on_terminal() && !report->as_json
		    ? now - report->shown_ms < SHOW_EVERY_MS
		    : !tenth || before / tenth == progress->done / tenth)
		return;
	report->shown_ms = now;
	if (report->as_json)
		json_progress(report);
	else
		show(report);
}

void report_begin(struct report *report, const char *command, const struct command_line *line)
{
	*report = (struct report){.command = command,
				  .as_json = line->option[OPTION_JSON],
				  .command_ms = report_now_ms()};
	own_where(line, report->where);
	report->observer = (struct observer){.trouble = on_trouble,
					     .note = on_note,
					     .phase = on_phase,
					     .progress = on_progress,
					     .data = report};
}

struct json *report_event(struct report *report, const char *event)
{
	return begin_event(report, event);
}

void report_event_end(struct report *report)
{
	end_event(report);
}

struct json *report_result_as(struct report *report, int status, const struct trouble *trouble)
{
	end_phase(report);
	if (!report->as_json)
		return NULL;
	begin_event(report, "result");
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
		end_event(report);
}
