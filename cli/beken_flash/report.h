/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what beken-flash shows while it works, for people or for programs: an observer.
 *
 * For people: messages and progress on standard error, results on standard output. With
 * --json everything is on standard output, one object a line, each with "schema" and "event";
 * docs/json.md has them all:
 *
 *	{"schema":2,"event":"trouble","kind":"line-high","seen":"...","next":"...", ...}
 *	{"schema":2,"event":"log","level":"info","text":"..."}
 *	{"schema":2,"event":"phase","name":"read","bytes":2097152}
 *	{"schema":2,"event":"progress","name":"read","bytes":65536,"of":2097152}
 *	{"schema":2,"event":"result","command":"backup","status":0,"kind":"none", ...}
 *
 * The result is the last line. Troubles go to standard error as well, and all of it into the log
 * of --log (say.h).
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/observer.h"
#include "cli/beken_flash/commands.h"
#include "cli/dialect/own_words.h"
#include "cli/say_trouble.h"
#include "engine/progress.h"
#include "image/identity.h"

#define REPORT_SCHEMA 2
#define REPORT_PHASES 16 /* more than this is not remembered */

struct report {
	const char *command;
	bool as_json;
	char where[OWN_WHERE_ROOM];    /* what says which adapter is meant; see own_words.h */
	struct observer observer;      /* for the libraries; has this report as its data */
	struct spi_pins pins;	       /* the adapter's, for words; NULL until they are known */
	const struct identity *module; /* the same of the module; or NULL */

	/* The present phase. */
	const char *phase;
	struct progress progress;
	uint64_t shown_ms;

	uint64_t command_ms; /* when it began, by report_now_ms() */

	/* Those that have ended. */
	struct {
		const char *name;
		uint64_t bytes, ms;
	} phases[REPORT_PHASES];
	size_t phase_count;

	/* The event that is being built. */
	struct json json;
	char *text;
	size_t length;
};

/* Of a clock that only goes forward. */
uint64_t report_now_ms(void);

/* @report must not be moved afterwards. */
void report_begin(struct report *report, const char *command, const struct command_line *line);

/* An event of a command's own, with --json only: members come between the two calls. */
struct json *report_event(struct report *report, const char *event);
void report_event_end(struct report *report);

/*
 * The result, with the trouble that ended it (kind NONE: done) and what became of the die: for
 * programs an object, to which the caller adds members between the two calls (not with people: then
 * NULL is returned, and the caller prints).
 */
struct json *report_result(struct report *report, const struct trouble *trouble);

/* The same with an exit status that is not the trouble's: that of a command which was run. */
struct json *report_result_as(struct report *report, int status, const struct trouble *trouble);
void report_result_end(struct report *report);

#endif
