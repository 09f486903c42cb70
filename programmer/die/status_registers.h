/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_registers.h - reading and writing the status registers of a die.
 *
 * A value is SR1 | SR2 << 8 | SR3 << 16. WIP, WEL and SUS say what the die is doing and
 * not how it is set up, so they are masked out: a read that caught them was once taken
 * for locked registers (bk7231tools issue 23).
 *
 * This is how a spi_die does it; callers use die.h, which describes what the two return. Which bits
 * to write, and whether at all, is protection.h's concern.
 */
#ifndef STATUS_REGISTERS_H
#define STATUS_REGISTERS_H

#include "programmer/bus/spi.h"
#include "programmer/die/die.h"

/* As die_registers_read(). */
enum trouble_kind status_registers_read(struct spi_bus *bus, const struct chipdb_part *part,
					uint32_t *sr, unsigned *count);

/* As die_registers_write(). "Volatile" is 50h in place of WREN. */
enum trouble_kind status_registers_write(struct spi_bus *bus, const struct chipdb_part *part,
					 const struct die_registers_write *write);

#endif
