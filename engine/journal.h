/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - what a stopped write was doing.
 *
 * A directory, $XDG_STATE_HOME/beken-flash or ~/.local/state/beken-flash, holds journal.json and
 * the wanted content in a file that it names. Both are on the disk before the first byte of the die
 * changes, and are removed when all was verified. So a journal means: the die may be in any state
 * between its old and its wanted content.
 *
 * A journal belongs to one module, and every running program has its own, so there may be several:
 * journal.json has number 1, journal-2.json number 2. unfinished.h decides which of them is about
 * the connected module. All functions raise troubles.
 */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include <limits.h>
#include <sys/types.h>

#include "engine/flash.h"
#include "image/image.h"
#include "base/observer.h"
#include "engine/manifest.h"

struct unread;

#define JOURNAL_SCHEMA 1
#define JOURNALS_MOST 16 /* stopped jobs and programs at work */

struct journal {
	unsigned number;       /* from 1 on */
	char command[16];      /* "write" or "restore" */
	char file[PATH_MAX];   /* what was to be written, for people */
	char backup[PATH_MAX]; /* where the old content is, for people; "" if there is none */
	char part[40], id[PART_ID];
	uint32_t size;
	/* What module it is: MACs before and after, or ""; SHA-256 of each calibration before. */
	char mac[MANIFEST_MAC], wanted_mac[MANIFEST_MAC];
	char calibration[IMAGE_RFS][MANIFEST_SHA256];
	size_t calibration_count;
	uint32_t registers; /* as they were found; only with protect */
	bool protect;	    /* protection was to be put back at the end */
	/*
	 * The part of the wanted content that is known: it contains all that differed. The whole
	 * die, unless there was no backup.
	 */
	struct range known;
	uint32_t unread_bytes; /* of .known: what they held before was not read; they have no sum */
	char image[64], sha256[MANIFEST_SHA256]; /* the file with the wanted content */
	bool sums;				 /* and sums of what was there before */
	char date[24]; /* UTC, when the job began; "" if that is not known */
};

#define JOURNAL_SECTOR 4096u /* of the sums */

/*
 * For a program that is going to write this journal; to be called before it reads an existing one.
 * Returns the argument of journal_unlock(); -1 if there is no place for it, or if another program
 * has it, which is not a trouble: *@holder is that process then, else 0. The end of the process
 * releases it, too.
 */
int journal_lock(unsigned number, pid_t *holder, const struct observer *observer);
void journal_unlock(int lock); /* -1 is fine */

/* Whether there is one of this number, good or bad. */
bool journal_exists(unsigned number);

enum journal_result { JOURNAL_NONE, JOURNAL_THERE, JOURNAL_BAD };

/* Whether a job is unfinished, and which. A bad journal counts as one, too. */
enum journal_result journal_read(struct journal *journal, unsigned number,
				 const struct observer *observer);

/*
 * The wanted content, of journal->size, followed by the sums if it has them, to be freed; NULL if
 * it was changed.
 */
uint8_t *journal_wanted(const struct journal *journal, const struct observer *observer);

#define JOURNAL_NO_SUM 0u /* of a sector that was not read; no content has it */

/*
 * Sums of sectors. journal_sums() makes those of a die, to be freed; NULL if memory runs out.
 * @unread: what of it was not read, or NULL. The other two are for a journal with sums, and take
 * what journal_wanted() returned.
 */
uint32_t journal_sum(const uint8_t *sector);
uint8_t *journal_sums(const uint8_t *die, uint32_t size, const struct unread *unread);
uint32_t journal_sum_of(const struct journal *journal, const uint8_t *wanted, uint32_t address);
void journal_set_sum(const struct journal *journal, uint8_t *wanted, uint32_t address,
		     uint32_t sum);

/*
 * Puts a file name into a journal, as an absolute path: the job may be finished in another
 * directory.
 */
void journal_name(char name[PATH_MAX], const char *path);

/*
 * Sets image, sha256 and sums, and the current date if it has none. Replaces an existing journal of
 * its number. @sums: of what was there before the job, or NULL.
 */
bool journal_write(struct journal *journal, const uint8_t *wanted, const uint8_t *sums,
		   const struct observer *observer);

/* The job is done, or given up. */
bool journal_remove(unsigned number, const struct observer *observer);

#endif
