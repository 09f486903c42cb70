/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.h - a simulated CH341A, a SoC and its die on a desk, with one fault.
 *
 * A program that links desk.c and sim_flash.c has the whole engine and the whole driver down to the
 * adapter's packets, in one process and in virtual time: only USB (ch341a_usb.c) and libflashrom's
 * process are replaced. The content does not change between sessions.
 *
 * Or a serial port to the SoC's bootloader, in place of tty.c: desk_uart.c.
 */
#ifndef TESTS_TORTURE_DESK_H
#define TESTS_TORTURE_DESK_H

#include "base/observer.h"
#include "sim/model/ch341a_engine.h"

/*
 * Faults: accidents in the die's windows; and these, once that window has started, or with a serial
 * port, before that write.
 */
enum desk_fault_kind {
	DESK_FIRST = NOR_MISHAP_KINDS,
	DESK_RESET = DESK_FIRST, /* the SoC restarts, so the chip leaves SPI mode */
	DESK_POWER,		 /* the die loses power as well, whatever it is doing */
	DESK_REPLY_LOST,	 /* USB fails once, after the data was sent and carried out */
	DESK_UNPLUGGED,		 /* the adapter is gone for good */
	DESK_STOP,		 /* the user presses Ctrl-C */

	/* Only with a serial port: to one byte of that write, or to all of it. */
	DESK_SENT_LOST,
	DESK_SENT_TWICE,
	DESK_SENT_FLIPPED,
	DESK_FRAME_LOST,
	/* To what the chip answers. */
	DESK_ANSWER_LATE,
	DESK_HEARD_LOST,
	DESK_HEARD_TWICE,
	DESK_HEARD_FLIPPED,
	DESK_ANSWER_LOST,
	DESK_ANSWER_FOREIGN, /* a line of text in the middle of it */
	DESK_FAULTS,
};

struct desk_fault {
	unsigned kind; /* of either; NOR_MISHAP_NONE: none */
	uint64_t at;   /* the number of the CS window, or write, since desk_again(), from 1 on */
};

/* The most faults at a time. */
#define DESK_FAULTS_MOST 2

const char *desk_fault_name(unsigned kind);

struct desk {
	struct nor nor;
	struct soc soc;
	struct ch341a_engine engine;
	struct board_stats stats;
	uint64_t ns;

	struct desk_fault faults[DESK_FAULTS_MOST];
	uint64_t begun; /* number of windows at desk_again() */
	bool happened[DESK_FAULTS_MOST];
	bool gone, stopped; /* the lasting effects of faults */
	bool lost;	    /* the next answer is lost */
	bool protects;	    /* the firmware sets the protection when it starts */
	/* The number of the USB transfer before Ctrl-C, which may be before any window; 0: none. */
	uint64_t stop_at, transfers;

	/* Of the windows since desk_again(), for the choice of where a fault may occur. */
	uint8_t *opcodes;
	size_t opcode_count;
};

extern struct desk desk;

/*
 * @die: what it holds, of the size of the part. @loader: the bootloader behind a serial port, as in
 * beken-sim --uart; NULL: a CH341A.
 */
void desk_begin(const struct chipdb_part *part, const uint8_t *die, uint32_t registers,
		const char *loader);
void desk_end(void);

/* Begins the next run: counts from 0, with these faults; if @cold, the power was off before. */
void desk_again(const struct desk_fault faults[DESK_FAULTS_MOST], bool cold);

/* For an observer's .cancelled. */
bool desk_cancelled(void *data);

/* So far, since desk_again(). */
uint64_t desk_windows(void);
uint64_t desk_writes(void); /* to a serial port */

/* Whether CEN is held low, and whether the chip's firmware runs. */
bool desk_is_held(void);
bool desk_runs(void);

/* For desk_uart.c: the fault of this write, or 0; and what the flash is asked in each window. */
unsigned desk_fault_of_write(uint64_t write);
void desk_note_command(enum nor_op op);

#endif
