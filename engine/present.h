/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * present.h - what a die holds before it is written, saved so that it is not lost.
 *
 * All functions return false after a trouble.
 */
#ifndef ENGINE_PRESENT_H
#define ENGINE_PRESENT_H

#include "engine/backup.h"
#include "engine/content.h"
#include "engine/session.h"
#include "engine/unread.h"

enum present_kind {
	PRESENT_SAVED, /* read, and saved as a new backup */
	PRESENT_GIVEN, /* taken from an existing backup, after a check against the die */
	/* No backup: only what is going to be covered is read, and not all of that (unread.h) */
	PRESENT_LOST,
};

struct present {
	enum present_kind kind;
	const char *name;     /* of the backup, given by the user; or NULL */
	struct range known;   /* of die; else there is FF, or the calibration */
	uint64_t read_bytes;  /* how many were read to know it, or would be */
	uint8_t *die;	      /* of the size of the part */
	struct unread unread; /* of .known; FF there but for the first bytes */
	struct content content;
	bool assumed; /* after present_secure(): most of what is covered is as the given backup says
		       */
	struct backup_file backup; /* .path: once it is there */
	/*
	 * Set by the caller: before present_read(), that all of the die has to be known, and that
	 * some bytes inside what is covered stay as well; and what goes there. Without .data all of
	 * it is read.
	 */
	bool whole, mixed;
	struct plan_file file;

	/* Kept by present.c. */
	struct session *session;
	struct range covered;
	uint32_t sure; /* bytes, as in second_reading.h */
};

/* Which kind it is: @name of the backup, or NULL; @lost: none is wanted. */
bool present_begin(struct present *present, struct session *session, const char *name, bool lost);

/*
 * Gets the content. @covered: where the file goes. @dry: only one reading is made. After
 * session_look().
 */
bool present_read(struct present *present, struct range covered, bool dry);

/*
 * After a plan of @wanted and @kept: reads what it needs of what was not read, twice. *@more: there
 * was something, and the plan has to be made anew.
 */
bool present_settle(struct present *present, const uint8_t *wanted, const struct plan_kept *kept,
		    size_t kept_count, bool *more);

/*
 * Before the first change, which will be in @ranges, or where there is none: the backup is on
 * the disk, and true.
 */
bool present_secure(struct present *present, const struct range *ranges, size_t count);

void present_free(struct present *present);

#endif
