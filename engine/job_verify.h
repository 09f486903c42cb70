/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_verify.h - compares a file with the die, where it belongs or where the user says. */
#ifndef ENGINE_JOB_VERIFY_H
#define ENGINE_JOB_VERIFY_H

#include "engine/area.h"
#include "engine/session.h"

/* A region of the SoC, as far as it was compared; with the name NULL, all that is in no region. */
struct verify_part {
	const char *name;
	struct range range;
	size_t different; /* bytes; of an address in two regions, in both */
	uint32_t first;	  /* address of the first of them */
};

struct verify_job {
	struct session *session;
	const char *path;
	uint8_t *data;	  /* as it lies in the flash */
	uint8_t *carried; /* of a UF2 file: which bytes are in it; else NULL */
	size_t size;
	size_t rotation; /* where in the file the byte is that belongs first */
	struct range range;
	size_t different; /* bytes */
	uint32_t first;	  /* address of the first of them */
	struct verify_part parts[CHIPDB_REGIONS + 1];
	size_t part_count; /* 0 if the SoC is not known */
};

/* The file, which may be a pipe. False after a trouble; then, as at the end, free the job. */
bool verify_load(struct verify_job *verify, struct session *session, const char *path);

/* Opens the chip, and finds the range. */
bool verify_plan_job(struct verify_job *verify, const struct session_options *options,
		     const struct area_wish *wish);

/* Reads and compares; the session is closed. Differences are no trouble: .different. */
bool verify_do_job(struct verify_job *verify);
void verify_free_job(struct verify_job *verify);

#endif
