/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flash_worker.h - libflashrom in a process of its own, see flash.h.
 *
 * The two processes share memory for the jobs, and a socket by which they signal each other.
 */
#ifndef ENGINE_FLASH_WORKER_H
#define ENGINE_FLASH_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "programmer/child.h"
#include "engine/flash.h"

#define WORKER_TEXT 256

enum worker_job {
	WORKER_ASK,	   /* what libflashrom knows of the ID that answers */
	WORKER_PROTECTION, /* what its entry says of the protection */
	WORKER_READ,
	WORKER_WRITE,
	WORKER_ERASE,
};

enum worker_result {
	WORKER_DONE,
	WORKER_NO_FLASHROM, /* libflashrom did not find the part */
	WORKER_FAILED,
};

/* In shared memory. The parent fills it, the child answers; never both at the same time. */
struct worker_shared {
	enum worker_job job;
	size_t size; /* of the part; libflashrom must agree. Of WORKER_ASK the answer */
	bool has_present;
	struct range ranges[FLASH_SIZE_MOST / 4096];
	size_t range_count;
	enum worker_result result;
	char text[WORKER_TEXT];	     /* libflashrom's first error, or "" */
	struct identify_known known; /* the answer to WORKER_ASK */
	bool knows_protection;	     /* the answer to WORKER_PROTECTION, with: */
	struct range protected_range;
	uint8_t die[FLASH_SIZE_MOST], present[FLASH_SIZE_MOST];
};

struct worker {
	struct child child;
	struct child_pty pty;
	int socket; /* -1: there is no child */
	struct worker_shared *shared;
};

/* False with errno set. */
bool worker_start(struct worker *worker);

/* Give it the job in worker->shared. It works through the pty until worker_is_done(). */
bool worker_begin(struct worker *worker);

/* Whether it has finished the job, or ended. */
bool worker_is_done(const struct worker *worker);

/* Receive the signal that it is done. False if it has ended instead. */
bool worker_end(struct worker *worker);

/* Ends it: by itself if it is idle, else by a signal. */
void worker_stop(struct worker *worker);

#endif
