/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_search.h - which line is which wire, found by trying: a chip that was reset shows D2 to
 * whoever clocks it (docs/protocol.md), whatever its chip select is. So each line in turn is tried
 * as CEN, each other one as the clock, and D2 is looked for on all that remain.
 */
#ifndef WIRE_SEARCH_H
#define WIRE_SEARCH_H

#include "programmer/link/wire_seen.h"

/* Fills seen->echo if the wires of CEN, clock and data are right; else it stays empty. */
enum trouble_kind wire_listen(struct spi_bus *bus, unsigned reset_ms, struct wire_seen *seen);

/* Fills seen->echo, and seen->taken if there is an echo. */
enum trouble_kind wire_search(struct spi_bus *bus, unsigned reset_ms, struct wire_seen *seen);

#endif
