/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sfdp.h - tables of discoverable parameters (JESD216): made for flashrom, and read from a die.
 *
 * Made: flashrom uses a table for a part that it has no entry for. It prefers its own
 * entry where it has one, so the table can always be offered. The table is of
 * revision 1.0; a part above 16 MiB cannot be described for flashrom by it.
 *
 * Read: 5Ah, three address bytes and a dummy byte give two headers at address 0, which
 * say where the basic table is. A die may answer anything, so everything is checked:
 * what cannot be true makes the table invalid, and what this driver cannot use
 * is left out.
 */
#ifndef SFDP_H
#define SFDP_H

#include "chipdb/chipdb.h"

#define SFDP_SIZE 52

void sfdp_make(const struct chipdb_part *part, uint8_t table[SFDP_SIZE]);

#define SFDP_HEADERS 16	   /* bytes at address 0 */
#define SFDP_BASIC_MOST 64 /* more of a basic table is not needed here */
#define SFDP_ERASES 5

/* What a die says about itself. Times are 0 where it says nothing (tables before JESD216A). */
struct sfdp {
	uint32_t size; /* bytes, a power of two from 64 KiB to 2 GiB */
	uint32_t page; /* bytes a page program may hold: 64, 128 or 256 */
	uint32_t program_typ_us, program_max_us;
	/* 4 to 64 KiB and smaller than the die, smallest first; an opcode 0 ends the list. */
	struct chipdb_erase erase[SFDP_ERASES];
	uint32_t chip_erase_typ_us, chip_erase_max_us;
};

/*
 * Where the basic table is: @address in the SFDP space, and @len, which is at most SFDP_BASIC_MOST.
 * False when they are not valid headers.
 */
bool sfdp_find(const uint8_t headers[SFDP_HEADERS], uint32_t *address, size_t *len);

/* False when the table is invalid, or describes what this driver cannot drive. */
bool sfdp_parse(const uint8_t *basic, size_t len, struct sfdp *sfdp);

#endif
