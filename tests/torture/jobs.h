/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jobs.h - the jobs of the engine, each on a module with one fault, and a judge who knows
 * everything: what the die held and was to hold, files, CEN, the journal.
 */
#ifndef TESTS_TORTURE_JOBS_H
#define TESTS_TORTURE_JOBS_H

#include "engine/session.h"
#include "tests/torture/desk.h"
#include "tests/unit.h"

enum outcome {
	EXACT,	/* it went well, and nothing was noticed */
	HEALED, /* it went well, and the fault was noticed */
	/* It failed, said why, and left nothing behind; resume completes what was begun. */
	TRUTHFUL,
	/* Wrong in what was read once, or beside all that was read: see .once and .partly. */
	UNSEEN,
	WRONG,
	OUTCOMES,
};

struct module {
	const char *part;
	void (*fill)(uint8_t *die, uint32_t size);
};

struct scene;

struct torture_job {
	const char *name;
	const struct module *module;
	/* Files that are there before, and what the die is to hold. May be NULL. */
	void (*prepare)(struct scene *scene);
	/* Opens the session, and does it; whether it went well. */
	bool (*run)(struct scene *scene);
	/* After it went well: what is wrong with what it gave; NULL: nothing. May be NULL. */
	const char *(*check)(const struct scene *scene);
	/* What of the die it may change, at most. */
	struct range touches;
	bool changes_registers;
	bool resumes;	/* the desk is left with a stopped write, which the job ends */
	bool puts_back; /* afterwards the die is as it was: a test */
	bool once;   /* some is read once, which cannot be known to be right: it says of how much */
	bool partly; /* most of the die is never read: it says of how much that is not known */
};

extern const struct torture_job torture_jobs[]; /* name NULL ends it */

/* One run of a job. */
struct scene {
	const struct torture_job *job;
	const struct chipdb_part *part;
	struct notes notes;
	struct session session;
	uint8_t *before, *wanted;
	uint32_t registers; /* of before */
	bool good;
	uint64_t ns;		      /* of virtual time */
	uint64_t windows;	      /* of the die */
	bool unseen;		      /* what is wrong could not be seen */
	char text[2 * TROUBLE_WORDS]; /* what is wrong, or why it failed */

	/* What jobs gave. */
	size_t different;
	uint32_t found_registers;
	char mac[18];
	bool found_part, accused;
	unsigned suspects;
};

/* Makes the folder all runs take place in; scenes_end() removes it. */
void scenes_begin(void);
void scenes_end(void);

/*
 * Runs the job with these faults, NULL for none, and judges; scene->text says what is wrong, or why
 * it failed. @limit_ns: more of virtual time is wrong; 0: none.
 */
enum outcome scene_play(struct scene *scene, const struct torture_job *job,
			const struct desk_fault faults[DESK_FAULTS_MOST], uint64_t limit_ns);

/* In the next runs somebody presses Ctrl-C at this USB transfer, from 1 on; 0: nobody does. */
extern uint64_t scene_stop_at;

#endif
