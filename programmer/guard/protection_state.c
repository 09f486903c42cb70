/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection_state.h"

#include <stdio.h>
#include <string.h>

#include "programmer/guard/protection.h"

#define KIB 1024u
#define SECTOR (4 * KIB)
#define SECTORS_MOST (32 * KIB)
#define BLOCK (64 * KIB)
#define FIELD 0x7cu /* where SR1 has BP and what belongs to it */

static bool is_set(const struct chipdb_part *part, uint32_t sr, enum chipdb_bit bit)
{
	return sr & chipdb_sr_mask(part, bit);
}

static unsigned bp_of(const struct chipdb_part *part, uint32_t sr)
{
	static const enum chipdb_bit bits[] = {CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_BP3};
	unsigned bp = 0;

	for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (is_set(part, sr, bits[i]))
			bp |= 1u << i;
	return bp;
}

/* @unit doubled BP - 1 times, at most @most. */
static uint32_t doubled(uint32_t unit, unsigned bp, uint32_t most)
{
	uint64_t length = (uint64_t)unit << (bp - 1);

	return length < most ? (uint32_t)length : most;
}

/* What BP selects, before CMP. */
static uint32_t selected(const struct chipdb_part *part, uint32_t sr)
{
	const unsigned bp = bp_of(part, sr), all = bp_of(part, UINT32_MAX);
	uint32_t block = part->size / 64 > BLOCK && all <= 7 ? part->size / 64 : BLOCK;

	if (bp == 0)
		return 0;
	if (is_set(part, sr, CHIPDB_4KBL))
		return doubled(SECTOR, bp, SECTORS_MOST);
	if (bp == all)
		return part->size;
	return is_set(part, sr, CHIPDB_SEC) ? doubled(SECTOR, bp, SECTORS_MOST)
					    : doubled(block, bp, part->size);
}

static struct range range_of(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t length = selected(part, sr);
	bool bottom = is_set(part, sr, CHIPDB_TB) || is_set(part, sr, CHIPDB_TB_OTP);

	if (is_set(part, sr, CHIPDB_CMP)) {
		length = part->size - length;
		bottom = !bottom;
	}
	return (struct range){bottom ? 0 : part->size - length, length};
}

static enum protection_lock lock_of(const struct chipdb_part *part, uint32_t sr)
{
	bool srp0 = is_set(part, sr, CHIPDB_SRP0);

	if (is_set(part, sr, CHIPDB_SRP1))
		return srp0 ? LOCK_GOOD : LOCK_POWER;
	return srp0 && !is_set(part, sr, CHIPDB_QE) ? LOCK_PIN : LOCK_NONE;
}

void protection_state_of(const struct chipdb_part *part, uint32_t sr,
			 struct protection_state *state)
{
	*state = (struct protection_state){
		.registers = sr,
		.active = protection_active(part, sr),
		.lock = lock_of(part, sr),
	};
	/* A bit that nobody knows may choose, too. */
	state->known = !state->active ||
		       (part->bp_ranges && !(sr & FIELD & chipdb_sr_mask(part, CHIPDB_UNKNOWN)));
	if (state->known && state->active)
		ranges_add(&state->ranges, range_of(part, sr));
	state->active = state->active && (!state->known || state->ranges.count);
}

const char *protection_lock_name(enum protection_lock lock)
{
	static const char *const names[] = {[LOCK_NONE] = "none",
					    [LOCK_PIN] = "wp-pin",
					    [LOCK_POWER] = "power-cycle",
					    [LOCK_GOOD] = "permanent"};

	return names[lock];
}

const char *protection_lock_text(enum protection_lock lock)
{
	static const char *const texts[] = {
		[LOCK_NONE] = "",
		[LOCK_PIN] = "SRP0 locks the registers while the die's WP# pin is low, which only "
			     "a write can tell",
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
		 lock[0]	 ? ", and locked: "
		 : state->active ? "; it is lifted before a write"
				 : "",
		 lock, (unsigned)state->registers);
	return text;
}

/* As many as there is room for. */
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
		strcpy(text, "which range is not known of this part");
	return text;
}
