/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire_look.h - checking the wires from the adapter's end. One thread, as the bus. */
#ifndef WIRE_LOOK_H
#define WIRE_LOOK_H

#include "programmer/link/wire_seen.h"

/*
 * Checks a bus that was just opened, and sends nothing that changes the die: D2, 9Fh, 03h, 05h,
 * 00h, and what spi_wake.h sends. The chip is reset many times. @options are those of the
 * handshake; with good wiring it takes a second, else up to half a minute. CEN is high at the end,
 * and a chip that linked stays linked. Returns a fault of the bus, or TROUBLE_INTERRUPTED.
 */
enum trouble_kind wire_look(struct spi_bus *bus, const struct link_options *options,
			    const struct observer *observer, struct wire_seen *seen);

/* Only the quick part, for use while soldering: rest, off, and one handshake. */
enum trouble_kind wire_look_quickly(struct spi_bus *bus, const struct link_options *options,
				    const struct observer *observer, struct wire_seen *seen);

#endif
