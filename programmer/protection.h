/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protection.h - block protection in the status registers of a die.
 *
 * Beken's firmware leaves most dies protected (SR = 0x4004: CMP and BP0), and
 * CMP turns the meaning of the BP bits round: clearing BP alone protects the
 * whole die. So all registers are read first; if nothing protects, nothing is
 * written, because a needless write has locked parts for good; otherwise BP and
 * CMP are cleared together by the part's own method and everything else stays
 * as it was. docs/protocol.md has the reports behind this.
 *
 * Register values are SR1 | SR2 << 8 | SR3 << 16, with WIP and WEL masked out.
 */
#ifndef PROTECTION_H
#define PROTECTION_H

#include "chipdb.h"
#include "log.h"
#include "spi.h"

/* The bits that choose what is protected: BP0..2, TB, SEC and CMP. */
uint32_t protection_mask(const struct chipdb_part *part);

/* Whether registers of this value protect anything. */
bool protection_active(const struct chipdb_part *part, uint32_t sr);

/*
 * Read all status registers. SPI_ERR_IO also when they can not be real: one that
 * reads FF, or two readings that differ.
 */
int protection_read(struct spi_bus *bus, const struct chipdb_part *part, uint32_t *sr);

enum protection_result {
	PROTECTION_OPEN,   /* nothing was protected; nothing was written */
	PROTECTION_LIFTED, /* cleared and read back */
	PROTECTION_STAYS,  /* bits stay set; the reason has been logged */
	PROTECTION_ERROR,  /* the bus failed; logged */
};

/*
 * Make the whole die writable. Writes status registers only if a bit must change:
 * once by the part's method and, if that did not help, once by the other. When the
 * first write took QE away, the second puts it back.
 */
enum protection_result protection_lift(struct spi_bus *bus, const struct chipdb_part *part,
				       const struct log *log);

#endif
