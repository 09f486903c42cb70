/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_registers.h - reading and writing the status registers of a die.
 *
 * A value is SR1 | SR2 << 8 | SR3 << 16. WIP, WEL and SUS say what the die is doing and
 * not how it is set up, so they are masked out: a read that caught them was once taken
 * for locked registers (bk7231tools issue 23).
 *
 * Which bits to write, and whether at all, is protection.h's concern.
 */
#ifndef STATUS_REGISTERS_H
#define STATUS_REGISTERS_H

#include "chipdb/chipdb.h"
#include "programmer/bus/spi.h"

/*
 * Two readings that agree, of a die that is ready. *@count: how many registers are there.
 * The database may name more than the die has; the others read FF and count as 0.
 * TROUBLE_ADAPTER_FAULT also when SR1 reads FF or the readings differ.
 */
int status_registers_read(struct spi_bus *bus, const struct chipdb_part *part, uint32_t *sr,
			  unsigned *count);

struct status_registers_write {
	enum chipdb_sr_write method;
	bool volatile_only; /* 50h in place of WREN: a power cycle undoes it */
	unsigned count;	    /* as found by status_registers_read(); 1 makes it a one-byte 01h */
	uint32_t from, to;  /* what the registers are, and shall be; these must differ */
};

/*
 * Returns when the die is ready again. Whether it took the write, only a read can tell.
 * Registers of which no bit changes are not written, but for those that travel with
 * others in one 01h.
 */
int status_registers_write(struct spi_bus *bus, const struct chipdb_part *part,
			   const struct status_registers_write *write);

#endif
