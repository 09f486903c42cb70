/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protection_words.h - what is protected and what is locked, for people. */
#ifndef PROTECTION_WORDS_H
#define PROTECTION_WORDS_H

#include "programmer/guard/protection_state.h"

/* What it means that they are locked, as a sentence without a full stop; "" if they are not. */
const char *protection_lock_text(enum protection_lock lock);

#define PROTECTION_TEXT 400

/*
 * "on; it is lifted before a write (status registers 0x001c)", or what prevents that. Returns
 * @text.
 */
const char *protection_say(const struct protection_state *state, char text[PROTECTION_TEXT]);

/* "0x000000-0x1effff (1984 KiB)", "nothing", or that it is not known. Returns @text. */
const char *protection_say_ranges(const struct protection_state *state, char text[PROTECTION_TEXT]);

/*
 * "0x4004, protected: 0x000000-0x1effff (1984 KiB)", "0x0000, not protected", and that the
 * registers are locked. Returns @text.
 */
const char *protection_say_short(const struct protection_state *state, char text[PROTECTION_TEXT]);

/*
 * What a change of the die would do about it: the sentences number 0 to 1, without a leading
 * "would". False: there is none of that number.
 */
bool protection_foresee(const struct protection_state *state, unsigned number,
			char text[PROTECTION_TEXT]);

#endif
