/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job_test.h - whether a piece of the die can be written, and comes back as it was.
 *
 * What is there is read twice and saved in a file before anything changes. An interruption waits
 * until the old content is restored. The file stays if that failed.
 */
#ifndef ENGINE_JOB_TEST_H
#define ENGINE_JOB_TEST_H

#include "engine/area.h"
#include "engine/session.h"

#define TEST_NAME_ROOM 96

struct test_wish {
	struct area_wish area; /* nothing: the last 64 KiB that belong to no region */
	const char *save;      /* where to keep what is there now, also after a success; or NULL */
	bool dry;	       /* it is only to be planned */
};

struct test_job {
	struct session *session;
	struct test_wish wish;
	struct range range;

	/* Kept by job_test.c. */
	struct session_options options;
	char save[TEST_NAME_ROOM];
	uint8_t *old, *now, *wanted; /* of the size of the part */
	bool pattern_good, changed, restored;
};

/* Opens the chip, too. @options and @wish point to what outlives the job. */
bool test_plan_job(struct test_job *test, struct session *session,
		   const struct session_options *options, const struct test_wish *wish);

/* The file that holds what was there. */
const char *test_save_path(const struct test_job *test);

/* The session is closed. */
bool test_do_job(struct test_job *test);
void test_free_job(struct test_job *test);

#endif
