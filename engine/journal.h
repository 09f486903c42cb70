/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - what was under way when a write was stopped.
 *
 * A directory, $XDG_STATE_HOME/beken-flash or ~/.local/state/beken-flash, holds
 * journal.json and the wanted content in a file that it names. Both are on the disk before
 * the first byte of the die changes, and go when all was verified. So a journal that is
 * there means: the die may be anything between what it was and what it was to become.
 *
 * A journal belongs to the module that it is about, and a program at work has one of its own, so
 * there may be several: journal.json has number 1, journal-2.json number 2. Which of them is about
 * the module in hand is for unfinished.h to tell. All functions raise troubles.
 */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include <limits.h>
#include <sys/types.h>

#include "engine/flash.h"
#include "image/image.h"
#include "base/observer.h"
#include "engine/manifest.h"

#define JOURNAL_SCHEMA 1
#define JOURNALS_MOST 16 /* stopped jobs and programs at work */

struct journal {
	unsigned number;       /* from 1 on */
	char command[16];      /* "write" or "restore" */
	char file[PATH_MAX];   /* what was to be written, for people */
	char backup[PATH_MAX]; /* where the old content is, for people; "" if there is none */
	char part[40], id[9];
	uint32_t size;
	/* What module it is: MACs before and after, or ""; SHA-256 of each calibration before. */
	char mac[MANIFEST_MAC], wanted_mac[MANIFEST_MAC];
	char calibration[IMAGE_RFS][MANIFEST_SHA256];
	size_t calibration_count;
	uint32_t registers; /* as they were found; only with protect */
	bool protect;	    /* protection was to be put back at the end */
	/*
	 * The part of the wanted content that is known: all that differed lies in it. The whole
	 * die, unless there was no backup.
	 */
	struct range known;
	char image[64], sha256[MANIFEST_SHA256]; /* the file with the wanted content */
	bool sums;				 /* and sums of what was there before */
	char date[24]; /* UTC, when the job began; "" if that is not known */
};

#define JOURNAL_SECTOR 4096u /* of the sums */

/*
 * For a program that is going to write this journal, from before it reads the one that is there.
 * Returns what journal_unlock() takes; -1 if there is no place for it, or if another program has
 * it, which is no trouble: *@holder is the process then, else 0. The end of the process lets it
 * go, too.
 */
int journal_lock(unsigned number, pid_t *holder, const struct observer *observer);
void journal_unlock(int lock); /* -1 is fine */

/* Whether there is one of this number, good or bad. */
bool journal_exists(unsigned number);

enum journal_result { JOURNAL_NONE, JOURNAL_THERE, JOURNAL_BAD };

/* Whether something is under way, and what. A bad one counts as such, too. */
enum journal_result journal_read(struct journal *journal, unsigned number,
				 const struct observer *observer);

/*
 * The wanted content, of journal->size, and behind it the sums if it has them, to be freed; NULL if
 * it is not as it was.
 */
uint8_t *journal_wanted(const struct journal *journal, const struct observer *observer);

/*
 * Sums of sectors. journal_sums() makes those of a die, to be freed; NULL without memory. The other
 * two are of a journal with sums, and of what journal_wanted() returned.
 */
uint32_t journal_sum(const uint8_t *sector);
uint8_t *journal_sums(const uint8_t *die, uint32_t size);
uint32_t journal_sum_of(const struct journal *journal, const uint8_t *wanted, uint32_t address);
void journal_set_sum(const struct journal *journal, uint8_t *wanted, uint32_t address,
		     uint32_t sum);

/* Puts a file's name into a journal, whole: the job may be finished in another directory. */
void journal_name(char name[PATH_MAX], const char *path);

/*
 * Sets image, sha256 and sums, and the date of now if it has none. Replaces the journal of its
 * number that is there, if any. @sums: of what was there before the job, or NULL.
 */
bool journal_write(struct journal *journal, const uint8_t *wanted, const uint8_t *sums,
		   const struct observer *observer);

/* The job is done, or given up. */
bool journal_remove(unsigned number, const struct observer *observer);

#endif
