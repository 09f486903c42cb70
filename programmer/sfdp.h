/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sfdp.h - a table of discoverable parameters (JESD216) made from the chip database.
 *
 * flashrom uses it for a part that it has no entry for. It prefers its own
 * entry where it has one, so the table can always be offered. The table is of
 * revision 1.0; a part above 16 MiB can not be described for flashrom by it.
 */
#ifndef SFDP_H
#define SFDP_H

#include "chipdb.h"

#define SFDP_SIZE 52

void sfdp_make(const struct chipdb_part *part, uint8_t table[SFDP_SIZE]);

#endif
