/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_die.h - a die of bytes in memory: no SPI, no commands, no status registers. It is the
 * least that a die has to be, and stands for all that are no SPI dies.
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

	/* Fault: the op of this number (from 1) and all behind it fail with ADAPTER_FAULT. */
	unsigned long fail_at;

	/*
	 * Faults that nobody notices, each of one op of its kind, counted from 1: a change that is
	 * lost, one that goes to @astray_to, a program of which the second half is missing, and a
	 * reading with a bit flipped in its middle.
	 */
	unsigned long lost_change, astray_change, half_program, flipped_read;
	unsigned long lost_read, astray_read; /* FF; what is 64 KiB further */
	uint64_t flipped_next;		      /* bit 0: the next reading, too, and so on */
	uint32_t astray_to;
	unsigned long changes;
	/* Bytes from here on that stay 0, and whether the chip answers at all: else 00. */
	struct range dead;
	bool gone;
	unsigned long away_until; /* as gone, in the first so many runs */

	unsigned long ops, ids, reads, programs, erases, runs;

	/*
	 * What the programs would cost a die that joins those that adjoin in a run, as far as
	 * they are within one unit of caps.program_unit bytes.
	 */
	unsigned long frames;
	uint32_t frame_end; /* 0: none is open */
};

/* The part is what it is, and not yet what it knows: die_take_part(). NULL without memory. */
struct memory_die *memory_die_new(const struct chipdb_part *part);
void memory_die_free(struct memory_die *memory);

/* As die_sum(), for who wants to compare. */
uint32_t memory_die_crc(const uint8_t *data, size_t len);

#endif
