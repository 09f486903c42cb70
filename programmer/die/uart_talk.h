/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_talk.h - requests and answers on a line that may lose, double and flip bytes.
 *
 * A bootloader parses byte by byte, without a timeout: when a frame lost a byte it waits for the
 * rest, and takes it from the frames that follow. So after an error the line is resynchronized by
 * LinkChecks in a row, until one is answered: they end any frame, and are harmless.
 *
 * A bootloader that hears nothing for some tenths of a second resets the chip, which then runs its
 * firmware.
 *
 * Errors: TROUBLE_NONE, that of the wire, or LINK_LOST: no answer, not even after relink(). Nothing
 * is raised. Times are microseconds of the wire's clock. Threads: one talk, one thread at a time.
 */
#ifndef DIE_UART_TALK_H
#define DIE_UART_TALK_H

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

	/* The first bytes received that were no answer: they may show why there is none. */
	uint8_t strange[UART_STRANGE_MOST];
	size_t strange_count; /* may be more than there is room for; may be set to 0 */

	/* Kept by uart_talk.c. */
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

/*
 * Sends a request that may be sent twice, until it is answered; what goes wrong in between is
 * repaired. *@heard: UART_HEARD or a refusal; with @heard NULL a refusal counts as no answer.
 */
enum trouble_kind talk_ask(struct uart_talk *talk, const struct uart_request *request,
			   uint32_t work_us, struct uart_answer *answer, enum uart_heard *heard);

/*
 * Like that, for what a bootloader may not know at all: silence after a few tries is
 * UART_HEARD_NOTHING, and no error.
 */
enum trouble_kind talk_probe(struct uart_talk *talk, const struct uart_request *request,
			     unsigned tries, struct uart_answer *answer, enum uart_heard *heard);

/*
 * What arrived and was not read is discarded until nothing arrives for @quiet_us. The chip is kept
 * awake meanwhile by zeros, which mean nothing outside a frame and end one that lost bytes.
 */
enum trouble_kind talk_hush(struct uart_talk *talk, uint32_t quiet_us);

/*
 * Keeps a chip awake of which nothing is asked: sends such a zero if the last byte left more than
 * DIE_IDLE_MS ago.
 */
enum trouble_kind talk_keep_awake(struct uart_talk *talk);

/* Resynchronizes the line, or brings the chip back. */
enum trouble_kind talk_sync(struct uart_talk *talk);

/* How long an answer takes, by some LinkChecks; to be asked at each new rate. */
enum trouble_kind talk_learn_latency(struct uart_talk *talk);

/* The chip is gone: brings it back, or LINK_LOST. */
enum trouble_kind talk_lost(struct uart_talk *talk);

/* The same of a chip that answers, and needs a reset: nothing went wrong. */
enum trouble_kind talk_reset(struct uart_talk *talk);

/*
 * LinkChecks without a gap until one is answered, for at most @most_us. *@linked: one was.
 */
enum trouble_kind talk_stream(struct uart_talk *talk, uint64_t most_us, bool *linked);

#endif
