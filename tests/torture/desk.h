/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.h - what lies on the desk: a simulated CH341A, a SoC and its die, and one fault.
 *
 * A program that links desk.c and sim_flash.c has the whole engine and the whole driver down to
 * the adapter's packets, all in this process and in virtual time: only USB (ch341a_usb.c) and
 * libflashrom's process are replaced. Nothing happens to the content between sessions.
 */
#ifndef TESTS_TORTURE_DESK_H
#define TESTS_TORTURE_DESK_H

#include "base/observer.h"
#include "sim/model/ch341a_engine.h"

/* Faults: those of the die's windows, and these, when that window has begun. */
enum desk_fault_kind {
	DESK_FIRST = NOR_MISHAP_KINDS,
	DESK_RESET = DESK_FIRST, /* the SoC starts again: the mode is gone */
	DESK_POWER,		 /* so does the die, whatever is under way */
	DESK_REPLY_LOST,	 /* USB fails once; what was sent is done */
	DESK_UNPLUGGED,		 /* the adapter is gone, and stays so */
	DESK_STOP,		 /* somebody presses Ctrl-C */
	DESK_FAULTS,
};

struct desk_fault {
	unsigned kind; /* of either; NOR_MISHAP_NONE: none */
	uint64_t at;   /* the number of the CS window since desk_again(), from 1 on */
};

/* The second of two faults. */
#define DESK_FAULTS_MOST 2

const char *desk_fault_name(unsigned kind);

struct desk {
	struct nor nor;
	struct soc soc;
	struct ch341a_engine engine;
	struct board_stats stats;
	uint64_t ns;

	struct desk_fault faults[DESK_FAULTS_MOST];
	uint64_t begun; /* windows at desk_again() */
	bool happened[DESK_FAULTS_MOST];
	bool gone, stopped; /* what lasts of them */
	bool lost;	    /* the next answer is */
	bool protects;	    /* the firmware, when it starts */
	/* Also before any window: this USB transfer is the last one before Ctrl-C; 0: none. */
	uint64_t stop_at, transfers;

	/* Of the windows since desk_again(), for who chooses where a fault may hit. */
	uint8_t *opcodes;
	size_t opcode_count;
};

extern struct desk desk;

/* @die: what it holds, of the size of the part. */
void desk_begin(const struct chipdb_part *part, const uint8_t *die, uint32_t registers);
void desk_end(void);

/* The next run: counts anew, with these faults; the power was off if @cold. */
void desk_again(const struct desk_fault faults[DESK_FAULTS_MOST], bool cold);

/* For an observer's .cancelled. */
bool desk_cancelled(void *data);

uint64_t desk_windows(void);

#endif
