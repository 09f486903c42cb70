/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - used by every test: cmocka, and notes of the driver's messages. */
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

#include "base/observer.h"

/* With AddressSanitizer: gcc has a macro for it, clang a feature. */
#ifdef __SANITIZE_ADDRESS__
#define TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_SANITIZED
#endif
#endif

/* cmocka 2 calls its own macro deprecated, and cmocka 1 has no other. */
static inline void check_in_range(uintmax_t value, uintmax_t low, uintmax_t high, const char *file,
				  int line)
{
	if (value >= low && value <= high)
		return;
	print_error("%ju is not within %ju to %ju\n", value, low, high);
	_fail(file, line);
}
#undef assert_in_range
#define assert_in_range(value, low, high)                                                          \
	check_in_range((uintmax_t)(value), (uintmax_t)(low), (uintmax_t)(high), __FILE__, __LINE__)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Collects messages; .observer is for the code under test. */
struct notes {
	struct observer observer;
	char text[8192];
	unsigned errors, warnings, infos;
	struct trouble trouble; /* the first one; kind NONE: none */
};

static inline void notes_add(struct notes *notes, const char *text)
{
	size_t len = strlen(notes->text);

	snprintf(notes->text + len, sizeof(notes->text) - len, "%s\n", text);
}

static inline void notes_note(void *data, enum note_level level, enum trouble_kind kind,
			      const char *text)
{
	struct notes *notes = data;

	(void)kind;
	notes->warnings += level == NOTE_WARN;
	notes->infos += level == NOTE_INFO;
	notes_add(notes, text);
}

static inline void notes_trouble(void *data, const struct trouble *trouble)
{
	struct notes *notes = data;

	if (notes->errors++ == 0)
		notes->trouble = *trouble;
	notes_add(notes, trouble->seen);
	notes_add(notes, trouble->next[0] ? trouble->next : trouble_next(trouble->kind));
}

static inline void notes_begin(struct notes *notes)
{
	memset(notes, 0, sizeof(*notes));
	notes->observer.note = notes_note;
	notes->observer.trouble = notes_trouble;
	notes->observer.data = notes;
}

/* The value with this name in a trouble; fails if there is none. */
static inline uint64_t notes_number(const struct notes *notes, const char *name)
{
	for (size_t i = 0; i < notes->trouble.value_count; i++)
		if (strcmp(notes->trouble.values[i].name, name) == 0 &&
		    notes->trouble.values[i].is_number)
			return notes->trouble.values[i].number;
	fail_msg("no %s in: %s", name, notes->text);
	return 0;
}

#define assert_mentions(notes, words)                                                              \
	do {                                                                                       \
		if (!strstr((notes)->text, (words)))                                               \
			fail_msg("\"%s\" is not in: %s", (words), (notes)->text);                  \
	} while (0)

#endif
