/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that a die answers to 5Ah: JESD216 as first published, one basic parameter
 * table of nine words, made from the part's geometry.
 *
 * Above 16 MiB it says "3- or 4-byte addresses" (word 1, bits 18:17 = 01), and names the
 * erases by the opcodes whose address follows the mode: 20h, not 21h.
 */
#ifndef SIM_NOR_SFDP_H
#define SIM_NOR_SFDP_H

#include <stdint.h>

#include "chipdb/chipdb.h"

#define SFDP_BYTES 52 /* two headers of 8 bytes and 9 words of 4 */

/* @size: what the table claims, bytes, a power of two; the part's own is the honest one. */
void nor_sfdp_make(const struct chipdb_part *part, uint32_t size, uint8_t table[SFDP_BYTES]);

#endif
