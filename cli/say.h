/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say.h - what a program says: results on standard output, messages and progress on standard
 * error, and all of it, with times, in a log if one is wanted.
 *
 * There is one such state in a process, like the streams that it stands for. Before say_begin() it
 * works as without any options.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdbool.h>

struct say_wish {
	bool quiet;	   /* no progress, and of messages only warnings and errors */
	bool verbose;	   /* also what helps to find a fault */
	const char *color; /* "always", "never" or "auto"; NULL: auto, which NO_COLOR turns off */
	const char *log;   /* the file that everything is appended to; or NULL */
};

enum say_level { SAY_ERROR, SAY_WARNING, SAY_INFO, SAY_DEBUG };
enum say_paint { PAINT_NONE, PAINT_GOOD, PAINT_BAD, PAINT_UNSURE };

/*
 * False, with a message, if @wish is not possible: no such color, or a log that cannot be written.
 */
bool say_begin(const struct say_wish *wish);

/* Ends the log with the exit status. False, with a message, if the log is incomplete. */
bool say_end(int status);

/* A piece of a result. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same in a color, where there are colors. */
void say_painted(enum say_paint paint, const char *text);

/* A line with the program's name in front. SAY_DEBUG is for the log, unless it is verbose. */
void say_message(enum say_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Without an end of line: the answer follows it. */
void say_question(const char *question);

/*
 * How far it is. On a terminal it is one line, which the next one replaces and any message erases;
 * elsewhere a line of its own. @longer, or the first of the shorter ones that fits.
 */
void say_progress(const char *longer, const char *shorter, const char *shortest);
void say_progress_end(void);

/* Whether there is a line that can be replaced. */
bool say_on_terminal(void);

/* Only for the log: what is meant for programs, or is not shown. */
void say_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
