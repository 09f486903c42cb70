/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_revive.h - bringing back a die that was lost during the work.
 *
 * A command with a flipped bit sends it to sleep (B9h) or into QPI (38h, 35h); a brown-out or a
 * watchdog restarts the SoC, whose firmware then has the pins. These steps are taken in order until
 * the ID is read: a die whose status says that it is busy is waited for; it is woken (spi_wake.h);
 * the SoC is reset and brought into SPI mode again (spi_handshake.h), if the adapter drives CEN by
 * itself and enter=never was not given.
 */
#ifndef SPI_REVIVE_H
#define SPI_REVIVE_H

#include "programmer/die/die.h"
#include "programmer/link/spi_handshake.h"

struct spi_revive {
	struct die_reviver reviver; /* first */
	/* To be set by the user; they outlive the die. */
	struct spi_bus *bus;
	struct link_options options; /* as at the start */
	const struct observer *observer;
};

/* From now on it brings back @die, which is on that bus. */
void spi_revive_use(struct spi_revive *revive, struct beken_die *die);

#endif
