/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_die.h - a die of bytes in memory: no SPI, no commands, no status registers. It does the
 * least that a die has to do, and stands for all dies that are not on SPI.
 */
#ifndef TESTS_MEMORY_DIE_H
#define TESTS_MEMORY_DIE_H

#include "base/observer.h"
#include "programmer/die/die.h"

struct memory_die {
	struct beken_die die; /* first; .caps may be changed before it is used */
	uint8_t id[3];
	uint8_t *memory;		 /* as many bytes as the part has, blank at first */
	const struct observer *observer; /* asked before each op of a run that only reads */

	/* Fault: op number @fail_at, counted from 1, and all later ones fail with ADAPTER_FAULT. */
	unsigned long fail_at;

	/*
	 * Faults that go unnoticed, each in one op of its kind, counted from 1: a change that is
	 * lost, one that goes to @astray_to, a program whose second half is missing, and a reading
	 * with a flipped bit in its middle.
	 */
	unsigned long lost_change, astray_change, half_program, flipped_read;
	unsigned long lost_read, astray_read; /* FF; and what is 64 KiB further on */
	uint64_t flipped_next;		      /* bit 0: the next reading as well, and so on */
	uint32_t astray_to;
	unsigned long changes;
	/* Bytes from here on that stay 0; and whether the chip is gone, so that all reads as 00. */
	struct range dead;
	bool gone;
	unsigned long away_until; /* gone in this number of runs at the start */
	unsigned long repeats;	  /* the run in which a command is sent again, from 1 */

	struct range known; /* what die_known() counts */

	unsigned long ops, ids, reads, programs, erases, runs;
	unsigned long waits; /* since the last run */

	/*
	 * The number of programs on a die that joins adjoining programs of a run, within one unit
	 * of caps.cost.program_unit bytes.
	 */
	unsigned long frames;
	uint32_t frame_end; /* 0: no program is being joined */
};

/* The part is known, but die_take_part() was not called yet. NULL without memory. */
struct memory_die *memory_die_new(const struct chipdb_part *part);
void memory_die_free(struct memory_die *memory);

/* The checksum that die_sum() returns, for comparison. */
uint32_t memory_die_crc(const uint8_t *data, size_t len);

#endif
