/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_die.h - a die on a SPI bus: commands, WREN, four-byte opcodes, and how long to wait.
 *
 * A run is one spi_transfer(): for each change WREN, the command and the wait behind it, for
 * everything else one window. How long the die stays busy is learnt from each run (pace.h).
 * A part above 16 MiB is driven by the opcodes that take four address bytes, whatever mode
 * it is in (chipdb.h). Status registers: status_registers.h.
 *
 * A change that was not carried out leaves its WREN standing, which the status tells that is read
 * while it is waited for: such a run is sent once more.
 *
 * With changes in it a run is sent by spi_transfer_whole(): half a sector is worse than a
 * second's patience. Only an erase of the chip takes minutes, and may be given up.
 */
#ifndef SPI_DIE_H
#define SPI_DIE_H

#include "programmer/bus/spi.h"
#include "programmer/die/die.h"

/* NULL when memory is short. The bus must be linked before anything is asked, and outlives it. */
struct beken_die *spi_die_new(struct spi_bus *bus);

/* NULL is fine. The bus stays open. */
void spi_die_free(struct beken_die *die);

#endif
