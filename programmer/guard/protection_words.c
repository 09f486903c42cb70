/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection_words.h"

#include <stdio.h>
#include <string.h>

const char *protection_lock_text(enum protection_lock lock)
{
	static const char *const texts[] = {
		[LOCK_NONE] = "",
		[LOCK_PIN] = "SRP0 locks the registers while the die's WP# pin is low, which only "
			     "a write can show",
		[LOCK_POWER] = "SRP1 locks the registers until the module's power is cut",
		[LOCK_GOOD] = "SRP0 and SRP1 lock the registers for good, or on some parts until "
			      "the module's power is cut",
	};

	return texts[lock];
}

const char *protection_say(const struct protection_state *state, char text[PROTECTION_TEXT])
{
	const char *lock = protection_lock_text(state->lock);

	snprintf(text, PROTECTION_TEXT, "%s%s%s (status registers 0x%04x)",
		 state->active ? "on" : "off",
		 lock[0] ? ", and locked: "
		 : state->active && state->by_blocks
			 ? ", by locks of single blocks (WPS); they are opened before a write"
		 : state->active ? "; it is lifted before a write"
				 : "",
		 lock, (unsigned)state->registers);
	return text;
}

/* As many as fit. */
static void list(const struct ranges *ranges, char text[PROTECTION_TEXT])
{
	const size_t most = 4;
	char range[RANGE_TEXT];

	for (size_t i = 0; i < ranges->count && i < most; i++) {
		strcat(text, i ? ", " : "");
		strcat(text, range_text(ranges->range[i], range));
	}
	if (ranges->count > most) {
		size_t len = strlen(text);

		snprintf(text + len, PROTECTION_TEXT - len, " and %zu more", ranges->count - most);
	}
}

const char *protection_say_ranges(const struct protection_state *state, char text[PROTECTION_TEXT])
{
	text[0] = '\0';
	if (!state->active)
		strcpy(text, "nothing");
	else if (state->known)
		list(&state->ranges, text);
	else
		strcpy(text, "a range that is not known for this part");
	return text;
}

const char *protection_say_short(const struct protection_state *state, char text[PROTECTION_TEXT])
{
	const char *lock = protection_lock_text(state->lock);
	char ranges[PROTECTION_TEXT];

	snprintf(text, PROTECTION_TEXT, "0x%04x, %s%.*s%s%s", (unsigned)state->registers,
		 state->active ? "protected: " : "not protected", PROTECTION_TEXT / 2,
		 state->active ? protection_say_ranges(state, ranges) : "",
		 lock[0] ? "; locked: " : "", lock);
	return text;
}

bool protection_foresee(const struct protection_state *state, unsigned number,
			char text[PROTECTION_TEXT])
{
	bool lifts = state->active && (state->lock == LOCK_NONE || state->lock == LOCK_PIN);
	char ranges[PROTECTION_TEXT];

	if (number == 0 && state->lock != LOCK_NONE)
		snprintf(text, PROTECTION_TEXT, "%s: %s",
			 state->active && !lifts
				 ? "fail before anything is changed, as the registers are locked"
				 : "find the status registers locked",
			 protection_lock_text(state->lock));
	else if (number == (state->lock != LOCK_NONE) && lifts)
		snprintf(text, PROTECTION_TEXT, "lift the write protection: %.*s",
			 PROTECTION_TEXT / 2, protection_say_ranges(state, ranges));
	else
		return false;
	return true;
}
