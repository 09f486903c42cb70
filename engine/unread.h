/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unread.h - sectors that are not read before they are written.
 *
 * Where nothing is to be saved, a sector need not be read if its first bytes show that it has to be
 * erased in any case: they are not blank, and programming cannot make of them what is to be there.
 * Then all of it is erased and written, as it would be after a reading. These bytes are read twice,
 * like all that decides what is lost; and calibration and settings begin with a sector, so that
 * they tell where those are. Whatever stays is read as ever, before anything is changed.
 *
 * Until it is written such a sector is FF behind its first bytes, in what the die is believed to
 * hold. Nothing may rely on that: who compares asks unread_at().
 *
 * Functions that read return false after a trouble.
 */
#ifndef ENGINE_UNREAD_H
#define ENGINE_UNREAD_H

#include "engine/doubt.h"
#include "engine/plan.h"
#include "engine/session.h"

#define UNREAD_SECTOR 4096u
#define UNREAD_BEGIN 64u /* settings_find() needs them all */

/* Zeroed: all was read. */
struct unread {
	uint8_t *sectors; /* 1 for each that was not read; NULL if there are none */
	uint32_t bytes;	  /* in these */
};

/* Whether bytes that are @now there have to be erased, to become @wanted. */
bool unread_must_go(const uint8_t *now, const uint8_t *wanted, size_t length);

/*
 * Whether it is worth while for what is going to be @wanted in whole sectors: @covered. @samples:
 * those of doubt_samples().
 */
bool unread_pays(const struct session *session, struct range covered,
		 const uint8_t samples[DOUBT_BYTES], const uint8_t *wanted);

/* Reads where the sectors begin, into @die, and decides. */
bool unread_look(struct unread *unread, struct session *session, struct range covered,
		 const uint8_t *wanted, uint8_t *die);
void unread_free(struct unread *unread);

/* Whether the sector of this address was not read. */
bool unread_at(const struct unread *unread, uint32_t address);

/* From now on the sectors of this range, as far as they are of these, count as read. */
void unread_is_read(struct unread *unread, struct range range);

/*
 * What of @known was read, in whole sectors, or with @those what was not, into @ranges: as many as
 * the part has sectors. Returns how many.
 */
size_t unread_ranges(const struct unread *unread, struct range known, bool those,
		     struct range *ranges);

/*
 * Of these sectors those that have to be read after all, into @ranges in the same way: some of them
 * stays, in @kept, or now that @wanted is known they need not go.
 */
size_t unread_needed(const struct unread *unread, const struct session *session, const uint8_t *die,
		     const uint8_t *wanted, const struct plan_kept *kept, size_t kept_count,
		     struct range *ranges);

#endif
