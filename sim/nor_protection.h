/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bytes of a die its status registers protect, as GD25Q16 and W25Q define it:
 *
 *   SEC = 0  64 KiB << (BP - 1), at most the die
 *   SEC = 1   4 KiB << (BP - 1), at most 32 KiB
 *   BP = 0 nothing, BP = 7 everything
 *   TB     counted from the bottom instead of the top
 *   CMP    what BP selects is the unprotected part instead: with BP = 0 everything is
 *          protected, with BP = 7 nothing
 *
 * Eon's 4KBL counts like SEC, except that BP = 7 stays at 32 KiB: a BK7252 camera's
 * SR 0x7C was found to protect the low 32 KiB (Apache02/bk7252-cam).
 */
#ifndef SIM_NOR_PROTECTION_H
#define SIM_NOR_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "chipdb.h"

struct nor_range {
	uint32_t start, length; /* length 0: nothing */
};

struct nor_range nor_protected(const struct chipdb_part *part, uint32_t sr);

/* Whether a byte of @length from @start on is protected. */
bool nor_range_hit(struct nor_range protected, uint32_t start, uint32_t length);

/*
 * The registers after a write of @value to the bits of @written: WIP, WEL, SUS and
 * unknown bits cannot be written, LB bits can be set but never cleared.
 */
uint32_t nor_sr_merge(const struct chipdb_part *part, uint32_t sr, uint32_t value,
		      uint32_t written);

/* Whether SRP0, SRP1 and the WP# pin forbid writes to the status registers. */
bool nor_sr_locked(const struct chipdb_part *part, uint32_t sr, bool wp_low);

#endif
