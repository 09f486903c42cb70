/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_die.h - a die on a SPI bus: commands, WREN, four-byte opcodes, and how long to wait.
 *
 * A run is one spi_transfer(): for each change WREN, the command and the wait after it, for
 * everything else one window. How long the die stays busy is learnt from each run (pace.h). A part
 * above 16 MiB is driven by the opcodes that take four address bytes, whatever mode it is in
 * (chipdb.h). Status registers: status_registers.h.
 *
 * A change that was not carried out leaves WEL set, which shows in the status that is read during
 * the wait: such a run is sent once more.
 *
 * A run with changes is sent by spi_transfer_whole(): half a sector is worse than waiting a second.
 * Only an erase of the chip takes minutes, and may be given up.
 */
#ifndef SPI_DIE_H
#define SPI_DIE_H

#include "programmer/bus/spi.h"
#include "programmer/die/die.h"

/* NULL when memory runs out. The bus must be linked before anything is asked, and outlives it. */
struct beken_die *spi_die_new(struct spi_bus *bus);

/* NULL is fine. The bus stays open. */
void spi_die_free(struct beken_die *die);

#endif
