/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that a die answers to 5Ah: JESD216 as first published, one basic parameter
 * table of nine words, made from the part's geometry.
 */
#ifndef SIM_NOR_SFDP_H
#define SIM_NOR_SFDP_H

#include <stdint.h>

#include "chipdb.h"

#define SFDP_BYTES 52 /* two headers of 8 bytes and 9 words of 4 */

void nor_sfdp_make(const struct chipdb_part *part, uint8_t table[SFDP_BYTES]);

#endif
