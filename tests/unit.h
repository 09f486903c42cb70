/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - what every test needs: cmocka, and a notebook for the driver's messages. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/log.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Collects messages; .log goes to the code under test. */
struct notes {
	struct log log;
	char text[8192];
	unsigned errors, warnings, infos;
};

static inline void notes_write(void *data, enum log_level level, const char *text)
{
	struct notes *notes = data;
	size_t len = strlen(notes->text);

	notes->errors += level == LOG_ERROR;
	notes->warnings += level == LOG_WARN;
	notes->infos += level == LOG_INFO;
	snprintf(notes->text + len, sizeof(notes->text) - len, "%s\n", text);
}

static inline void notes_begin(struct notes *notes)
{
	memset(notes, 0, sizeof(*notes));
	notes->log.write = notes_write;
	notes->log.data = notes;
}

#define assert_mentions(notes, words)                                                              \
	do {                                                                                       \
		if (!strstr((notes)->text, (words)))                                               \
			fail_msg("\"%s\" is not in: %s", (words), (notes)->text);                  \
	} while (0)

#endif
