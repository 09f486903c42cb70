/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_enter.h - getting a Beken chip's bootloader to listen.
 *
 * It listens for some milliseconds after a reset, and continues to the firmware if nothing comes.
 * So LinkChecks are sent without a gap from before the chip starts until one is answered. What
 * resets it:
 *
 *   - RTS or DTR at CEN, either one, of either polarity: both lines are switched together
 *   - a relay at CEN, by a helper in the network: it is switched while LinkChecks are sent
 *   - its firmware, asked to reboot: OpenBeken by a word, Beken's SDK by a frame
 *   - a person, who is asked to switch the power off and on, and who has some time for it
 *
 * Each is tried in turn. What arrives instead of an answer shows why there is none.
 */
#ifndef UART_ENTER_H
#define UART_ENTER_H

#include "base/observer.h"
#include "programmer/die/uart_talk.h"

enum uart_reset {
	UART_RESET_AUTO,  /* all of it */
	UART_RESET_LINES, /* RTS and DTR only */
	UART_RESET_HAND,  /* a person only: the lines stay as they are */
};

struct uart_enter_options {
	enum uart_reset reset;
	uint32_t wait_s; /* for a person */
	bool known;	 /* what answers is a bootloader: it was one before */
};

struct uart_entered {
	bool by_lines;	 /* so it can be reset again at any time */
	unsigned resets; /* by lines */
};

/*
 * At 115200. TROUBLE_NONE: linked, and it is a bootloader. Else the kind that says what arrived,
 * which was not raised, as it may be tried again; INTERRUPTED; or that of the wire.
 *
 * UART_SILENT: nothing at all. UART_ECHO: what was sent. UART_GARBAGE: bytes without a meaning.
 * UART_FIRMWARE: text, or a firmware that knows LinkCheck and nothing else. UART_OTHER: frames,
 * but others.
 */
enum trouble_kind uart_enter(struct uart_talk *talk, const struct uart_enter_options *options,
			     const struct observer *observer, struct uart_entered *entered);

/* Which of these it was, from the first bytes that were not an answer. */
enum trouble_kind uart_judge(const uint8_t *bytes, size_t count);

/* The first readable line of them, at most @room with its end, for words; returns @text. */
const char *uart_first_line(const uint8_t *bytes, size_t count, char *text, size_t room);

#endif
