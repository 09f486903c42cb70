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

#include "programmer/die/uart_hear.h"

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
