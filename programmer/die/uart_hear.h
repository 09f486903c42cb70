/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_hear.h - the talk with a bootloader: requests out, and answers in what comes.
 *
 * Errors: TROUBLE_NONE, or that of the wire. Nothing is raised. Times are microseconds of the
 * wire's clock. Threads: one talk, one thread at a time.
 */
#ifndef DIE_UART_HEAR_H
#define DIE_UART_HEAR_H

#include "programmer/die/die.h"
#include "programmer/die/uart_frames.h"
#include "programmer/wire/wire.h"

/* What went wrong and was repaired. */
struct uart_counts {
	unsigned again;	  /* requests that were sent once more */
	unsigned in_step; /* times that the line was resynchronized */
	unsigned relinks; /* times that the chip was lost and found again */
	unsigned slower;  /* times that the rate was lowered */
	unsigned written; /* sectors that were written once more */
	unsigned mended;  /* sectors that came damaged, and were put right by their sums */
};

/* Field by field. */
struct uart_counts uart_counts_less(const struct uart_counts *all, const struct uart_counts *some);

#define UART_STRANGE_MOST 512

/*
 * The last tries of a request bear that answers come so much later than any before: from a
 * computer, a hub or a chip that is busy now. The first ones do not, since on a bad line that would
 * be lost time.
 */
#define UART_PATIENCE_US 150000
#define UART_PATIENT_TRIES 2

struct uart_talk {
	struct wire *wire; /* outlives the talk, as does @data; all else is 0 at first */
	/*
	 * Brings back a chip that fell silent: reset, linked, the wire hushed; at 115200 if
	 * @changes_rate, else at what went well before. NULL: not possible.
	 */
	enum trouble_kind (*relink)(void *data);
	void *data;
	bool relinks_soon; /* relink() needs no person, and less time than what fills a frame */

	uint32_t patience_us; /* that is added to each wait */

	bool follows; /* of sectors: another answer follows the one that is waited for */
	bool mends;   /* of sectors: one that lacks a byte, and ends with another one, will do */

	/* The first bytes received that were no answer: they may show why there is none. */
	uint8_t strange[UART_STRANGE_MOST];
	size_t strange_count; /* may be more than there is room for; may be set to 0 */

	/* Kept by the talk. */
	struct uart_counts counts;
	struct uart_counts own;		/* those of them for which the line is not to blame */
	uint32_t latency_us;		/* that this line adds to an answer, as far as seen */
	uint32_t round_trip_us;		/* of a LinkCheck, mostly */
	unsigned epoch;			/* how often the chip was reset: what it knew is gone */
	bool old_divider, changes_rate; /* see uart_rate.h */
	bool relinking;
	bool gone; /* the last time that the chip was lost, relink() did not find it */
	uint64_t programmed_us[2]; /* when the page before the last one, and the last, will be */
	uint64_t sent_us;	   /* when all that was sent has left */
	bool keeps;		   /* that answer is for the next wait */
	size_t have, used;	   /* bytes in @in, and those of them that were an answer */
	uint8_t in[2 * UART_ANSWER_MOST];
	uint8_t frame[UART_REQUEST_MOST];
};

enum uart_heard {
	UART_HEARD,	    /* the answer, a good one */
	UART_HEARD_REFUSAL, /* a status */
	UART_HEARD_OTHER,   /* a good answer to something else, which waits to be taken */
	UART_HEARD_NOTHING, /* nothing more comes */
};

/* Sends a request; its answer may be waited for later. */
enum trouble_kind talk_send(struct uart_talk *talk, const struct uart_request *request);

/*
 * Sends one behind others whose answers are still due: behind a zero, which ends one that lost a
 * byte, so that it does not take one of this.
 */
enum trouble_kind talk_send_behind(struct uart_talk *talk, const struct uart_request *request);

/*
 * Sends data page by page, no faster than the chip programs them: a page in @page_us. What comes
 * faster waits in the chip, which has room for two pages and a half.
 */
enum trouble_kind talk_send_paced(struct uart_talk *talk, const struct uart_request *request,
				  uint32_t page_us);

/*
 * Waits for the answer to the oldest request that was sent. @work_us: what the chip may need before
 * it answers. The answer's payload lasts until the next call. What is not an answer is skipped, as
 * are answers to LinkChecks that are not waited for.
 *
 * UART_HEARD_OTHER: @answer has what came instead, of the same code; it is still there for the
 * next call unless talk_drop() is called.
 *
 * Over a network the chip is kept awake meanwhile by zeros, but behind a request that is alone.
 */
enum trouble_kind talk_hear(struct uart_talk *talk, const struct uart_request *request,
			    uint32_t work_us, struct uart_answer *answer, enum uart_heard *heard);
void talk_drop(struct uart_talk *talk);

/* --- for uart_talk.c alone --- */

/* A silence that any bootloader survives: it resets after some tenths of a second. */
#define UART_SILENCE_US (DIE_IDLE_MS * 1000)

/* The longest latency of such an adapter, assumed until it is measured. */
uint32_t talk_latency(const struct uart_talk *talk);

/* Bytes are sent after those that were handed over before. */
enum trouble_kind talk_send_bytes(struct uart_talk *talk, const uint8_t *bytes, size_t count);

/* Reads some more bytes; *@got is 0 if none arrived by @deadline. @expected: of an answer, or 0. */
enum trouble_kind talk_fill(struct uart_talk *talk, size_t expected, uint64_t deadline,
			    size_t *got);

/* Examines what has arrived; false if more is needed. @all: no more will arrive. */
bool talk_look(struct uart_talk *talk, const struct uart_request *request, bool all,
	       struct uart_answer *answer, enum uart_heard *heard);

/* Drops bytes up to the next one that may begin an answer. */
void talk_drop_noise(struct uart_talk *talk);

#endif
