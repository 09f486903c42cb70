/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_revive.h - bringing back a die that was lost in the middle of the work.
 *
 * A command with a flipped bit sends it to sleep (B9h) or into QPI (38h, 35h); a brown-out or a
 * watchdog starts the SoC again, whose firmware then has the pins. In this order, until its ID
 * comes: a die that says in its status that it is busy is waited for; it is woken (spi_wake.h); the
 * SoC is reset and brought into its mode again (spi_handshake.h), where the adapter moves CEN by
 * itself and nobody has said enter=never.
 */
#ifndef SPI_REVIVE_H
#define SPI_REVIVE_H

#include "programmer/die/die.h"
#include "programmer/link/spi_handshake.h"

struct spi_revive {
	struct die_reviver reviver; /* first */
	/* To be set by the user; they outlive the die. */
	struct spi_bus *bus;
	struct link_options options; /* as at the begin */
	const struct observer *observer;
};

/* From now on @die, which is on that bus, is brought back by it. */
void spi_revive_use(struct spi_revive *revive, struct beken_die *die);

#endif
