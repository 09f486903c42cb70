/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/plain_text.h"

#define COLUMNS_USUAL 80

static struct {
	struct say_wish wish;
	bool in_color[STDERR_FILENO + 1];
	bool line_stands; /* of progress */
	FILE *log;
	bool log_in_line;
	struct timespec began;
} voice;

static const char *const escapes[] = {"", "\033[32m", "\033[31m", "\033[33m"};

static const char *paint(int stream, enum say_paint color)
{
	return voice.in_color[stream] ? escapes[color] : "";
}

static const char *unpaint(int stream)
{
	return voice.in_color[stream] ? "\033[0m" : "";
}

static void log_time(void)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (long)(now.tv_sec - voice.began.tv_sec) * 1000 +
	     (now.tv_nsec - voice.began.tv_nsec) / 1000000;
	fprintf(voice.log, "%6ld.%03ld  ", ms / 1000, ms % 1000);
}

/* Lines, or pieces of one. */
static void log_text(const char *text)
{
	for (; voice.log && *text; text++) {
		if (!voice.log_in_line)
			log_time();
		putc(*text, voice.log);
		voice.log_in_line = *text != '\n';
	}
	if (voice.log)
		fflush(voice.log); /* whatever becomes of the program */
}

/* The text may come from a file or a flash. To be freed; NULL if out of memory. */
static char *words_of(const char *format, va_list arguments)
{
	char *text = NULL;

	/* Without memory the text is cut short, but not lost. */
	if (vasprintf(&text, format, arguments) < 0)
		text = strdup(format);
	return text ? plain_text(text) : NULL;
}

static bool choose_colors(const char *when)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
	bool never = (no && no[0]) || (terminal && strcmp(terminal, "dumb") == 0);

	for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
		voice.in_color[stream] = when && strcmp(when, "auto") != 0
						 ? strcmp(when, "always") == 0
						 : !never && isatty(stream);
	if (!when || strcmp(when, "always") == 0 || strcmp(when, "never") == 0 ||
	    strcmp(when, "auto") == 0)
		return true;
	say_message(SAY_ERROR, "--color=%s: it is always, never or auto", when);
	return false;
}

static bool open_log(const char *path)
{
	char date[32];
	time_t now = time(NULL);
	struct tm tm;

	if (!path)
		return true;
	voice.log = fopen(path, "ae");
	if (!voice.log) {
		say_message(SAY_ERROR, "--log=%s: %s", path, strerror(errno));
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &voice.began);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	say_log("it is %s", date);
	return true;
}

bool say_begin(const struct say_wish *wish)
{
	voice.wish = *wish;
	return choose_colors(wish->color) && open_log(wish->log);
}

bool say_end(int status)
{
	FILE *log = voice.log;
	bool whole;

	if (!log)
		return true;
	say_log("exit status %d", status);
	whole = !ferror(log);
	voice.log = NULL;
	whole &= fclose(log) == 0;
	if (!whole)
		say_message(SAY_WARNING, "--log=%s: not all of it could be written",
			    voice.wish.log);
	return whole;
}

void say(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = words_of(format, arguments);
	va_end(arguments);
	fputs(text ? text : "", stdout);
	log_text(text ? text : "");
	free(text);
}

void say_painted(enum say_paint color, const char *text)
{
	printf("%s%s%s", paint(STDOUT_FILENO, color), text, unpaint(STDOUT_FILENO));
	log_text(text);
}

void say_message(enum say_level level, const char *format, ...)
{
	static const char *const words[] = {"error: ", "warning: ", "", ""};
	static const enum say_paint colors[] = {PAINT_BAD, PAINT_UNSURE, PAINT_NONE, PAINT_NONE};
	bool shown = level <= SAY_WARNING || (level == SAY_INFO && !voice.wish.quiet) ||
		     voice.wish.verbose;
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = words_of(format, arguments);
	va_end(arguments);
	if (shown) {
		say_progress_end();
		fprintf(stderr, "%s: %s%s%s%s\n", program_invocation_short_name,
			paint(STDERR_FILENO, colors[level]), words[level],
			words[level][0] ? unpaint(STDERR_FILENO) : "", text ? text : "");
	}
	log_text(words[level]);
	log_text(text ? text : "");
	log_text("\n");
	free(text);
}

void say_question(const char *question)
{
	char *text = strdup(question);

	say_progress_end();
	fputs(text ? plain_text(text) : "", stderr);
	fflush(stderr);
	log_text(text ? text : "");
	log_text("\n");
	free(text);
}

bool say_on_terminal(void)
{
	return isatty(STDERR_FILENO);
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col
									   : COLUMNS_USUAL;
}

void say_progress(const char *longer, const char *shorter, const char *shortest)
{
	const char *const texts[] = {longer, shorter, shortest};
	size_t i = 0, room;

	say_log("%s", longer);
	if (voice.wish.quiet)
		return;
	if (!say_on_terminal()) {
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, longer);
		return;
	}
	/* The last column stays free, since some terminals start a new line there. */
	room = columns() - 1;
	while (i < 2 && strlen(texts[i]) > room)
		i++;
	fprintf(stderr, "\r%.*s\033[K", (int)room, texts[i]);
	voice.line_stands = true;
}

void say_progress_end(void)
{
	if (voice.line_stands)
		fputs("\r\033[K", stderr);
	voice.line_stands = false;
}

void say_log(const char *format, ...)
{
	va_list arguments;
	char *text;

	if (!voice.log)
		return;
	va_start(arguments, format);
	text = words_of(format, arguments);
	va_end(arguments);
	log_text(text ? text : "");
	log_text("\n");
	free(text);
}
