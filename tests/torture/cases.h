/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cases.h - which jobs are played, over SPI and through bootloaders, and where a fault may hit
 * them. */
#ifndef TESTS_TORTURE_CASES_H
#define TESTS_TORTURE_CASES_H

#include "tests/torture/jobs.h"

#define CASES_MOST 96

struct torture_case {
	const struct torture_job *job;
	const char *loader; /* see scene_play() */
	char name[64];	    /* "write", "n: write" */
};

/* After make_cases(). */
extern struct torture_case cases[CASES_MOST];
extern size_t case_count;

/* All of them, or those whose names begin as TORTURE_JOBS says. */
void make_cases(void);

bool is_lamp(size_t number);

/* It takes long: faults hit it at some places only, at so many for each kind. */
bool is_sampled(size_t number);
uint64_t points(size_t number);

/* A run without a fault. */
struct plain {
	uint64_t windows, writes, ns;
	unsigned warnings; /* about other things */
	uint8_t *opcodes;  /* of the windows */
	size_t opcode_count;
};

/* Of this case; it is played once. */
const struct plain *plain_of(size_t number);
void free_plain(void);

/* How many places there are for a fault of this kind: windows, or writes to a serial port. */
uint64_t places(size_t number, unsigned kind);

/* Whether this fault can occur at that place. */
bool may_hit(size_t number, unsigned kind, uint64_t at);

#endif
