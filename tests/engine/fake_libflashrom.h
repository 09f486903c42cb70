/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_libflashrom.h - a libflashrom that does what the test tells it, and records its calls. */
#ifndef TESTS_FAKE_LIBFLASHROM_H
#define TESTS_FAKE_LIBFLASHROM_H

#include <stdbool.h>
#include <stddef.h>

#define FAKE_SIZE ((size_t)2 << 20)
#define FAKE_REGIONS 4

/*
 * Belongs to the test, in memory that it shares with the process that uses the library. The content
 * to be written must end with 11h; the present content, if it is passed, with 22h. A call that
 * nobody should make ends the process.
 */
struct fake_libflashrom {
	/* What it prints, piece by piece, while it looks for a part, and during a job. */
	const char *probe_says[16], *job_says[8];
	size_t size; /* of the part that it finds */
	int matches; /* without a name; with one, it is always one */
	/* The faults. */
	bool no_start, no_programmer, no_layout, no_region, no_job, dies, hangs;
	int no_wp, no_wp_config;
	size_t wp_start, wp_length;

	/* The calls that were made. */
	unsigned inits, programmers, probes, contexts, layouts, wp_configs, reads, writes, erases;
	char device[80], named[64];
	struct {
		size_t start, end;
		bool included;
	} regions[FAKE_REGIONS];
	size_t region_count;
	bool layout_set, verifies, verifies_all, with_present;
};

extern struct fake_libflashrom *fake;

#endif
