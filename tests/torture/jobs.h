/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jobs.h - the jobs of the engine, each on a module with one fault, and a judge who knows
 * everything: what the die held and should hold, files, CEN, the journal.
 */
#ifndef TESTS_TORTURE_JOBS_H
#define TESTS_TORTURE_JOBS_H

#include "engine/session.h"
#include "tests/torture/desk.h"
#include "tests/unit.h"

enum outcome {
	EXACT,	/* it succeeded, without noticing anything */
	HEALED, /* it succeeded, and the fault was noticed */
	/* It failed, said why, and left no garbage; resume completes what was begun. */
	TRUTHFUL,
	/*
	 * Wrong in a byte that was read once, or in a place that was never read: see .once and
	 * .partly.
	 */
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
	/* Prepares files, and the content that the die should have. May be NULL. */
	void (*prepare)(struct scene *scene);
	/* Opens the session and does the job; returns whether that succeeded. */
	bool (*run)(struct scene *scene);
	/* After a success: what is wrong with its result; NULL: nothing. May be NULL. */
	const char *(*check)(const struct scene *scene);
	/* The most of the die that it may change. */
	struct range touches;
	bool changes_registers;
	bool resumes;	/* it finds a stopped write, and completes it */
	bool puts_back; /* at the end the die is as it was: a test */
	bool spi;	/* not for a bootloader */
	bool once;	/* some is read only once, and may be wrong: it says how much */
	bool partly;	/* most of the die is never read: it says how much is unknown */
};

extern const struct torture_job torture_jobs[]; /* name NULL ends it */

/* That of jobs through a bootloader, which finds a size from 1 MiB on. */
extern const struct module torture_loaders_module;

/* One run of a job. */
struct scene {
	const struct torture_job *job;
	const char *loader; /* the bootloader behind a serial port; NULL: SPI */
	struct session_options reading, writing;
	const struct chipdb_part *part;
	struct notes notes;
	struct session session;
	uint8_t *before, *wanted;
	uint32_t registers; /* the values before */
	bool good;
	uint64_t ns;		      /* of virtual time */
	uint64_t windows, writes;     /* of the die, and to a serial port */
	bool unseen;		      /* what is wrong could not be detected */
	char text[2 * TROUBLE_WORDS]; /* what is wrong, or why it failed */

	/* Results of jobs. */
	size_t different;
	uint32_t found_registers;
	char mac[18];
	bool found_part, accused;
	unsigned suspects;
};

/* Makes the directory in which all runs take place; scenes_end() removes it. */
void scenes_begin(void);
void scenes_end(void);

/*
 * Runs the job with these faults (NULL: none), over SPI or through that bootloader, and judges it;
 * scene->text says what is wrong, or why it failed. @limit_ns: the longest virtual time that is
 * allowed; 0: any.
 */
enum outcome scene_play(struct scene *scene, const struct torture_job *job, const char *loader,
			const struct desk_fault faults[DESK_FAULTS_MOST], uint64_t limit_ns);

/* In the next runs the user presses Ctrl-C at this USB transfer, counted from 1; 0: never. */
extern uint64_t scene_stop_at;

#endif
