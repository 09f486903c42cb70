/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_read.h - one range of the die into a file, or into memory. */
#ifndef ENGINE_JOB_READ_H
#define ENGINE_JOB_READ_H

#include "engine/area.h"
#include "engine/session.h"
#include "engine/steady.h"

struct read_job {
	struct session *session;
	struct range range;
	uint8_t *die; /* of the size of the part; only .range of it */
	struct steadiness steadiness;
};

/*
 * Opens the chip, and finds the range. The calibration is found by its content where the SoC is not
 * known, and where it is missing that is noted. False after a trouble.
 */
bool read_plan_job(struct read_job *read, struct session *session,
		   const struct session_options *options, const struct area_wish *wish);

/*
 * Reads, and reads again unless @once (reading.h); the session is closed, since only then it is
 * known that the chip was connected all the time. @path: a new file, which appears when everything
 * was read; NULL: none. What was read stays in .die until read_free_job().
 */
bool read_do_job(struct read_job *read, const char *path, bool once);
void read_free_job(struct read_job *read);

#endif
