/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - where the driver's messages go. The library prints nothing itself.
 *
 * Each call of the callback gets one complete message without a newline. The
 * text is only valid during the call.
 */
#ifndef LOG_H
#define LOG_H

enum log_level {
	LOG_ERROR, /* it failed; says what to do next */
	LOG_WARN,  /* it goes on, but the user should know */
	LOG_INFO,  /* what is being done */
	LOG_DEBUG, /* for whoever looks for a fault */
};

struct log {
	void (*write)(void *data, enum log_level level, const char *text);
	void *data;
};

/* A NULL @log is silence. Messages longer than 1 KiB are cut. */
void log_message(const struct log *log, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(log, ...) log_message(log, LOG_ERROR, __VA_ARGS__)
#define log_warn(log, ...) log_message(log, LOG_WARN, __VA_ARGS__)
#define log_info(log, ...) log_message(log, LOG_INFO, __VA_ARGS__)
#define log_debug(log, ...) log_message(log, LOG_DEBUG, __VA_ARGS__)

#endif
