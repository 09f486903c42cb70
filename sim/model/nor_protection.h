/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bytes of a die its status registers protect. A bit that the part lacks reads as 0.
 *
 *   BP0 to BP2   BP = 0 nothing, BP = 7 everything, else BLOCK << (BP - 1), at most the die.
 *                BLOCK is 64 KiB, or 1/64 of a die above 4 MiB (GD25Q16, GD25Q64, W25Q32,
 *                W25Q128). Beken's SDK agrees: its value for "half of the die" is BP = 4
 *                on 1 MiB, 5 on 2 MiB, and 6 on 4 MiB as on 8 MiB (XT25F64B)
 *   BP0 to BP3   64 KiB << (BP - 1), at most the die (Macronix)
 *   SEC          4 KiB << (BP - 1) instead, at most 32 KiB
 *   4KBL         the same, and BP = 7 stays at 32 KiB, too: a BK7252 camera's EN25QH16B with
 *                SR 0x7C was found to protect its low 32 KiB (Apache02/bk7252-cam)
 *   TB, TB_OTP   counted from the bottom instead of the top
 *   CMP          what BP selects is the unprotected part instead: with BP = 0 everything is
 *                protected, with BP = 7 nothing
 *
 * Not known: in Beken's SDK "all but the last block" is BP = 14 for Macronix' C2 23 15, as in
 * older Macronix parts whose counts above 8 leave a rest unprotected. Here BP = 14 is everything.
 */
#ifndef SIM_NOR_PROTECTION_H
#define SIM_NOR_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "chipdb/chipdb.h"

struct nor_range {
	uint32_t start, length; /* length 0: nothing */
};

struct nor_range nor_protected(const struct chipdb_part *part, uint32_t sr);

/* Whether a byte of @length from @start on is protected. */
bool nor_range_hit(struct nor_range protected, uint32_t start, uint32_t length);

#endif
